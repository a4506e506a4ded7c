"""Solute transport: yields TransportSteps from FlowSteps."""
