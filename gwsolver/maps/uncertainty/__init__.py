"""Figures of ensembles: how likely, by when, and what it hangs on."""
