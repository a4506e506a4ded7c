"""Other programs solving the same problem, where they are installed: MODFLOW 6 and MT3D-USGS."""
