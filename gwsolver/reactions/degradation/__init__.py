"""Degradation: reactions of donors with electron acceptors, decay and Monod kinetics; one file per model."""
