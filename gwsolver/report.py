"""Draws a case's figures from its results."""
