"""Lakes and reaches beside an aquifer that goes by the kernels of its own grid."""
