"""The folder of an ensemble: what stands where, and which ensemble it is.

``design.json`` says what decides the members; ``base/`` holds the results of the case as it stands;
``members/0001.npz`` what is kept of a member, ``members/0001.failed`` why it failed; ``work/`` what is being run.
"""

import json
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from gwsolver.core.errors import InputError, Problem
from gwsolver.core.sampling import Design
from gwsolver.ensemble.reduce import Wanted

DESIGN = "design.json"
# What decides the results of members, in the words in which a change of it is told.
DECIDES = {
    "input_hash": "the case", "saved_flows": "the saved flows", "scenario": "the scenario", "scheme": "the scheme",
    "version": "gwsolver's version", "members": "the number of members", "seed": "the seed",
    "parameters": "the uncertain parameters", "draw": "the draw of members", "keeps": "what members keep",
    "receptors": "the receptors", "limits": "the limits",
}
LONGEST = 30  # of a value that is told


class EnsembleFolder:
    """Where the parts of an ensemble stand.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def base(self) -> Path:
        """Results of the case as it stands."""
        return self.path / "base"

    def member(self, number: int) -> Path:
        """Return where stands what is kept of a member."""
        return self.path / "members" / f"{number:04d}.npz"

    def failed(self, number: int) -> Path:
        """Return where stands why a member failed."""
        return self.member(number).with_suffix(".failed")

    def work(self, number: int) -> Path:
        """Return where a member is run."""
        return self.path / "work" / f"{number:04d}"

    @cached_property
    def about(self) -> dict[str, Any]:
        """What stands in design.json.

        Raises
        ------
        InputError
            If it is not there.
        """
        file = self.path / DESIGN
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
            found["identity"], found["design"]
        except (OSError, ValueError, KeyError, TypeError):
            raise InputError([Problem("there is no ensemble here", file=str(self.path), hint=(
                f"It has no {DESIGN}, which gwsolver ensemble writes."))]) from None
        return dict(found)

    @property
    def design(self) -> Design:
        """The members."""
        return Design.from_json(self.about["design"])

    @property
    def wanted(self) -> Wanted:
        """What members keep; known once the case itself has been run."""
        if "wanted" not in self.about:
            raise InputError([Problem("the ensemble has no finished member", file=str(self.path),
                                      hint="Run gwsolver ensemble; it goes on where it stopped.")])
        own = self.about["wanted"]
        return Wanted(tuple(own["species"]), tuple(own["times"]), dict(own["limits"]))

    def check(self, identity: Mapping[str, Any]) -> None:
        """Raise InputError if the folder holds something else than this ensemble."""
        if self.path.exists() and not self.path.is_dir():
            raise InputError([Problem("the output folder is a file", file=str(self.path),
                                      hint="Name another folder with --out.")])
        if not (self.path / DESIGN).is_file():
            others = sorted(p.name for p in self.path.iterdir() if not p.name.startswith(".")) if (
                self.path.exists()) else []
            if others:
                raise InputError([Problem(
                    f"the output folder holds files that are no ensemble, {others[0]} for one", file=str(self.path),
                    hint="Name an empty or a new folder with --out.")])
            return
        there = self.about["identity"]
        changed = [_difference(words, there.get(key), identity[key]) for key, words in DECIDES.items()
                   if there.get(key) != identity[key]]
        if changed:
            raise InputError([Problem(
                f"the members in this folder belong to another ensemble; changed: {'; '.join(changed)}",
                file=str(self.path), hint="Remove the folder if they are no longer needed, or name another with --out.",
            )])

    def write(self, identity: Mapping[str, Any], design: Design, want: Wanted | None = None) -> None:
        """Write design.json."""
        content: dict[str, Any] = {"identity": dict(identity), "design": design.to_json()}
        if want is not None:
            content["wanted"] = {"species": want.species, "times": want.times, "limits": want.limits}
        self.path.mkdir(parents=True, exist_ok=True)
        part = self.path / f".{DESIGN}.part"
        part.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
        os.replace(part, self.path / DESIGN)
        self.__dict__.pop("about", None)


def _difference(words: str, there: Any, here: Any) -> str:
    """Return what changed, with both values where they are short."""
    shown = [str(v) for v in (there, here)]
    plain = all(isinstance(v, int | str) and len(s) <= LONGEST for v, s in zip((there, here), shown, strict=True))
    return f"{words} ({shown[0] or 'none'} there, {shown[1] or 'none'} here)" if plain else words
