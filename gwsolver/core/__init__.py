"""Plain data that every other room reads: grid, time, models, steps, ledger, errors."""
