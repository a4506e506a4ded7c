"""Vertical sections: what lies below a line on the map."""
