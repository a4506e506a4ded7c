"""One file per kind of node: its setting, plain data, and what acts."""
