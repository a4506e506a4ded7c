"""MVR packages: what is read of them, and what is wrong with them, all at once and with lines."""

import flopy
import pytest

from gwsolver.core.errors import InputError
from gwsolver.core.movers import Move
from gwsolver.modflow import read
from tests.modflow.models import write
from tests.modflow.test_lakes import lakes

RULES = {0: [("lak-1", 0, "lak-1", 1, "factor", 0.5), ("wel-1", 0, "lak-1", 0, "upto", 20.0)],
         1: [("lak-1", 0, "lak-1", 1, "excess", 3.0)]}


def movers(folder, rules=None):
    """Lakes with a well and movers."""
    sim = lakes(folder, pname="lak-1", mover=True)
    flow = sim.get_model("flow")
    if flow.get_package("wel-1") is None:
        flopy.mf6.ModflowGwfwel(flow, pname="wel-1", mover=True, stress_period_data=[((0, 0, 0), -5.0)])
    flopy.mf6.ModflowGwfmvr(flow, maxmvr=2, maxpackages=2, packages=[("lak-1",), ("wel-1",)],
                            perioddata=rules or RULES, pname="moves")
    return sim


def test_rules_are_read_by_period(tmp_path):
    write(movers(tmp_path))
    mover = read(tmp_path).flow_models[0].mover
    assert mover.name == "moves"
    assert [p for p, _ in mover.periods] == [0, 1]
    first = (Move("lak-1", 0, "lak-1", 1, "factor", 0.5), Move("wel-1", 0, "lak-1", 0, "upto", 20.0))
    assert mover.periods[0][1] == first


def test_what_is_wrong_is_told_with_its_line(tmp_path):
    write(movers(tmp_path, {0: [("lak-1", 0, "wel-1", 1, "factor", 0.5), ("pond", 0, "lak-1", 0, "upto", -2.0)]}))
    with pytest.raises(InputError) as error:
        read(tmp_path)
    text, file = str(error.value), tmp_path / "flow.mvr"
    line = next(i for i, x in enumerate(file.read_text().splitlines(), 1) if "factor" in x.lower())
    assert f'line {line}: receiver "wel-1" is no package that movers can serve' in text
    assert 'provider "pond"' in text and "value = -2 is outside [0, inf)" in text


def test_transport_over_movers_needs_mvt(tmp_path):
    sim = movers(tmp_path)
    flow = sim.get_model("flow")
    solute = flopy.mf6.ModflowGwt(sim, modelname="solute")
    dis = flow.get_package("dis")
    flopy.mf6.ModflowGwtdis(solute, **{n: getattr(dis, n).get_data() for n in (
        "nlay", "nrow", "ncol", "delr", "delc", "top", "botm")})
    flopy.mf6.ModflowGwtic(solute)
    flopy.mf6.ModflowGwtmst(solute, porosity=0.2)
    flopy.mf6.ModflowIms(sim, filename="solute.ims", pname="solute_ims")
    sim.register_solution_package(sim.get_package("solute_ims"), ["solute"])
    flopy.mf6.ModflowGwfgwt(sim, exgmnamea="flow", exgmnameb="solute")
    with pytest.raises(InputError, match="has movers \\(MVR6\\), and this model no MVT6 package"):
        read(sim)
    flopy.mf6.ModflowGwtmvt(solute)
    assert read(sim).transport_models[0].moves_solute
