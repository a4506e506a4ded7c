"""The network of `gwsolver/bench/two_basins.py` in pywr, as far as pywr can say it; run by a Python that has pywr.

    python pywr_model.py input.json volumes.npy

`input.json` has the numbers (`gwsolver/bench/peers/pywr.py` writes it). Written are the volumes of the lake at the end
of each step, shape (step, member) [Mm3]; printed is one JSON object with the version and the CPU time of the steps.
"""

import json
import sys
import time

import numpy as np
import pywr
from pywr.core import Catchment, Link, Model, Output, Scenario, Storage
from pywr.nodes import LossLink
from pywr.parameters import AggregatedParameter, ArrayIndexedParameter, ConstantScenarioParameter
from pywr.parameters.control_curves import ControlCurveInterpolatedParameter
from pywr.recorders import NumpyArrayStorageRecorder
from pywr.solvers import CythonGLPKSolver

# Costs, the most urgent first: evaporation, the least release and what fields and reeds take, what is kept in the dam.
FIRST, SECOND, KEPT = -1000.0, -100.0, -10.0
# What does not change here is not told to the solver again at each step: 23 in place of 42 us for a member and month.
FAST = {"set_fixed_flows_once": True, "set_fixed_costs_once": True, "set_fixed_factors_once": True,
        "use_unsafe_api": True}


def build(given):
    """Return the model and the recorder of the lake's volumes [Mm3, Mm3/d]."""
    model = Model(start=given["start"], end=given["end"], timestep=given["step"])
    members = Scenario(model, "members", size=given["members"])

    def series(name):
        """Return a value of each step, times the factors of the members if they differ."""
        values = ArrayIndexedParameter(model, np.array(given["series"][name]))
        if name not in given["factors"]:
            return values
        factors = ConstantScenarioParameter(model, members, given["factors"][name])
        return AggregatedParameter(model, [values, factors], agg_func="product")

    rain, evaporation = series("rain"), series("evaporation")

    def standing(name, initial, most, cost):
        """Return a storage with rain on its area and evaporation from it, areas at the start of the step.

        Control curves between the nodes of the area: they are compiled, InterpolatedVolumeParameter is not.
        """
        node = Storage(model, name, initial_volume=initial, max_volume=most, cost=cost)
        volume, area = (np.array(given[name][key])[::-1] for key in ("volume", "area"))
        node_area = ControlCurveInterpolatedParameter(model, node, list(volume[1:-1] / most), values=area)
        falls = Catchment(model, f"{name} rain", flow=AggregatedParameter(model, [rain, node_area], agg_func="product"))
        falls.connect(node)
        loss = AggregatedParameter(model, [evaporation, node_area], agg_func="product")
        node.connect(Output(model, f"{name} evaporation", max_flow=loss, cost=FIRST))
        return node

    def inflow(name, to):
        Catchment(model, name, flow=series(name)).connect(to)

    def river(name, loss):
        return LossLink(model, name, loss_factor=loss, loss_factor_type="gross")

    dam = standing("dam", given["dam"]["initial"], given["dam"]["volume"][-1], KEPT)
    upper = river("upper", given["upper"])
    inflow("border", upper)
    upper.connect(dam)
    inflow("tributaries", dam)

    fields = Link(model, "river at the fields")
    for name, most, cost in (("least", given["least"], SECOND), ("above the guide", np.inf, 0.0)):
        release = Link(model, name, max_flow=most, cost=cost)
        dam.connect(release)
        release.connect(fields)

    delta = river("delta", given["delta"])
    intake = river("fields", given["used"])
    intake.max_flow = series("returned")  # a loss link is told what is left
    intake.cost = SECOND
    fields.connect(intake)
    intake.connect(delta)
    fields.connect(delta)

    lake = standing("lake", given["lake"]["initial"], given["lake"]["volume"][-1], 0.0)
    below = Link(model, "below the delta")
    delta.connect(below)
    below.connect(Output(model, "reeds", max_flow=series("reeds"), cost=SECOND))
    below.connect(lake)
    inflow("rivers", lake)
    inflow("ground water", lake)
    return model, NumpyArrayStorageRecorder(model, lake)


def main(source, target):
    """Run it and tell."""
    with open(source, encoding="utf-8") as file:
        model, lake = build(json.load(file))
    model.solver = CythonGLPKSolver(**FAST)
    model.setup()
    begin = time.process_time()
    model.run()
    seconds = time.process_time() - begin
    np.save(target, np.asarray(lake.data))
    print(json.dumps({"version": pywr.__version__, "seconds": seconds, "solver": model.solver.name}))


if __name__ == "__main__":
    main(*sys.argv[1:])
