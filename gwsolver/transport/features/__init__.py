"""Solute of lakes and stream reaches: cells of water beside those of the aquifer, joined to them by faces."""
