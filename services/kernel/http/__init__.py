"""HTTP as every service speaks it: who calls, what a body may be, how a refusal is told, which headers go with it."""
