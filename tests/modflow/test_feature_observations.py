"""OBS packages of lakes: places by number and by boundname, and what is told of wrong ones."""

import pytest

from gwsolver.core.errors import InputError
from gwsolver.modflow import read
from tests.modflow.test_lakes import lakes, write

ASKED = [("level", "stage", "2"), ("rain", "rainfall", "upper"), ("seep", "lak", "2", "2"), ("all", "lak", "upper"),
         ("away", "ext-outflow", "2"), ("over", "outlet", "upper"), ("bed", "wetted-area", "3", "1"),
         ("beds", "conductance", "1", "lower")]


def observed(folder, asked, **how):
    return lakes(folder, observations={"waters.csv": asked, "filename": "flow.lak.obs"}, **how)


@pytest.mark.parametrize("opened", ["disk", "memory"])
def test_places_by_number_and_boundname(tmp_path, opened):
    sim = observed(tmp_path, ASKED)
    model = read(write(sim) if opened == "disk" else sim).flow_models[0]
    assert {o.name: (o.quantity, o.package, o.places) for o in model.observations} == {
        "level": ("stage", "waters", (1,)), "rain": ("rainfall", "waters", (0, 2)), "seep": ("lak", "waters", (2,)),
        "all": ("lak", "waters", (0, 3)), "away": ("ext-outflow", "waters", (1,)), "over": ("outlet", "waters", (0,)),
        "bed": ("wetted-area", "waters", (3,)), "beds": ("conductance", "waters", (1, 2))}


@pytest.mark.parametrize(("asked", "told"), [
    (("x", "stage", "4"), 'observation "x" looks at lake 4; allowed: 1 to 3'),
    (("x", "outlet", "3"), "looks at outlet 3; allowed: 1 to 2"),
    (("x", "lak", "3", "2"), "looks at connection 2 of lake 3; allowed: 1 to 1"),
    (("x", "lak", "3"), "names no connection of lake 3"),
    (("x", "rainfall", "sea"), 'looks at = "sea"; allowed: a number or a boundname of the package, lower, upper'),
    (("x", "stage", "upper"), 'asks for the stage of "upper", which 2 have'),
    (("x", "depth", "1"), 'asks for "depth"; allowed: one of stage, ext-inflow'),
])
def test_what_is_not_there_is_refused_with_its_line(tmp_path, asked, told):
    folder = write(observed(tmp_path, [asked]))
    with pytest.raises(InputError) as caught:
        read(folder)
    text = str(caught.value)
    assert told in text and "flow.lak.obs" in text and "line 6" in text


def test_a_connection_counted_into_the_next_lake_is_told(tmp_path):
    simulation = read(write(observed(tmp_path, [("x", "lak", "1", "3")])))
    assert simulation.flow_models[0].observations[0].places == (2,)
    assert any("connection 3 of lake 1, which has 1; as in MODFLOW 6, that is connection 2 of lake 2" in w
               for w in simulation.warnings)
