"""Many runs (comes with uncertainty)."""
