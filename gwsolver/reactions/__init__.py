"""Reactions of oil components (comes with the oil models)."""
