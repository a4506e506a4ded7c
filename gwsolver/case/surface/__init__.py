"""``[surface]`` of case.toml: one file per kind of node, its table and the setting it makes."""
