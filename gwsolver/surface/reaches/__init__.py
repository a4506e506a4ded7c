"""Reaches of streams: their channels, the order of their network, and the water that runs through them."""
