"""The pages of governance: the matrix, why a cell is as it is, who saw what, the agreements, and the recalls."""
