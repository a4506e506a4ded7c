"""Steady transport: the concentrations that a steady flow and constant sources end in, solved for at once."""
