"""Charts against time: concentrations at receptors, where the mass is."""
