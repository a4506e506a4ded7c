"""Owns the time loop and puts the rooms together."""
