"""What a scenario can change, one file per kind; the kinds are found by themselves (`registry.kinds`)."""
