"""What tables of degradation by electron acceptors share: donors, acceptors, stoichiometry."""

from typing import Annotated, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from gwsolver.case.chemistry.context import Context
from gwsolver.case.quantity import Quantity, quantity
from gwsolver.case.tables import Sourced, Table
from gwsolver.reactions.degradation.network import PROCESSES, Acceptor, Donor

Process = Literal["oxygen", "nitrate", "iron", "sulfate", "methanogenesis"]
TABLE = "degradation"


class AcceptorTable(Table):
    """``[degradation.acceptors]``: where one process is seen, and what limits it."""

    species: str = ""
    product: str = ""
    capacity: Annotated[Quantity | None, quantity("mg/L", minimum=0.0)] = None
    solid: Annotated[Quantity | None, quantity("mg/kg", minimum=0.0)] = None


def _by_process(raw: object) -> object:
    return {name: {} for name in raw} if isinstance(raw, list) and all(isinstance(n, str) for n in raw) else raw


class NetworkTable(Sourced):
    """Keys that all models with electron acceptors know."""

    name: str = "degradation"
    donors: Annotated[list[str], Field(min_length=1)]
    acceptors: Annotated[dict[Process, AcceptorTable], Field(min_length=1), BeforeValidator(_by_process)]
    factors: dict[Process, Annotated[Quantity, quantity("-", minimum=0.0)]] = {}
    carbon_dioxide: str = ""

    @property
    def degraded(self) -> list[str]:
        """Species that it takes as donors."""
        return [name.lower() for name in self.donors]

    def network_donors(self, i: int, context: Context) -> tuple[Donor, ...]:
        """Return the donors: by formula where the database knows one, else by the factors given."""
        factors = {process: value.to("-") for process, value in self.factors.items()}
        return tuple(
            Donor(context.species(TABLE, i, "donors", name), context.formula(name.lower()), factors)
            for name in self.donors
        )

    def network_acceptors(self, i: int, context: Context) -> tuple[Acceptor, ...]:
        """Return the acceptors in the order of the energy they yield."""
        return tuple(
            acceptor_of(name, self.acceptors[name], i, context)  # type: ignore[index]
            for name in PROCESSES if name in self.acceptors
        )

    def gas(self, i: int, context: Context) -> str:
        """Return the species that follows carbon dioxide, "" if none does."""
        return context.species(TABLE, i, "carbon_dioxide", self.carbon_dioxide) if self.carbon_dioxide else ""


def acceptor_of(process: str, table: AcceptorTable, i: int, context: Context) -> Acceptor:
    """Return an acceptor in the model's units."""
    taken, made = PROCESSES[process].seen_in == "taken", PROCESSES[process].made_account
    species = table.species or (process if taken else "")
    product = table.product or (made if made in context.models and not taken else "")
    return Acceptor(
        process,
        context.species(TABLE, i, "acceptors", species) if species else "",
        context.species(TABLE, i, "acceptors", product) if product else "",
        context.number(TABLE, i, "acceptors", table.capacity, "mass/length3"),
        _on_solids(table.solid, i, context),
    )


def _on_solids(solid: Quantity | None, i: int, context: Context) -> np.ndarray | None:
    """Return the mass that the solids of each whole cell hold [M], from mass per mass of dry solid: f rho_b V."""
    if solid is None:
        return None
    part = context.number(TABLE, i, "acceptors", solid, "-")
    if part is not None and part > 1.0:
        context.problem(TABLE, i, "acceptors", "'solid' is mass of Fe(III) per mass of dry solid: solid",
                        f"A bare number is mass per mass; with its unit: solid = \"{part:g} mg/kg\".",
                        value=f"{part:g}", allowed="[0, 1]")
    model = next(iter(context.models.values()))
    if not model.mobile.bulk_density.any():
        context.problem(
            TABLE, i, "acceptors", f"'solid' is mass per mass of dry solid, but {model.name!r} has no bulk density",
            "Give its MST package a bulk density.")
    return (part or 0.0) * model.mobile.bulk_density * model.grid.volume
