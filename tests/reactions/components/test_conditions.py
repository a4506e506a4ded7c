"""Salt and temperature."""

import pytest

from gwsolver.reactions.components import component
from gwsolver.reactions.components.ground import Ground
from gwsolver.reactions.components.salinity import salt_of, salting_out
from gwsolver.reactions.components.temperature import diffusion_factor, henry_factor, q10_factor, water_viscosity


def test_brine_of_150_grams_per_litre_salts_out_three_to_sixfold():
    salt = salt_of(150.0)
    assert salt == pytest.approx(2.6, abs=0.05)
    assert 1.0 / salting_out(salt, 0.2) == pytest.approx(3.3, abs=0.05)
    assert 1.0 / salting_out(salt, 0.3) == pytest.approx(6.0, abs=0.15)
    assert salting_out(0.0) == 1.0


def test_cold_water_diffuses_less_and_volatilises_less():
    assert water_viscosity(20.0) == pytest.approx(1.0016e-3, rel=5e-3)  # IAPWS (2008)
    assert diffusion_factor(10.0) == pytest.approx(0.65, abs=5e-3)
    assert henry_factor(10.0) == pytest.approx(0.45, rel=1e-12)
    assert diffusion_factor(25.0) == henry_factor(25.0) == 1.0
    assert q10_factor(15.0, 2.2) == pytest.approx(2.2**-1, rel=1e-12)


def test_a_component_in_cold_brine():
    """150 g/L at 10 C: less dissolves, more of what is dissolved goes to the air, it diffuses less."""
    pure, cold = component("benzene"), Ground(10.0, 150.0).component(component("benzene"))
    salt = salting_out(salt_of(150.0))
    assert cold.value("liquid_solubility") == pytest.approx(1780.0 * salt)
    assert cold.henry_dimensionless == pytest.approx(pure.henry_dimensionless * 0.45 / salt)
    assert cold.diffusion_water == pytest.approx(pure.diffusion_water * 0.65, rel=5e-3)
    assert (cold.diffusion_air, cold.koc, cold.molar_mass) == (pure.diffusion_air, pure.koc, pure.molar_mass)
    assert Ground().component(pure) == pure
    assert Ground(10.0, 5.0).component(component("chloride")).henry is None
