"""The map room."""
