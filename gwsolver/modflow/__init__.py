"""MODFLOW 6 in and out; the only room that imports flopy."""
