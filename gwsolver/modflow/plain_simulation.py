"""Simulations and models of MODFLOW 6 files read without flopy: which packages they have."""

from pathlib import Path
from typing import Any

from gwsolver.modflow.locate import file_in, scan
from gwsolver.modflow.plain import GRIDS, Dimensions, PlainPackage
from gwsolver.modflow.plain_arrays import NotPlain

CHILDREN = {"TS6": "ts", "TAS6": "tas", "OBS6": "obs"}


class PlainModel:
    """One model of a simulation."""

    def __init__(self, folder: Path, kind: str, file: str, name: str) -> None:
        self.model_type, self.name = kind, name
        self.dimensions: Dimensions = {}
        self.name_file = PlainPackage(folder, file, "nam", kind, name, self.dimensions)
        self.packagelist: list[PlainPackage] = []
        records = list(scan(file_in(folder, file)).records("PACKAGES"))
        records.sort(key=lambda r: r.key.lower().removesuffix("6") not in GRIDS)  # others need the grid's size
        for record in records:
            own = record.key.lower().removesuffix("6")
            package = PlainPackage(folder, record.words[1], own, kind,
                                   record.words[2] if len(record.words) > 2 else own, self.dimensions)
            self.packagelist.append(package)
            if any(True for _ in scan(file_in(folder, record.words[1])).records("FILEINPUT")):
                raise NotPlain("SPC6 files")
            self._add_children(folder, package)

    def _add_children(self, folder: Path, package: PlainPackage) -> None:
        """Add the TS6, TAS6, OBS6 and TAB6 files of a package."""
        options = scan(file_in(folder, package.filename)).records("OPTIONS")
        files = [(CHILDREN[o.key], o.words[2]) for o in options if o.key in CHILDREN and len(o.words) > 2]
        for kind, file in (*files, *((f"{package.package_type}tab", file) for file in package.tab_files())):
            if not file_in(folder, file).is_file():
                raise NotPlain(file)
            self.packagelist.append(PlainPackage(folder, file, kind, self.model_type, kind, self.dimensions, package))


class PlainSimulation:
    """One simulation, from the files of a folder.

    Raises
    ------
    NotPlain
        If it holds something that is left to flopy; also from its data, when they are asked for.
    """

    exchange_files: tuple[Any, ...] = ()

    def __init__(self, folder: Path) -> None:
        none: Dimensions = {}
        self.name_file = PlainPackage(folder, "mfsim.nam", "nam", "", "mfsim", none)
        text = scan(folder / "mfsim.nam")
        if any(r.key != "GWF6-GWT6" for r in text.records("EXCHANGES")):
            raise NotPlain("exchanges between models of one kind")
        timing = next(r for r in text.records("TIMING") if r.key == "TDIS6")
        self.tdis = PlainPackage(folder, timing.words[1], "tdis", "", "tdis", none)
        self._models = {r.words[2].lower(): PlainModel(folder, r.key[:3].lower(), r.words[1], r.words[2].lower())
                        for r in text.records("MODELS")}
        self.model_names = list(self._models)
        self.sim_package_list = [PlainPackage(folder, r.words[1], "ims", "", "ims", none)
                                 for r in text.records("SOLUTIONGROUP") if r.key == "IMS6"]

    def get_model(self, name: str) -> PlainModel:
        """Return a model by its lower-case name."""
        return self._models[name]
