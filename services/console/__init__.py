"""The console: the command line `cairn`, which speaks to the services over HTTP like anybody else."""
