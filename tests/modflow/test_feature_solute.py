"""LKT and SFT packages: what is read of them, with MODFLOW's checks, each problem with its line."""

import pickle

import flopy
import pytest

from gwsolver.core.errors import InputError
from gwsolver.core.features import ACTIVE, CONSTANT, INACTIVE
from gwsolver.modflow import read
from tests.modflow.models import change, line_of, write
from tests.modflow.test_lakes import lakes


def solutes(folder, *, transport=True, **changed):
    """The three lakes of `test_lakes`, with solute."""
    sim = lakes(folder)
    gwt = flopy.mf6.ModflowGwt(sim, modelname="salt")
    flow = sim.get_model("flow")
    dis = flow.get_package("dis")
    flopy.mf6.ModflowGwtdis(gwt, nlay=dis.nlay.get_data(), nrow=dis.nrow.get_data(), ncol=dis.ncol.get_data(),
                            delr=dis.delr.array, delc=dis.delc.array, top=dis.top.array, botm=dis.botm.array,
                            idomain=dis.idomain.array)
    flopy.mf6.ModflowGwtic(gwt, strt=1.0)
    flopy.mf6.ModflowGwtmst(gwt, porosity=0.2)
    flopy.mf6.ModflowGwtadv(gwt)
    given = {
        "pname": "lkt-1", "flow_package_name": "waters", "flow_package_auxiliary_name": "salt", "boundnames": True,
        "auxiliary": ["note"], "print_concentration": True, "concentration_filerecord": "salt.lkt.bin",
        "budgetcsv_filerecord": "salt.lkt.csv",
        "packagedata": [(0, 35.0, 1.0, "Upper"), (1, 2.0, 2.0, "Lower"), (2, 0.0, 3.0, "Upper")],
        "timeseries": {"filename": "salt.ts", "timeseries": [(0.0, 1.0), (400.0, 5.0)],
                       "time_series_namerecord": [("brine",)], "interpolation_methodrecord": [("linear",)]},
        "lakeperioddata": {
            0: [(0, "rainfall", 0.5), (0, "ext-inflow", "brine"), (1, "status", "constant"),
                (1, "concentration", 9.0), (2, "status", "inactive")],
            2: [(1, "status", "active"), (1, "runoff", 4.0), (0, "evaporation", 3.0)]},
    }
    flopy.mf6.ModflowGwtlkt(gwt, **{**given, **changed})
    flopy.mf6.ModflowGwfgwt(sim, exgtype="GWF6-GWT6", exgmnamea="flow", exgmnameb="salt", filename="salt.gwfgwt")
    ims = flopy.mf6.ModflowIms(sim, linear_acceleration="BICGSTAB", filename="salt.ims")
    sim.register_ims_package(ims, ["salt"])
    return sim


@pytest.fixture(params=["disk", "memory"])
def simulation(request, tmp_path):
    sim = solutes(tmp_path)
    return read(write(sim) if request.param == "disk" else sim)


def test_concentrations_hold_until_they_are_given_again(simulation):
    model = simulation.transport_models[0]
    solute, = model.features
    assert (solute.name, solute.kind, solute.flow_package) == ("lkt-1", "lkt", "waters")
    assert solute.initial_concentration.tolist() == [35.0, 2.0, 0.0]
    assert solute.boundnames == ("upper", "lower", "upper")
    assert solute.flow_package_auxiliary == "salt"
    assert dict(solute.saves) == {"concentration": "salt.lkt.bin", "budgetcsv": "salt.lkt.csv"}
    steps = list(model.time.steps())
    first = solute.source(steps[0])
    assert first.status.tolist() == [ACTIVE, CONSTANT, INACTIVE]
    assert first.columns["concentration"].tolist() == [35.0, 9.0, 0.0]
    assert first.columns["rainfall"].tolist() == [0.5, 0.0, 0.0]
    middle = 0.5 * (steps[0].start + steps[0].end)
    assert first.columns["inflow"][0] == pytest.approx(1.0 + middle / 100.0)
    third = next(s for s in steps if s.period == 2)
    later = solute.source(third)
    assert later.status.tolist() == [ACTIVE, ACTIVE, INACTIVE]
    assert later.columns["runoff"].tolist() == [0.0, 4.0, 0.0]
    assert later.columns["evaporation"].tolist() == [3.0, 0.0, 0.0]
    assert later.auxiliary["note"].tolist() == [1.0, 2.0, 3.0]
    assert pickle.loads(pickle.dumps(solute)).source(third).columns["runoff"].tolist() == [0.0, 4.0, 0.0]
    assert any("FLOW_PACKAGE_AUXILIARY_NAME is passed over" in n for n in simulation.notes)


def problems_of(folder):
    with pytest.raises(InputError) as refused:
        read(folder)
    return [str(p) for p in refused.value.problems]


@pytest.mark.parametrize(("old", "new", "said"), [
    ("FLOW_PACKAGE_NAME +waters", "FLOW_PACKAGE_NAME  ponds", '"ponds" is no LAK package of flow model flow'),
    ("FLOW_PACKAGE_AUXILIARY_NAME +salt", "FLOW_PACKAGE_AUXILIARY_NAME  pepper",
     '"pepper" is no auxiliary variable of waters'),
    ("1 +35.0+", "1  -35.0", "strt of lake 1"),
    ("1 +RAINFALL +0.5", "1  RAINFALL  -0.5", "lake 1: rainfall"),
    ("1 +RAINFALL +0.5", "1  WITHDRAWAL  0.5", 'is not known; allowed: one of auxiliary, concentration'),
    ("1 +RAINFALL +0.5", "4  RAINFALL  0.5", "lake 4"),
    ("2 +STATUS +CONSTANT", "2  STATUS  ASLEEP", "status"),
])
def test_what_is_wrong_is_told_with_its_line(tmp_path, old, new, said):
    folder = write(solutes(tmp_path))
    file = folder / "salt.lkt"
    change(file, f"(?i){old}", new)
    found = problems_of(folder)
    assert any(said.lower() in p.lower() and f"salt.lkt (lkt-1), line {line_of(file, new)}:" in p for p in found), found


def test_a_lake_with_solute_of_its_own_is_no_source_of_ssm(tmp_path):
    sim = solutes(tmp_path)
    flopy.mf6.ModflowGwtssm(sim.get_model("salt"), sources=[("waters", "AUX", "salt")])
    assert any('"waters" has its solute from lkt-1' in p for p in problems_of(write(sim)))


def test_a_lake_held_at_a_stage_with_free_solute_is_told_of(tmp_path):
    sim = solutes(tmp_path, lakeperioddata={0: [(0, "rainfall", 0.5)]})
    warnings = read(write(sim)).warnings
    assert any("lake 2 of waters is held at a stage from period 3 on" in w for w in warnings), warnings


def test_observations_find_features_connections_and_names(tmp_path):
    asked = [("a", "concentration", (1,)), ("b", "lkt", (1,), (1,)), ("c", "lkt", "lower"),
             ("d", "flow-ja-face", (0,), (1,)), ("e", "withdrawal", "upper")]
    sim = solutes(tmp_path, observations={"filename": "salt.lkt.obs", "continuous": {"salt.csv": asked}})
    found = {o.name: (o.quantity, o.package, o.boundname, o.places)
             for o in read(write(sim)).transport_models[0].observations}
    assert found == {
        "a": ("concentration", "lkt-1", "", (1,)), "b": ("lkt", "lkt-1", "", (2,)),
        "c": ("lkt", "lkt-1", "lower", (1, 2)), "d": ("flow-ja-face", "lkt-1", "", (0, 1)),
        "e": ("withdrawal", "lkt-1", "upper", (0, 2))}


@pytest.mark.parametrize(("asked", "said"), [
    (("x", "stage", (0,)), 'observation "x" asks for "stage"'),
    (("x", "concentration", (7,)), 'observation "x" looks at lake 8'),
    (("x", "lkt", (0,), (3,)), "looks at connection 4 of lake 1"),
    (("x", "concentration", "upper"), "asks for the concentration of"),
    (("x", "storage", "nowhere"), "a boundname of the package, lower, upper"),
])
def test_observations_of_what_is_not_there_are_refused(tmp_path, asked, said):
    sim = solutes(tmp_path, observations={"filename": "salt.lkt.obs", "continuous": {"salt.csv": [asked]}})
    assert any(said in p for p in problems_of(write(sim)))
