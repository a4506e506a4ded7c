"""Other programs solving the same problem, where they are installed: MODFLOW 6, MT3D-USGS and pywr."""
