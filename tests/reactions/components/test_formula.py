"""Formulas: counts, molar masses and electrons."""

import pytest

from gwsolver.reactions.components.formula import atoms, electrons, molar_mass


@pytest.mark.parametrize(
    ("formula", "mass", "given"),
    [("C6H6", 78.114, 30), ("C7H8", 92.141, 36), ("C8H10", 106.168, 42), ("C10H8", 128.174, 48), ("C12H26", 170.34, 74),
     ("C6H6O", 94.113, 28), ("CH2", 14.027, 6), ("CH4", 16.043, 8), ("C5H7O2N", 113.116, 20)],
)  # fmt: skip
def test_molar_mass_and_electrons(formula, mass, given):
    assert molar_mass(atoms(formula)) == pytest.approx(mass, abs=1.01e-3)
    assert electrons(atoms(formula)) == given


def test_elements_named_twice_are_added():
    assert atoms("CH3CH2OH") == {"C": 2, "H": 6, "O": 1}


@pytest.mark.parametrize("formula", ["", "c6h6", "C6H6+", "Xx2", "6C", "C6 H6"])
def test_what_is_no_formula_is_refused(formula):
    with pytest.raises(ValueError, match="is not a row of elements and counts"):
        atoms(formula)


def test_electrons_of_other_elements_are_not_guessed():
    with pytest.raises(ValueError, match="with S are not defined"):
        electrons(atoms("C4H4S"))
