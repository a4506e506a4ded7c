"""TAB6 files of SFR: cross-sections of reaches, by block CROSSSECTIONS and by stress period."""

from collections.abc import Sequence

import numpy as np

from gwsolver.core.reach import CrossSection
from gwsolver.modflow.feature_blocks import at_record
from gwsolver.modflow.features import Bad
from gwsolver.modflow.load import rows
from gwsolver.modflow.locate import file_in, scan
from gwsolver.modflow.packages import Package

COLUMNS = ("xfraction", "height", "manfraction")


class SectionTables:
    """Cross-sections by file; each is read once.

    Attributes
    ----------
    sections : list of CrossSection
        In the order of their numbers.
    """

    def __init__(self, package: Package, children: list[Package]) -> None:
        self._package = package
        self._children = {str(p.data.filename): p for p in children if p.type == "sfrtab"}
        self._numbers: dict[str, int | None] = {}
        self.sections: list[CrossSection] = []

    def by_words(self, values: Sequence[str], bad: Bad) -> int | None:
        """Return the number of the section that a record ``TAB6 FILEIN file`` names, None after reporting.

        flopy hands on the file's name alone.
        """
        if not values or [v.lower() for v in values[:-1]] not in ([], ["tab6", "filein"]):
            bad(f'cross-section "{" ".join(values)}"', allowed="TAB6 FILEIN and a file")
            return None
        return self.number(values[-1], bad)

    def number(self, file: str, bad: Bad) -> int | None:
        """Return the number of the section in a file, None after reporting."""
        name = file.strip("'\"")
        if name not in self._numbers:
            section = self._read(name, bad)
            self._numbers[name] = None if section is None else len(self.sections)
            if section is not None:
                self.sections.append(section)
        return self._numbers[name]

    def _read(self, name: str, bad: Bad) -> CrossSection | None:
        child = self._children.get(name)
        path = file_in(self._package.path.parent, name) if child is None else child.path
        if child is not None:
            records = [list(r) for r in rows(child.data.table)]
        elif path.is_file():
            records = [list(r.words) for r in scan(path).records("TABLE")]
        else:
            bad(f'TAB6 file "{name}" is not there')
            return None
        values = np.full((len(records), 3), np.nan)
        values[:, 2] = 1.0
        for i, record in enumerate(records):
            for j, value in enumerate(record[:3]):
                try:
                    values[i, j] = values[i, j] if value is None or value != value else float(value)
                except ValueError:
                    values[i, j] = np.nan
        for i, j in np.argwhere(~np.isfinite(values))[:5]:
            report = at_record(child, "TABLE", int(i)) if child is not None else bad
            report(f"{COLUMNS[j]} of row {i + 1} of {name} is not a number")
        if not np.all(np.isfinite(values)):
            return None
        section = CrossSection(*(np.ascontiguousarray(v) for v in values.T), file=str(path))
        problems = section.problems()
        self._package.findings.bad += problems
        return None if problems else section
