"""The stored flows of ``tests/data/saved_flows``, and copies of them with something wrong."""

import shutil
import struct
from pathlib import Path

from gwsolver.core.dis import structured_grid
from gwsolver.core.grid import Grid
from gwsolver.core.simulation import SavedFlows
from gwsolver.modflow.saved_binary import Record, budget_records, head_records, mapped
from gwsolver.modflow.saved_grid import read_grid_file

FOLDER = Path(__file__).parents[1] / "data" / "saved_flows"
FILES = SavedFlows(str(FOLDER / "valley.hds"), str(FOLDER / "valley.cbc"), str(FOLDER / "valley.dis.grb"))


def valley_grid(**changes: object) -> Grid:
    """Return the grid of the stored model; arrays may be replaced by name."""
    data = read_grid_file(FILES.grid_file)
    n_lay, n_row, n_col = (int(data[name][0]) for name in ("NLAY", "NROW", "NCOL"))
    arrays = {
        "delr": data["DELR"], "delc": data["DELC"], "top": data["TOP"].reshape(n_row, n_col),
        "botm": data["BOTM"].reshape(n_lay, n_row, n_col), "idomain": data["IDOMAIN"],
    }
    return structured_grid(**{**arrays, **changes})


def copied(folder: Path) -> SavedFlows:
    """Copy the stored files to a folder."""
    names = [Path(p).name for p in (FILES.head_file, FILES.budget_file, FILES.grid_file)]
    for name in names:
        shutil.copy(FOLDER / name, folder / name)
    return SavedFlows(*(str(folder / name) for name in names))


def budget_of(files: SavedFlows) -> list[Record]:
    with mapped(files.budget_file) as view:
        return budget_records(files.budget_file, view)


def heads_of(files: SavedFlows) -> list[Record]:
    with mapped(files.head_file) as view:
        return head_records(files.head_file, view)


def patch(file: str, offset: int, data: bytes) -> None:
    """Overwrite bytes of a file."""
    with Path(file).open("r+b") as stream:
        stream.seek(offset)
        stream.write(data)


def without(file: str, records: list[Record]) -> None:
    """Cut records out of a file."""
    data = Path(file).read_bytes()
    for record in sorted(records, key=lambda r: -r.start):
        data = data[: record.start] + data[record.end:]
    Path(file).write_bytes(data)


def prolonged(files: SavedFlows, n_more: int) -> None:
    """Repeat the last step `n_more` times, each one length later."""
    for file, records, times_at in ((files.head_file, heads_of(files), 8), (files.budget_file, budget_of(files), 48)):
        data = Path(file).read_bytes()
        period, step = records[-1].period, records[-1].step
        last = [r for r in records if (r.period, r.step) == (period, step)]
        length = budget_of(files)[-1].length
        with Path(file).open("ab") as stream:
            for i in range(1, n_more + 1):
                for r in last:
                    piece = bytearray(data[r.start: r.end])
                    struct.pack_into("<i", piece, 0, step + i)
                    struct.pack_into("<2d", piece, times_at, r.period_time + i * length, r.time + i * length)
                    stream.write(piece)
