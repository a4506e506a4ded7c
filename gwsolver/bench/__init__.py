"""Benchmark suites: discovers and runs ``benchmarks/``, tables, STREAM, exact solutions."""

from gwsolver.bench.suites import run_suite

__all__ = ["run_suite"]
