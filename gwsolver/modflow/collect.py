"""What a reader finds on its way: problems, refusals, notes and warnings, kept until all is read."""

from dataclasses import dataclass, field

from gwsolver.core.errors import InputError, Problem

RUN_MODFLOW = "Run MODFLOW 6 once and let FMI (or the flow model's OC) name its saved flows: transport runs on them."


@dataclass
class Findings:
    """Problems and words collected while models are read.

    Attributes
    ----------
    bad : list of Problem
        Input that is wrong.
    unsupported : list of Problem
        Input that is right but asks for what gwsolver does not solve.
    notes, warnings : list of str
        For `Simulation`.
    files : list of str
        Files that were read.
    """

    bad: list[Problem] = field(default_factory=list)
    unsupported: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        """All problems, each once, in the order found."""
        return list(dict.fromkeys([*self.bad, *self.unsupported]))

    @property
    def clean(self) -> bool:
        """Whether nothing speaks against running this."""
        return not (self.bad or self.unsupported)

    def note(self, text: str) -> None:
        """Keep a note, once."""
        if text not in self.notes:
            self.notes.append(text)

    def warn(self, text: str) -> None:
        """Keep a warning, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def add(self, other: "Findings") -> None:
        """Take over all that another collection holds."""
        self.bad += other.bad
        self.unsupported += other.unsupported
        self.files += other.files
        for text in other.notes:
            self.note(text)
        for text in other.warnings:
            self.warn(text)

    def stop(self) -> None:
        """Raise InputError if there are problems."""
        if not self.clean:
            raise InputError(self.problems)


def refused(what: str, hint: str = "", **place: object) -> Problem:
    """Word the refusal of something MODFLOW 6 knows and gwsolver does not solve."""
    return Problem(what=f"{what} is not supported", hint=hint, **place)  # type: ignore[arg-type]


