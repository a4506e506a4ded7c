"""Writing and opening the results folder."""
