"""Oil as a phase that cells hold: equilibrium with water and solids, dissolution, losses, lenses."""
