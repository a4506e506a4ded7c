"""MODFLOW 6's own GWT discretisation: backward Euler over each transport step, equations as in MODFLOW 6."""
