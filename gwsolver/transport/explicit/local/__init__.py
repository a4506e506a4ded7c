"""Local time steps: stretches of rows that move at their own pace, so that a few fast cells hold back nothing else."""
