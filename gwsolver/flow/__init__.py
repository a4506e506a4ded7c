"""Groundwater flow: yields one FlowStep after another."""
