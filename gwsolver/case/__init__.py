"""case.toml: typed and validated."""
