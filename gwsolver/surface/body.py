"""Standing water that is solved together: one basin, or two joined by a strait, with the banks along their shores.

Over a step, with areas at the level of the mean of old and new volume:

    V* = V + inflow + A (P - E (1 - k C)(1 - ice)) + ground water + banks - withdrawal

Above the sill both basins have one level h = T^-1(V1* + V2*), T the volume of both, and what passes the strait is the
residual X = V1* - V1(h). Below it X is what stands above the sill in one of them. In both cases V1 + V2 = V1* + V2*:
the strait makes and loses nothing. Only V* < 0 could break that: what goes out (evaporation, withdrawal, seepage into
banks) is then cut by one factor, and what is missing told. Salt follows the water: upwind with X and by mixing, taken
implicitly, so that no step is too long for it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gwsolver.core.calendar import CalendarStep
from gwsolver.core.errors import InputError, Problem, located
from gwsolver.core.surface import DRY
from gwsolver.kernels import surface_balance
from gwsolver.surface.hypsometry import Hypsometry, joined
from gwsolver.surface.ice import DENSITY_OF_ICE
from gwsolver.surface.node import Books, Bools, Floats, State
from gwsolver.surface.nodes.bank import Bank
from gwsolver.surface.nodes.lake import Lake
from gwsolver.surface.nodes.strait import Strait
from gwsolver.surface.water import Water

# Mid-step areas by fixed point: it contracts by dt (E - P) A' / 2 A a pass, less than 0.01 a month for flat lakes.
PASSES = 3

class Basin:
    """One basin at work; `Body` tells it at which level."""

    def __init__(self, setting: Lake, members: int) -> None:
        self.setting, self.state = setting, State.empty(members)
        self.factor = np.array(np.broadcast_to(np.asarray(setting.area_factor, float), (members,)))
        level = np.array(np.broadcast_to(np.asarray(setting.initial, float), (members,)))
        self.state.volume = self.factor * setting.table.volume_at(level)
        self.state.salt = setting.initial_salinity * self.state.volume
        self.state.level = self.level = level
        self.thickness = np.zeros(members)
        self.ice = self.none = np.zeros(members)
        self.banks: list[Shore] = []

    def full(self, value: Floats | float) -> Floats:
        """Return a value for every member."""
        found = np.empty(self.factor.shape)
        found[:] = value
        return found

    def begin(self, step: CalendarStep, arriving: Water) -> None:
        """Take up what does not depend on the level."""
        s, days, state = self.setting, step.days, self.state
        self.arriving = arriving
        self.rain = self.full(s.rain.over(step)) * days
        liquid = state.volume - self.ice
        salinity = np.divide(state.salt, liquid, out=np.zeros(liquid.shape), where=liquid > DRY)
        self.loss = self.full(s.evaporation.over(step)) * days * np.maximum(1.0 - s.salt_slows * salinity, 0.0)
        if s.ice is not None and s.ice.cuts:
            self.loss = self.loss * (1.0 - self.full(s.ice.cover.over(step)))
        self.ground = self.full(s.ground_water.over(step)) * days
        self.ground_salt = self.ground * s.ground_salinity.over(step)
        self.asked = self.full(s.withdrawal.over(step)) * days
        for bank in self.banks:
            bank.begin(step)

    def change(self, level: Floats) -> Floats:
        """Return the volume at the end without the strait, with areas at this level [m3]."""
        gains, self.seeps = self.arriving.volume + self.ground, self.none
        for bank in self.banks:
            bank.exchange(level)
            gains = gains + np.maximum(bank.given, 0.0)
            self.seeps = self.seeps + np.maximum(-bank.given, 0.0)
        self.rained, self.evaporates, self.part, found = (np.empty(level.shape) for _ in range(4))
        table = self.setting.table
        surface_balance.change(
            table.level, table.area, table.slope, level, self.factor, self.state.volume, gains, self.rain, self.loss,
            self.asked, self.seeps, self.rained, self.evaporates, self.part, found,
        )
        return found

    def freeze(self, step: CalendarStep, volume: Floats, level: Floats) -> None:
        """Let ice form or melt: at most nine tenths of the water."""
        ice = self.setting.ice
        if ice is None:
            return
        self.thickness = ice.thickness(self.thickness, step)
        area = self.factor * self.setting.table.area_at(level) * self.full(ice.cover.over(step))
        self.ice = np.minimum(DENSITY_OF_ICE * ice.rejection * area * self.thickness, 0.9 * volume)

    def brought(self) -> Floats:
        """Return the salt that comes from outside, less what falls out as carbonate [kg]."""
        s = self.setting
        self.carbonate = self.full(s.carbonate) * self.arriving.salt
        found = self.state.salt + self.arriving.salt - self.carbonate + self.ground_salt
        for bank in self.banks:
            found = found + bank.salt_given
        return found

    def settle(self, volume: Floats) -> None:
        """Let salt fall out above saturation, and dissolve below it."""
        state, most = self.state, self.setting.saturation * np.maximum(volume - self.ice, 0.0)
        falls = np.maximum(state.salt - most, 0.0)
        dissolves = np.minimum(state.solid, np.maximum(most - state.salt, 0.0))
        state.salt, state.solid = state.salt + (dissolves - falls), state.solid + (falls - dissolves)


class Shore:
    """One bank at work."""

    def __init__(self, setting: Bank, members: int) -> None:
        self.setting, self.state = setting, State.empty(members)
        self._c = np.broadcast_to(np.asarray(setting.conductance, float), (members,))
        self._yields = np.broadcast_to(np.asarray(setting.yields, float), (members,))
        head = np.array(np.broadcast_to(np.asarray(setting.initial, float), (members,)))
        self.state.volume = (head - setting.base) * self._yields
        self.state.salt = setting.initial_salinity * self.state.volume
        self.state.level = head
        self.given = np.zeros(members)

    def begin(self, step: CalendarStep) -> None:
        """Take up the recharge."""
        self._days = step.days
        self.recharge = np.broadcast_to(
            np.asarray(self.setting.recharge.over(step), float), self.given.shape) * step.days
        self.recharge_salt = self.recharge * self.setting.salinity.over(step)

    def exchange(self, level: Floats) -> None:
        """Find what the bank gives at a lake level [m3]: implicit in its own head, no more than it holds."""
        held, cdt = self.state.volume + self.recharge, self._c * self._days
        above = self.setting.base + held / self._yields - level
        self.given = np.minimum(cdt * above / (1.0 + cdt / self._yields), held)

    def settle_salt(self) -> None:
        """Find the salt that goes with what is given [kg]."""
        held = self.state.volume + self.recharge
        salt = self.state.salt + self.recharge_salt
        part = np.divide(np.maximum(self.given, 0.0), held, out=np.zeros(held.shape), where=held > 0.0)
        self.salt_given = salt * np.minimum(part, 1.0)

    def finish(self, books: Books, taken: Floats, salt: Floats) -> None:
        """Close the step; `taken` and `salt` came from the lake."""
        state = self.state
        books.tell("recharge", self.recharge, self.recharge_salt)
        gives = np.maximum(self.given, 0.0)
        books.tell("lake", taken - gives, salt - self.salt_given)
        state.volume = state.volume + self.recharge - gives + taken
        state.salt = state.salt + self.recharge_salt - self.salt_given + salt
        state.level = self.setting.base + state.volume / self._yields


class Body:
    """Basins, their strait and their banks at work.

    Parameters
    ----------
    settings : sequence of Lake, Strait or Bank
        One basin, or two and their strait; any number of banks.
    members : int

    Raises
    ------
    InputError
        If they do not fit together.
    """

    def __init__(self, settings: Sequence[Any], members: int) -> None:
        self.basins = [Basin(s, members) for s in settings if isinstance(s, Lake)]
        straits = [s for s in settings if isinstance(s, Strait)]
        self._refuse(straits)
        self.strait = straits[0] if straits else None
        if self.strait is not None and self.basins[0].setting.name != self.strait.first:
            self.basins.reverse()
        by_name = {b.setting.name: b for b in self.basins}
        self._shores = [Shore(s, members) for s in settings if isinstance(s, Bank)]
        for shore in self._shores:
            by_name[shore.setting.lake].banks.append(shore)
        self._passage = State.empty(members)  # a strait holds nothing
        self.names = tuple(s.name for s in settings)
        self.left: Bools = np.zeros(members, bool)
        tables = [b.setting.table for b in self.basins]
        self.table: Hypsometry = tables[0] if self.strait is None else joined(tables)
        self._at_sill = None
        if self.strait is not None:
            sill = np.full(members, self.strait.sill)
            self._at_sill = [b.factor * b.setting.table.volume_at(sill) for b in self.basins]
            self._mixing = np.broadcast_to(np.asarray(self.strait.mixing, float), (members,))
            self._level_out()
        self._places = {s.name: i for i, s in enumerate(settings)}

    def _refuse(self, straits: Sequence[Strait]) -> None:
        names = " and ".join(b.setting.name for b in self.basins)
        found = []
        if len(straits) > 1 or len(self.basins) != 1 + len(straits):
            found.append(Problem("a strait joins two basins that no other strait joins; "
                                 f"here are {len(straits)} straits between {names}"))
        if len(self.basins) == 2:
            one, two = self.basins
            if not np.array_equal(one.factor, two.factor):
                found.append(Problem(f"joined basins need one area_factor, {names} have two"))
            if straits and not max(one.setting.table.floor, two.setting.table.floor) <= straits[0].sill < min(
                    one.setting.table.top, two.setting.table.top):
                found.append(Problem("sill of a strait", value=f"{straits[0].sill:g} m",
                                     allowed="a level that the stage tables of both basins cover"))
        if found:
            raise InputError(located(found, package=straits[0].name if straits else names))

    def _level_out(self) -> None:
        """Bring basins that start above the sill at two levels to one."""
        volumes = self._exchange([b.state.volume for b in self.basins])[0]
        for b, volume in zip(self.basins, volumes, strict=True):
            part = np.divide(volume, b.state.volume, out=np.ones(volume.shape), where=b.state.volume > 0.0)
            b.state.salt, b.state.volume = b.state.salt * part, volume
            b.state.level = b.level = self._levels(volumes)[self.basins.index(b)]

    @property
    def states(self) -> Sequence[State]:
        """States of all nodes, in the order of the names."""
        found = {b.setting.name: b.state for b in self.basins} | {s.setting.name: s.state for s in self._shores}
        return [found.get(name, self._passage) for name in self.names]

    def ask(self, step: CalendarStep, wanted: Sequence[Floats]) -> Sequence[Floats]:
        """Want nothing: lakes take what comes."""
        return [np.zeros_like(w) for w in wanted]

    def act(
        self, step: CalendarStep, arriving: Sequence[Water], wanted: Sequence[Floats], books: Sequence[Books]
    ) -> Sequence[Mapping[str, Water]]:
        """Take one step of all."""
        by_name = dict(zip(self.names, books, strict=True))
        for b in self.basins:
            b.begin(step, arriving[self._places[b.setting.name]])
        before = [b.state.volume for b in self.basins]
        levels = [b.level for b in self.basins]
        for left in reversed(range(PASSES)):
            alone = [b.change(level) for b, level in zip(self.basins, levels, strict=True)]
            volumes, passed, apart = self._exchange(alone)
            middle = [0.5 * (old + new) for old, new in zip(before, volumes, strict=True)]
            levels = self._levels(middle if left else volumes)
        for b, volume, level in zip(self.basins, volumes, levels, strict=True):
            b.state.level = b.level = level
            b.freeze(step, volume, level)
        self._carry_salt(step, volumes, passed, apart, by_name)
        for b, volume in zip(self.basins, volumes, strict=True):
            b.state.volume = volume
            b.settle(volume)
        return [{} for _ in self.names]

    def _levels(self, volumes: Sequence[Floats]) -> list[Floats]:
        """Return the level of each basin [m]: one above the sill."""
        one, apart = np.zeros(0), np.ones(1, bool)
        if self._at_sill is not None:
            whole = volumes[0] + volumes[1]
            one, apart = self.table.level_at(whole / self.basins[0].factor), whole < self._at_sill[0] + self._at_sill[1]
            if not apart.any():
                return [one, one]
        own = [b.setting.table.level_at(v / b.factor) for b, v in zip(self.basins, volumes, strict=True)]
        return own if self._at_sill is None else [np.where(apart, level, one) for level in own]

    def _exchange(self, alone: Sequence[Floats]) -> tuple[list[Floats], Floats, Bools]:
        """Return volumes after the strait has passed what it passes, what that was, and where basins are apart.

        Marks members that leave the table, and holds them at its end: what they hold means nothing any more.
        """
        if self._at_sill is None:
            b = self.basins[0]
            most = b.factor * b.setting.table.capacity
            np.logical_or(self.left, alone[0] > most, out=self.left)
            return [np.minimum(alone[0], most)], np.zeros(alone[0].shape), np.zeros(alone[0].shape, bool)
        one = self.basins[0]
        factor, (sill_1, sill_2) = one.factor, self._at_sill
        whole = alone[0] + alone[1]
        np.logical_or(self.left, whole > factor * self.table.capacity, out=self.left)
        apart = whole < sill_1 + sill_2
        level = self.table.level_at(whole / factor)
        passed = np.where(
            apart, np.where(alone[1] > sill_2, sill_2 - alone[1], np.maximum(alone[0] - sill_1, 0.0)),
            alone[0] - factor * one.setting.table.volume_at(level))
        passed = np.minimum(np.maximum(passed, -alone[1]), alone[0])  # a last bit, where a basin holds next to nothing
        return [alone[0] - passed, alone[1] + passed], passed, apart

    def _carry_salt(
        self, step: CalendarStep, volumes: Sequence[Floats], passed: Floats, apart: Bools, books: Mapping[str, Books]
    ) -> None:
        """Carry salt implicitly, and book everything."""
        days = step.days
        for shore in self._shores:
            shore.settle_salt()
        brought = [b.brought() for b in self.basins]
        dilutes = [np.divide(1.0, liquid, out=np.zeros(v.shape), where=liquid > DRY)
                   for b, v in zip(self.basins, volumes, strict=True) for liquid in [v - b.ice]]
        takes = [b.part * (b.asked + b.seeps) for b in self.basins]
        stays = [1.0 + self.basins[i].full(self.basins[i].setting.sink) * days + takes[i] * dilutes[i]
                 for i in range(len(volumes))]
        if self.strait is None:
            salts, moved = [brought[0] / stays[0]], np.zeros(passed.shape)
        else:
            mixing = np.where(apart, 0.0, self._mixing * days)
            out_1 = (np.maximum(passed, 0.0) + mixing) * dilutes[0]
            out_2 = (np.maximum(-passed, 0.0) + mixing) * dilutes[1]
            a, d = stays[0] + out_1, stays[1] + out_2
            whole = stays[0] * stays[1] + stays[0] * out_2 + stays[1] * out_1  # a d - out_1 out_2, without cancelling
            salts = [(brought[0] * d + out_2 * brought[1]) / whole, (brought[1] * a + out_1 * brought[0]) / whole]
            # out_1 salts_1 - out_2 salts_2, without cancelling: from the balance of the basin that has less.
            moved = np.where(brought[0] < brought[1], brought[0] - stays[0] * salts[0],
                             stays[1] * salts[1] - brought[1])
            own = books[self.strait.name]
            own.parts["flow"], own.parts["salt"] = passed, moved
        for i, b in enumerate(self.basins):
            sign = 1.0 if i == 0 else -1.0
            self._book(b, days, salts[i], dilutes[i], books[b.setting.name], books)
            if self.strait is not None:
                books[b.setting.name].tell("strait", -sign * passed, -sign * moved)
            b.state.salt = salts[i]

    @staticmethod
    def _book(b: Basin, days: float, salt: Floats, dilutes: Floats, own: Books, books: Mapping[str, Books]) -> None:
        c, evaporated, withdrawn = salt * dilutes, b.part * b.evaporates, b.part * b.asked
        own.tell("rain", b.rained)
        own.tell("evaporation", -evaporated)
        own.tell("ground water", b.ground, b.ground_salt)
        own.tell("withdrawal", -withdrawn, -withdrawn * c)
        own.salt["carbonate"] = -b.carbonate
        own.salt["burial"] = -b.full(b.setting.sink) * days * salt
        own.unmet["evaporation"], own.unmet["withdrawal"] = b.evaporates - evaporated, b.asked - withdrawn
        for bank in b.banks:
            taken = np.maximum(-bank.given, 0.0) * b.part
            own.tell(bank.setting.name, np.maximum(bank.given, 0.0) - taken, bank.salt_given - taken * c)
            bank.finish(books[bank.setting.name], taken, taken * c)
