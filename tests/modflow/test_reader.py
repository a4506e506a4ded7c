"""MODFLOW 6 models come out of the reader as they went in, from disk and from memory."""

import pickle

import flopy
import numpy as np
import pytest

from gwsolver.core.errors import InputError
from gwsolver.core.time import TimeStep
from gwsolver.modflow import read
from gwsolver.modflow.reader import _assemble, open_folder
from tests.modflow.models import flow_simulation, transport_simulation, write


@pytest.fixture(params=["disk", "memory"])
def opened(request):
    """Read a flopy simulation in both ways."""
    return (lambda sim: read(write(sim))) if request.param == "disk" else read


def test_flow_model_keeps_its_values(tmp_path, opened):
    flow = opened(flow_simulation(tmp_path)).flow_models[0]
    assert (flow.name, flow.time.n_periods, flow.time.unit, flow.time.start_date) == ("flow", 3, "days", "2020-01-01")
    assert (flow.grid.shape, flow.grid.n_faces, flow.grid.length_unit) == ((2, 3, 4), 46, "metres")
    assert (flow.grid.x_origin, flow.grid.y_origin, flow.grid.angle) == (500.0, 600.0, 30.0)
    assert np.all(flow.conductivity.k33 == 0.5)
    assert flow.conductivity.cell_type.tolist() == [1] * 12 + [0] * 12
    assert (flow.closure.head_change, flow.closure.flow_residual) == (1e-7, 1e-5)
    assert not flow.newton and flow.storage is None
    assert np.all(flow.initial_head == 9.0)


def test_packages_keep_names_cells_and_words(tmp_path, opened):
    packages = {p.name: p for p in opened(flow_simulation(tmp_path)).flow_models[0].packages}
    well = packages["wells"].at(TimeStep(2, 1, 25.0, 30.0))
    assert [p.kind for p in packages.values()] == ["wel", "chd", "rch"]
    assert well.cells.tolist() == [13, 22]
    assert well.columns["rate"].tolist() == [2.5, -1.0]
    assert well.auxiliary["conc"].tolist() == [100.0, 0.0]
    assert well.boundnames == ("north", "s")
    rain = packages["rain"].at(TimeStep(0, 0, 0.0, 5.0))
    assert rain.cells.tolist() == list(range(12))
    assert np.all(rain.columns["recharge"] == 1e-3)


def test_transport_model_applies_the_defaults_of_dsp(tmp_path, opened):
    simulation = opened(flow_simulation(tmp_path, transport="solute"))
    solute = simulation.transport_models[0]
    assert (solute.flow_model, solute.advection) == ("flow", "tvd")
    assert solute.grid is simulation.flow_models[0].grid
    assert [float(getattr(solute.dispersion, n)[0]) for n in ("alh", "alv", "ath1", "ath2", "atv")] == [
        10.0, 10.0, 1.0, 1.0, 0.1]
    assert any("ATV is given and ATH2 is not" in w for w in simulation.warnings)
    assert float(solute.mobile.decay_rate_sorbed[0]) == 0.002
    assert [(s.package, s.auxiliary) for s in solute.sources] == [("wells", "conc")]
    assert solute.packages[0].at(TimeStep(0, 0, 0.0, 1.0)).columns["concentration"].tolist() == [50.0]


def test_nonlinear_sorption_and_zero_order_decay(tmp_path, opened):
    sim = flow_simulation(tmp_path, transport="solute")
    gwt = sim.get_model("solute")
    gwt.remove_package("mst")
    flopy.mf6.ModflowGwtmst(gwt, porosity=0.3, sorption="freundlich", bulk_density=1800.0, distcoef=1e-4, sp2=0.7,
                            sorbate_filerecord="solid.srb", zero_order_decay=True, decay=-0.01, decay_sorbed=0.002)
    model = opened(sim).transport_models[0]
    assert model.saves_sorbate
    mobile = model.mobile
    assert (mobile.isotherm, mobile.nonlinear, mobile.decay_order) == ("freundlich", True, 0)
    assert (mobile.second[0], mobile.decay_rate[0], mobile.decay_rate_sorbed[0]) == (0.7, -0.01, 0.002)
    assert mobile.sorbed(np.full(24, 16.0))[0] == pytest.approx(1e-4 * 16.0**0.7)


def test_immobile_domains_share_the_aquifer(tmp_path, opened):
    """MODFLOW 6 multiplies porosity and bulk density of every domain by its volume fraction."""
    sim = flow_simulation(tmp_path, transport="solute")
    for name, share in (("clay", 0.2), ("silt", 0.3)):
        flopy.mf6.ModflowGwtist(sim.get_model("solute"), pname=name, filename=f"{name}.ist", porosity=0.4,
                                volfrac=share, zetaim=0.01, cim=3.0, sorption="linear", bulk_density=1500.0,
                                distcoef=2e-4, first_order_decay=True, decay=0.1, decay_sorbed=0.05,
                                cim_filerecord=f"{name}.cim" if name == "silt" else None,
                                sorbate_filerecord=f"{name}.srb" if name == "clay" else None)
    model = opened(sim).transport_models[0]
    assert float(model.mobile.porosity[0]) == pytest.approx(0.5 * 0.3)
    assert float(model.mobile.bulk_density[0]) == pytest.approx(0.5 * 1800.0)
    assert [d.name for d in model.immobile] == ["clay", "silt"]
    silt = model.immobile[1]
    assert [d.saves_concentration for d in model.immobile] == [False, True]
    assert [d.saves_sorbate for d in model.immobile] == [True, False]
    found = [silt.porosity, silt.bulk_density, silt.transfer_rate, silt.initial_concentration, silt.decay_rate_sorbed]
    assert [float(a[0]) for a in found] == pytest.approx([0.12, 450.0, 0.01, 3.0, 0.05])


def test_sources_mixed_and_from_files(tmp_path, opened):
    sim = flow_simulation(tmp_path, transport="solute")
    gwt = sim.get_model("solute")
    gwt.remove_package("ssm")
    wells = flopy.mf6.ModflowUtlspc(gwt, filename="Wells.spc", maxbound=2, perioddata={
        0: [(0, "concentration", 7.0), (1, "concentration", "tide")], 1: [(0, "concentration", 8.0)]})
    wells.ts.initialize(filename="tide.ts", timeseries=[(0.0, 0.0), (40.0, 40.0)], time_series_namerecord=["tide"],
                        interpolation_methodrecord=["linear"])
    flopy.mf6.ModflowUtlspca(gwt, filename="rain.spc", concentration=3.5)
    flopy.mf6.ModflowGwtssm(gwt, fileinput=[("wells", "Wells.spc", "mixed"), ("rain", "rain.spc", None)])
    sources = {s.package: s for s in opened(sim).transport_models[0].sources}
    assert (sources["wells"].mixed, sources["wells"].by_plan) == (True, False)
    assert (sources["rain"].mixed, sources["rain"].by_plan) == (False, True)
    values = [sources["wells"].values(TimeStep(p, 0, t, t + 2.0)).columns["concentration"].tolist()
              for p, t in ((0, 0.0), (2, 20.0))]
    assert values == [[7.0, 1.0], [8.0, 21.0]]
    assert sources["rain"].values(TimeStep(0, 0, 0.0, 1.0)).columns["concentration"].tolist() == [3.5] * 12


def test_mass_sources_and_fixed_concentrations_take_series_names_and_options(tmp_path, opened):
    sim = flow_simulation(tmp_path, transport="solute")
    gwt = sim.get_model("solute")
    src = flopy.mf6.ModflowGwtsrc(gwt, pname="leak", filename="leak.src", boundnames=True, highest_saturated=True,
                                  stress_period_data=[[(0, 0, 0), "rate", "Tank"], [(1, 0, 0), 2.0, "Pipe"]])
    src.ts.initialize(filename="leak.ts", timeseries=[(0.0, 0.0), (40.0, 40.0)], time_series_namerecord=["rate"],
                      interpolation_methodrecord=["linear"])
    cnc = flopy.mf6.ModflowGwtcnc(gwt, pname="lake", filename="lake.cnc", boundnames=True,
                                  stress_period_data=[[(0, 2, 0), "level", "Shore"]])
    cnc.ts.initialize(filename="lake.ts", timeseries=[(0.0, 4.0), (20.0, 6.0), (40.0, 6.0)],
                      time_series_namerecord=["level"], interpolation_methodrecord=["stepwise"])
    packages = {p.name: p for p in opened(sim).transport_models[0].packages}
    step = TimeStep(2, 0, 20.0, 24.0)
    leak, lake = packages["leak"].at(step), packages["lake"].at(step)
    assert (leak.columns["mass_rate"].tolist(), leak.boundnames) == ([22.0, 2.0], ("tank", "pipe"))
    assert (lake.columns["concentration"].tolist(), lake.boundnames) == ([6.0], ("shore",))
    assert packages["leak"].options["highest_saturated"]


def test_options_of_dsp_and_fmi(tmp_path, opened):
    sim = flow_simulation(tmp_path, transport="solute")
    gwt = sim.get_model("solute")
    gwt.dsp.xt3d_off = True
    flopy.mf6.ModflowGwtfmi(gwt, flow_imbalance_correction=True)
    gwt.ssm.sources.set_data([("wells", "AUXMIXED", "conc")])
    model = opened(sim).transport_models[0]
    assert (model.dispersion.xt3d, model.dispersion.xt3d_rhs) == (False, False)
    assert model.flow_imbalance_correction
    assert model.sources[0].mixed


def test_simulation_can_be_pickled(tmp_path, opened):
    simulation = pickle.loads(pickle.dumps(opened(flow_simulation(tmp_path, transport="solute"))))
    assert simulation.flow_models[0].packages[0].at(TimeStep(0, 0, 0.0, 1.0)).cells.size == 2


def test_periods_carry_over_and_an_empty_one_ends_the_entries(tmp_path, opened):
    sim = flow_simulation(tmp_path, periods=4)
    gwf = sim.get_model("flow")
    flopy.mf6.ModflowGwfdrn(gwf, pname="ditch", stress_period_data={1: [[(0, 1, 1), 7.0, 3.0]], 3: []})
    ditch = next(p for p in opened(sim).flow_models[0].packages if p.name == "ditch")
    counts = [ditch.at(TimeStep(period, 0, 0.0, 1.0)).cells.size for period in range(4)]
    assert counts == [0, 1, 1, 0]


def test_steady_and_transient_periods_carry_over(tmp_path, opened):
    sim = flow_simulation(tmp_path, periods=4)
    flopy.mf6.ModflowGwfsto(sim.get_model("flow"), ss=1e-5, sy=0.2, iconvert=[1, 0], steady_state={0: True},
                            transient={2: True})
    storage = opened(sim).flow_models[0].storage
    assert storage.transient == (False, False, True, True)
    assert storage.convertible.tolist() == [True] * 12 + [False] * 12


def test_auxmultname_multiplies_the_conductance_of_a_river(tmp_path, opened):
    sim = flow_simulation(tmp_path)
    flopy.mf6.ModflowGwfriv(sim.get_model("flow"), pname="river", auxiliary=["share"], auxmultname="share",
                            stress_period_data=[[(0, 1, 1), 9.0, 4.0, 8.0, 0.25]])
    values = opened(sim).flow_models[0].packages[-1].at(TimeStep(0, 0, 0.0, 1.0))
    assert {k: v.tolist() for k, v in values.columns.items()} == {
        "stage": [9.0], "conductance": [1.0], "bottom": [8.0]}


def test_time_series_are_averaged_over_the_step(tmp_path, opened):
    sim = flow_simulation(tmp_path)
    well = flopy.mf6.ModflowGwfwel(sim.get_model("flow"), pname="pump", filename="pump.wel",
                                   stress_period_data=[[(0, 1, 1), "q"], [(0, 1, 2), 3.0]])
    well.ts.initialize(filename="pump.ts", timeseries=[(0.0, 0.0), (10.0, 10.0), (40.0, 10.0)],
                       time_series_namerecord=["q"], interpolation_methodrecord=["linear"], sfacrecord=[2.0])
    pump = opened(sim).flow_models[0].packages[-1]
    assert pump.at(TimeStep(0, 0, 0.0, 5.0)).columns["rate"].tolist() == [5.0, 3.0]
    assert pump.at(TimeStep(1, 0, 8.0, 12.0)).columns["rate"].tolist() == [19.0, 3.0]


def test_time_array_series_fill_every_cell_in_plan(tmp_path, opened):
    sim = flow_simulation(tmp_path)
    rain = flopy.mf6.ModflowGwfrcha(sim.get_model("flow"), pname="storm", filename="storm.rch",
                                    recharge="TIMEARRAYSERIES r")
    rain.tas.initialize(filename="storm.tas", tas_array={0.0: 0.0, 100.0: 1.0}, time_series_namerecord="r",
                        interpolation_methodrecord="linear")
    storm = opened(sim).flow_models[0].packages[-1]
    assert storm.at(TimeStep(0, 0, 0.0, 10.0)).columns["recharge"] == pytest.approx(np.full(12, 0.05))


def test_evapotranspiration_has_two_dimensional_columns(tmp_path, opened):
    sim = flow_simulation(tmp_path)
    flopy.mf6.ModflowGwfevt(sim.get_model("flow"), pname="plants", nseg=3, surf_rate_specified=True,
                            stress_period_data=[[(0, 0, 0), 10.0, 1e-3, 2.0, 0.2, 0.5, 0.3, 0.1, 0.9]])
    package = opened(sim).flow_models[0].packages[-1]
    columns = package.at(TimeStep(0, 0, 0.0, 1.0)).columns
    assert columns["depth_fraction"].tolist() == [[0.2, 0.5]]
    assert columns["rate_fraction"].tolist() == [[0.3, 0.1]]
    assert columns["surface_fraction"].tolist() == [0.9]
    assert package.options["surf_rate_specified"]


def test_output_control_keeps_every_number_of_steps(tmp_path, opened):
    sim = flow_simulation(tmp_path)
    sim.get_model("flow").oc.saverecord.set_data({0: [("HEAD", "STEPS", 1, 3)], 1: [("HEAD", "FREQUENCY", 2)]})
    output = opened(sim).flow_models[0].output
    assert [output.saves("head", TimeStep(0, i, 0.0, 1.0), 4) for i in range(4)] == [True, False, True, False]
    assert [output.saves("head", TimeStep(2, i, 0.0, 1.0), 4) for i in range(4)] == [False, True, False, True]


def test_observations_name_cells_and_boundnames(tmp_path, opened):
    sim = flow_simulation(tmp_path)
    gwf = sim.get_model("flow")
    flopy.mf6.ModflowUtlobs(gwf, pname="look", filename="flow.obs", continuous={
        "heads.csv": [("h1", "HEAD", (1, 0, 1))], "flows.csv": [("q1", "FLOW-JA-FACE", (0, 0, 0), (0, 0, 1))]})
    gwf.get_package("wells").obs.initialize(filename="wells.obs", continuous={"w.csv": [("n", "WEL", "north")]})
    found = {o.name: o for o in opened(sim).flow_models[0].observations}
    assert (found["h1"].cells, found["h1"].package) == ((13,), "")
    assert found["q1"].cells == (0, 1)
    assert (found["n"].package, found["n"].boundname) == ("wells", "north")


def test_simulations_that_feed_each_other_are_read_together(tmp_path):
    write(flow_simulation(tmp_path / "mf6gwf"))
    write(transport_simulation(tmp_path / "mf6gwt"))
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "mfsim.nam").write_text("BEGIN OPTIONS\n")
    simulation = read(tmp_path)
    solute = simulation.transport_models[0]
    assert (solute.flow_model, solute.time.n_periods, simulation.flow_models[0].time.n_periods) == ("flow", 1, 3)


def test_saved_flows_are_taken_where_the_flow_is_not_supported(tmp_path):
    sim = flow_simulation(tmp_path / "mf6gwf")
    sim.get_model("flow").npf.xt3doptions.set_data([True])
    write(sim)
    write(transport_simulation(tmp_path / "mf6gwt"))
    with pytest.raises(InputError, match="option XT3D is not supported"):
        read(tmp_path)
    for name in ("flow.hds", "flow.cbc"):
        (tmp_path / "mf6gwf" / name).write_bytes(b"")
    simulation = read(tmp_path)
    solute = simulation.transport_models[0]
    assert (solute.flow_model, simulation.flow_models) == ("", ())
    assert solute.saved_flows.head_file.endswith("flow.hds")
    assert any("XT3D" in note for note in simulation.notes)


def test_inactive_and_pass_through_cells(tmp_path, opened):
    idomain = np.ones((2, 3, 4), int)
    idomain[0, 0, 0], idomain[0, 2, 3] = 0, -1
    flow = opened(flow_simulation(tmp_path, idomain=idomain)).flow_models[0]
    assert flow.grid.n_cells == 22
    assert flow.packages[-1].at(TimeStep(0, 0, 0.0, 1.0)).cells.tolist() == list(range(10))


def test_periods_need_no_empty_line_between_them(tmp_path):
    """flopy with pandas passes over the second of two PERIOD blocks that follow without an empty line."""
    folder = write(flow_simulation(tmp_path))
    wells = folder / "flow.wel"
    text = wells.read_text()
    blocks = "".join(f"BEGIN period {p}\n  1 1 1 -{p}.0 0.5\nEND period {p}\n" for p in (1, 2))
    wells.write_text(text[: text.lower().index("begin period")] + blocks)
    model = read(folder).flow_models[0]
    package = next(p for p in model.packages if p.kind == "wel")
    assert package.source.starts == (0, 1)


def test_the_reference_system_of_dis_is_read(tmp_path):
    """From memory and from the file, by either reader."""
    sim = flow_simulation(tmp_path, crs="EPSG:32640")
    assert read(sim).flow_models[0].grid.crs == "EPSG:32640"
    folder = write(sim)
    assert read(folder).flow_models[0].grid.crs == "EPSG:32640"
    assert _assemble([open_folder(folder)], "auto").flow_models[0].grid.crs == "EPSG:32640"
