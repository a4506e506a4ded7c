"""Which input this is: one hash of the resolved simulation, one per file."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gwsolver.core.simulation import Simulation

NOT_PHYSICS = frozenset({"file", "files", "notes", "warnings"})


def simulation_hash(simulation: Simulation, *extra: str) -> str:
    """Return the SHA-256 of everything that decides the answer, wherever the files lie.

    Parameters
    ----------
    simulation : Simulation
    *extra : str
        What else decides it: the scheme.
    """
    return input_hash(simulation, *extra)


def input_hash(*values: Any) -> str:
    """Return the SHA-256 of dataclasses, arrays, mappings, sequences and what `repr` tells of anything else."""
    digest = hashlib.sha256()
    for value in values:
        _feed(digest, value)
    return digest.hexdigest()


def file_hashes(files: tuple[str, ...]) -> dict[str, str]:
    """Return the SHA-256 of each input file that still exists."""
    found = {}
    for name in files:
        path = Path(name)
        if path.is_file():
            with path.open("rb") as stream:
                found[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def saved_flow_hashes(simulation: Simulation) -> list[str]:
    """Return the hashes of the files of flows that are read: the simulation's hash knows only their names."""
    saved = {m.saved_flows for m in simulation.transport_models if not m.flow_model and m.saved_flows is not None}
    return sorted(file_hashes(tuple(name for s in saved for name in (s.head_file, s.budget_file))).values())


def _feed(digest: "hashlib._Hash", value: Any) -> None:
    """Add one value, with its type and length, so that neighbours cannot run into each other."""
    if is_dataclass(value) and not isinstance(value, type):
        digest.update(type(value).__name__.encode())
        for f in fields(value):
            if f.name not in NOT_PHYSICS:
                digest.update(f.name.encode())
                _feed(digest, getattr(value, f.name))
    elif isinstance(value, np.ndarray):
        digest.update(f"{value.dtype.str}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value).data if value.dtype != object else repr(value.tolist()).encode())
    elif isinstance(value, Mapping):
        digest.update(f"map{len(value)}".encode())
        for key in sorted(value, key=repr):
            digest.update(repr(key).encode())
            _feed(digest, value[key])
    elif isinstance(value, list | tuple):
        digest.update(f"seq{len(value)}".encode())
        for item in value:
            _feed(digest, item)
    else:
        digest.update(f"{type(value).__name__}:{value!r};".encode())
