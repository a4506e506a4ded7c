"""Implicit transport: solves for all cells at once, in steps as long as the error allows."""
