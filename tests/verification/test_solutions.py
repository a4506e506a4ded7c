"""Witnesses of the exact solutions: the equation itself, its boundaries, mass, limits, each other."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import k0

from gwsolver.bench.solutions import (
    finite_column_first_type,
    finite_column_third_type,
    gaussian_pulse,
    ogata_banks,
    patch_source,
    patch_source_between_walls,
    point_source_2d,
    point_source_3d,
    radial_from_well,
    semi_infinite_third_type,
    sharp_front,
    strip_source,
    strip_source_between_walls,
)

V, D, R, LAMBDA = 0.8, 0.6, 1.7, 0.05
COLUMN = dict(seepage_velocity=V, dispersion=D, retardation=R, decay_rate=LAMBDA)
COLUMNS = {
    "ogata_banks": lambda x, t, **k: ogata_banks(x, t, **{**COLUMN, **k}),
    "semi_infinite_third_type": lambda x, t, **k: semi_infinite_third_type(x, t, **{**COLUMN, **k}),
    "finite_column_first_type": lambda x, t, **k: finite_column_first_type(x, t, length=10.0, **{**COLUMN, **k}),
    "finite_column_third_type": lambda x, t, **k: finite_column_third_type(x, t, length=10.0, **{**COLUMN, **k}),
}


def derivatives(f, x, h):
    """First and second derivative by central differences of sixth order."""
    far = [f(x + k * h) for k in range(-3, 4)]
    first = (far[6] - 9 * far[5] + 45 * far[4] - 45 * far[2] + 9 * far[1] - far[0]) / (60 * h)
    second = (2 * (far[6] + far[0]) - 27 * (far[5] + far[1]) + 270 * (far[4] + far[2]) - 490 * far[3]) / (180 * h * h)
    return first, second


def residual(c, point, t, dispersion, velocity=V, retardation=R, decay_rate=LAMBDA, h=0.02):
    """R dC/dt - div(D grad C) + v dC/dx + R lambda C, and the largest term, in any number of dimensions."""
    rate = derivatives(lambda s: c(*point, s), t, h)[0]
    terms = [retardation * rate, retardation * decay_rate * c(*point, t)]
    for axis, d in enumerate(dispersion):
        first, second = derivatives(lambda p, a=axis: c(*point[:a], p, *point[a + 1:], t), point[axis], h)
        terms += [-d * second] + ([velocity * first] if axis == 0 else [])
    return sum(terms), np.max(np.abs(terms), axis=0)


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("decay_rate", [0.0, LAMBDA])
def test_column_solves_the_equation(name, decay_rate):
    x = np.array([0.5, 1.5, 3.0, 5.0, 8.0])
    left, scale = residual(
        lambda x, t: COLUMNS[name](x, t, decay_rate=decay_rate), (x,), 6.0, (D,), decay_rate=decay_rate
    )
    assert np.all(np.abs(left) < 1e-7 * scale)  # measured: 2e-9


@pytest.mark.parametrize("name", COLUMNS)
def test_column_meets_its_inlet_and_its_start(name):
    c = COLUMNS[name]
    inlet = float(c(0.0, 6.0))
    if "third" in name:
        # One-sided fourth order: the finite series is odd or even beyond x = 0, the solution is not defined there.
        h = 0.01
        near = [float(c(k * h, 6.0)) for k in range(5)]
        slope = (-25 * near[0] + 48 * near[1] - 36 * near[2] + 16 * near[3] - 3 * near[4]) / (12 * h)
        assert V * inlet - D * slope == pytest.approx(V, rel=1e-6)
    else:
        assert inlet == pytest.approx(1.0, abs=1e-12)
    x = np.linspace(3.0, 10.0, 15)
    assert np.abs(c(x, 0.3)).max() < 1e-7


@pytest.mark.parametrize("name", ["finite_column_first_type", "finite_column_third_type"])
def test_finite_column_leaves_without_gradient(name):
    slope = derivatives(lambda x: COLUMNS[name](x, 9.0), 10.0, 0.02)[0]
    assert abs(slope) < 1e-8  # the series goes on smoothly beyond the outlet


@pytest.mark.parametrize("kind", ["first", "third"])
def test_finite_column_far_from_its_outlet_is_the_semi_infinite_one(kind):
    finite = COLUMNS[f"finite_column_{kind}_type"]
    endless = COLUMNS["ogata_banks" if kind == "first" else "semi_infinite_third_type"]
    x = np.linspace(0.0, 4.0, 9)
    np.testing.assert_allclose(finite(x, 3.0), endless(x, 3.0), atol=1e-7)


def test_third_type_inlet_takes_in_all_that_flows_and_no_more():
    """Without decay the mass in the column is v C0 t, whatever D is."""
    c = COLUMNS["semi_infinite_third_type"]
    mass = quad(lambda x: float(c(x, 6.0, decay_rate=0.0)), 0.0, 60.0, epsabs=1e-12)[0]
    assert R * mass == pytest.approx(V * 6.0, rel=1e-10)


def test_third_type_without_decay_is_the_limit_of_small_decay():
    x = np.linspace(0.1, 8.0, 9)
    with_decay = COLUMNS["semi_infinite_third_type"](x, 6.0, decay_rate=1e-7)
    # 6 time units of decay take 6e-7 at most; the three terms cancel to 1e-9
    np.testing.assert_allclose(with_decay, COLUMNS["semi_infinite_third_type"](x, 6.0, decay_rate=0.0), atol=7e-7)


def test_steady_column_decays_exponentially():
    x = np.linspace(0.0, 8.0, 9)
    u = np.sqrt(V**2 + 4 * LAMBDA * R * D)
    np.testing.assert_allclose(ogata_banks(x, 1e4, **COLUMN), np.exp(x * (V - u) / (2 * D)), rtol=1e-12)


def test_ogata_banks_without_dispersion_is_a_sharp_front():
    x = np.array([1.0, 2.0, 2.5, 4.0])
    c = ogata_banks(x, 5.0, seepage_velocity=V, dispersion=1e-5, retardation=R)
    np.testing.assert_allclose(c, sharp_front(x, 5.0, seepage_velocity=V, retardation=R), atol=1e-12)


FIELD = dict(seepage_velocity=V, retardation=R, decay_rate=LAMBDA)
PLACES = (np.array([1.0, 3.0, 5.0, 4.0]), np.array([0.2, -1.5, 2.0, 0.9]), np.array([0.1, 1.0, -0.4, 0.7]))


@pytest.mark.parametrize(
    ("c", "dispersion"),
    [
        (lambda x, y, t: strip_source(x, y, t, strip=(-1.0, 1.5), dispersion=(D, 0.3), **FIELD), (D, 0.3)),
        (lambda x, y, t: point_source_2d(x, y, t, mass_rate=1.0, porosity=0.3, dispersion=(D, 0.3), **FIELD), (D, 0.3)),
        (
            lambda x, y, z, t: patch_source(
                x, y, z, t, width=(-1.0, 1.5), height=(-0.5, 0.5), dispersion=(D, 0.3, 0.1), **FIELD
            ),
            (D, 0.3, 0.1),
        ),
        (
            lambda x, y, z, t: point_source_3d(
                x, y, z, t, mass_rate=1.0, porosity=0.3, dispersion=(D, 0.3, 0.1), **FIELD
            ),
            (D, 0.3, 0.1),
        ),
    ],
    ids=["strip", "point 2-D", "patch", "point 3-D"],
)
def test_plume_solves_the_equation(c, dispersion):
    left, scale = residual(c, PLACES[: len(dispersion)], 6.0, dispersion)
    assert np.all(np.abs(left) < 2e-6 * scale)


def test_strip_is_one_on_its_source_and_zero_beside_it():
    y = np.array([-3.0, -1.2, -0.8, 0.0, 1.2, 2.0])
    c = strip_source(1e-4, y, 20.0, strip=(-1.0, 1.5), dispersion=(D, 0.3), **FIELD)
    np.testing.assert_allclose(c, [0, 0, 1, 1, 1, 0], atol=2e-3)


def test_wide_strip_and_wide_patch_are_the_column():
    x = np.array([0.5, 2.0, 4.0])
    column = ogata_banks(x, 6.0, **COLUMN)
    strip = strip_source(x, 0.0, 6.0, strip=(-50, 50), dispersion=(D, 0.3), **FIELD)
    patch = patch_source(x, 0.0, 0.0, 6.0, width=(-50, 50), height=(-50, 50), dispersion=(D, 0.3, 0.1), **FIELD)
    np.testing.assert_allclose(strip, column, rtol=1e-11)
    np.testing.assert_allclose(patch, column, rtol=1e-11)


def test_strip_between_walls_is_the_strip_and_its_mirror_images():
    x, y, width = np.array([1.0, 2.0, 4.0]), np.array([0.3, 2.2, 3.7]), 4.0
    kw = dict(dispersion=(D, 0.3), **FIELD)
    images = sum(
        strip_source(x, y, 9.0, strip=(k * 2 * width + a, k * 2 * width + b), **kw)
        for k in range(-3, 4)
        for a, b in ((0.5, 2.0), (-2.0, -0.5))
    )
    walled = strip_source_between_walls(x, y, 9.0, strip=(0.5, 2.0), aquifer_width=width, **kw)
    np.testing.assert_allclose(walled, images, rtol=1e-9)


def test_patch_between_walls_is_the_patch_and_its_mirror_images():
    x, y, z = np.array([2.0, 4.0]), np.array([2.2, 0.3]), np.array([0.2, 1.9])
    kw = dict(dispersion=(D, 0.3, 0.1), **FIELD)
    images = sum(
        patch_source(x, y, z, 9.0, width=(k * 8 + a, k * 8 + b), height=(m * 4 + e, m * 4 + f), **kw)
        for k in range(-2, 3)
        for m in range(-2, 3)
        for a, b in ((0.5, 2.0), (-2.0, -0.5))
        for e, f in ((0.0, 1.0), (-1.0, 0.0))
    )
    walled = patch_source_between_walls(
        x, y, z, 9.0, width=(0.5, 2.0), height=(0.0, 1.0), aquifer_width=4.0, aquifer_height=2.0, **kw
    )
    np.testing.assert_allclose(walled, images, rtol=1e-8)


def test_point_source_2d_ends_in_the_steady_bessel_plume():
    """Wilson and Miller (1978): C = M' / (2 pi n sqrt(Dx Dy)) exp(v x / 2 Dx) K0(u r / 2 Dx)."""
    x, y = np.array([-2.0, 1.0, 8.0]), np.array([0.5, 2.0, -1.0])
    u = np.sqrt(V**2 + 4 * LAMBDA * R * D)
    r = np.sqrt(x**2 + y**2 * D / 0.3)
    steady = np.exp(V * x / (2 * D)) * k0(u * r / (2 * D)) / (2 * np.pi * 0.3 * np.sqrt(D * 0.3))
    c = point_source_2d(x, y, 1e4, mass_rate=1.0, porosity=0.3, dispersion=(D, 0.3), **FIELD)
    np.testing.assert_allclose(c, steady, rtol=1e-10)


def test_point_source_2d_holds_the_mass_that_was_injected():
    x, y = np.meshgrid(np.arange(-15, 30, 0.1) + 0.05, np.arange(-15, 15, 0.1) + 0.05)
    keep = np.hypot(x, y) < 13.5
    x, y = x[keep], y[keep]
    c = point_source_2d(x[::7], y[::7], 6.0, mass_rate=2.0, porosity=0.3, dispersion=(D, 0.3),
                        seepage_velocity=V, retardation=R)
    assert 0.3 * R * c.sum() * 0.07 == pytest.approx(12.0, rel=2e-3)  # a sum over points, logarithmic at the source


def test_line_of_point_sources_3d_is_the_point_source_2d():
    kw = dict(porosity=0.3, seepage_velocity=V, retardation=R, decay_rate=LAMBDA)
    total = quad(
        lambda z: float(point_source_3d(2.0, 0.5, z, 6.0, mass_rate=1.0, dispersion=(D, 0.3, 0.1), **kw)), -40, 40,
        points=[0.0], epsabs=1e-13, limit=200,
    )[0]
    line = point_source_2d(2.0, 0.5, 6.0, mass_rate=1.0, dispersion=(D, 0.3), **kw)
    assert total == pytest.approx(float(line), rel=1e-8)


def test_gaussian_solves_the_oblique_equation_and_keeps_its_mass():
    v, al, at = np.array([0.4, 0.3]), 1.2, 0.2
    speed = np.hypot(*v)
    tensor = at * speed * np.eye(2) + (al - at) * np.outer(v, v) / speed

    def c(x, y, t):
        return gaussian_pulse(
            np.stack(np.broadcast_arrays(x, y), -1), t, centre=(0.0, 0.0), start_deviation=1.5, seepage_velocity=v,
            longitudinal_dispersivity=al, transverse_dispersivity=at, retardation=R, decay_rate=LAMBDA,
        )

    x, y, t = np.array([0.5, 2.0]), np.array([0.2, -0.7]), 4.0
    rate = derivatives(lambda s: c(x, y, s), t, 0.02)[0]
    cx, cxx = derivatives(lambda p: c(p, y, t), x, 0.02)
    cy, cyy = derivatives(lambda p: c(x, p, t), y, 0.02)
    cxy = derivatives(lambda p: derivatives(lambda q: c(p, q, t), y, 0.02)[0], x, 0.02)[0]
    spread = tensor[0, 0] * cxx + 2 * tensor[0, 1] * cxy + tensor[1, 1] * cyy
    np.testing.assert_allclose(R * rate, spread - v[0] * cx - v[1] * cy - R * LAMBDA * c(x, y, t), rtol=1e-7)
    xs, ys = np.meshgrid(np.arange(-15, 16, 0.25), np.arange(-15, 16, 0.25))
    assert c(xs, ys, t).sum() / c(xs, ys, 0.0).sum() == pytest.approx(np.exp(-LAMBDA * t), rel=1e-10)


@pytest.mark.parametrize(("dispersivity", "well_radius"), [(10.0, 0.0), (3.0, 2.0)])
def test_radial_plume_solves_the_radial_equation(dispersivity, well_radius):
    a = 100.0 / (2 * np.pi * 1.0 * 0.3)
    kw = dict(flow_rate=100.0, thickness=1.0, porosity=0.3, dispersivity=dispersivity, retardation=R)
    r = np.array([15.0, 30.0, 42.0])
    rate = derivatives(lambda t: radial_from_well(r, t, well_radius=well_radius, **kw), 27.0, 0.1)[0]
    first, second = derivatives(lambda q: radial_from_well(q, 27.0, well_radius=well_radius, **kw), r, 0.2)
    np.testing.assert_allclose(R * rate, a / r * (dispersivity * second - first), rtol=1e-4, atol=1e-9)
    wall = radial_from_well(max(well_radius, 1e-9), 27.0, well_radius=well_radius, **kw)
    assert float(wall) == pytest.approx(1.0, abs=1e-5)


def test_radial_plume_without_dispersion_is_a_ring():
    """The front stands where the injected water fills the pores: r**2 = Q t / (pi b n)."""
    front = np.sqrt(100.0 * 27.0 / (np.pi * 0.3))
    kw = dict(flow_rate=100.0, thickness=1.0, porosity=0.3, dispersivity=0.05, n_terms=100)
    c = radial_from_well(front * np.array([0.9, 1.0, 1.1]), 27.0, **kw)
    np.testing.assert_allclose(c, [1.0, 0.5, 0.0], atol=0.02)


def test_radial_plume_holds_the_mass_that_entered():
    """With C0 held at a thin well, injection carries Q C0 t and dispersion a little more."""
    kw = dict(flow_rate=100.0, thickness=1.0, porosity=0.3, dispersivity=10.0)
    mass = quad(lambda r: 0.3 * 2 * np.pi * r * float(radial_from_well(r, 27.0, **kw)), 0.0, 300.0, epsabs=1e-6)[0]

    def inlet(t):
        c = [float(radial_from_well(r, t, **kw)) for r in (1e-3, 2e-3)]
        return 100.0 * (c[0] - 10.0 * (c[1] - c[0]) / 1e-3)

    entered = quad(inlet, 0.05, 27.0, epsabs=1e-4)[0] + 0.05 * inlet(0.05)
    assert mass == pytest.approx(entered, rel=5e-3)
