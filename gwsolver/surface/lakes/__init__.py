"""Lakes that stand on an aquifer, by MODFLOW 6's formulas: beds, shapes, outlets, and their balance of water."""
