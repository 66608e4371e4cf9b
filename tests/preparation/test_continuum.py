"""The continuum does not depend on how a spectrum happens to be sampled, tilted or cut."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy.optimize import linprog

from dtl.preparation import continuum as module
from tests.builders import WINDOW, star_flux

fit_continuum = partial(module.fit_continuum, window=WINDOW)

POINTS = np.linspace(8800.0, 8835.0, 701)
WAVELENGTH = np.arange(8790.0, 8845.0, 0.03)
FLUX = star_flux(WAVELENGTH)
CONTINUUM = fit_continuum(WAVELENGTH, FLUX)
INSIDE = (WAVELENGTH > 8800) & (WAVELENGTH < 8835)


def continuum(step: float, reach: tuple[float, float] = (8790.0, 8845.0), **settings: object) -> np.ndarray:
    wavelength = np.arange(*reach, step)
    return np.interp(POINTS, wavelength, fit_continuum(wavelength, star_flux(wavelength), **settings))


def test_level() -> None:
    """Near the true continuum, which is 1, above the mean flux."""
    assert np.abs(CONTINUUM[INSIDE] - 1).max() < 0.02
    assert star_flux(POINTS).mean() < 0.95


@pytest.mark.parametrize("step", [0.01, 0.02, 0.03, 0.047, 0.06])
def test_sampling(step: float) -> None:
    np.testing.assert_allclose(continuum(step), continuum(0.012), rtol=5e-4)


@pytest.mark.parametrize("margin", [0.0, 2.0, 10.0])
def test_margin(margin: float) -> None:
    reach = (8780.0, 8855.0)
    np.testing.assert_allclose(
        continuum(0.02, reach, window=replace(WINDOW, margin=margin)), continuum(0.02, reach), rtol=0.01
    )


def test_margin_is_used_only_where_it_is() -> None:
    """A spectrum cut at the margin and one that goes on have the same continuum."""
    np.testing.assert_allclose(continuum(0.02, (8794.4, 8840.6)), continuum(0.02, (8700.0, 8900.0)), rtol=1e-4)


@pytest.mark.parametrize(
    ("slope", "bend", "tolerance"), [(0.1, -0.05, 3e-4), (-0.3, 0.0, 3e-4), (0.5, -0.25, 5e-4), (0.0, 0.15, 3e-3)]
)
def test_smooth_tilt_drops_out(slope: float, bend: float, tolerance: float) -> None:
    """Up to what smoothing and curvature see of it, which is most where the tilt is convex."""
    x = (WAVELENGTH - 8817.5) / 17.5
    shape = np.exp(slope * x + bend * x**2)
    normalised = FLUX * shape / fit_continuum(WAVELENGTH, FLUX * shape)
    np.testing.assert_allclose(normalised[INSIDE], (FLUX / CONTINUUM)[INSIDE], atol=tolerance)


@pytest.mark.parametrize("scale", [1e-15, 3.0, 1e12])
def test_scale(scale: float) -> None:
    np.testing.assert_allclose(fit_continuum(WAVELENGTH, FLUX * scale), CONTINUUM * scale, rtol=1e-4)


@pytest.mark.parametrize(("start", "stop"), [(8810.0, 8812.0), (8800.0, 8803.0), (8820.0, 8826.0)])
def test_gap(start: float, stop: float) -> None:
    flux = np.where((WAVELENGTH > start) & (WAVELENGTH < stop), np.nan, FLUX)
    found = fit_continuum(WAVELENGTH, flux)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[INSIDE], CONTINUUM[INSIDE], rtol=0.01)


def test_many_at_once() -> None:
    many = np.stack([FLUX, 2 * FLUX, star_flux(WAVELENGTH + 5), np.where(INSIDE, FLUX, np.nan)])
    for row, alone in zip(fit_continuum(WAVELENGTH, many), many, strict=True):
        np.testing.assert_allclose(row, fit_continuum(WAVELENGTH, alone), rtol=1e-10)


@pytest.mark.parametrize("step", [0.02, 0.05])
def test_bias_under_noise(step: float) -> None:
    """At S/N 50 the upper quantile must not ride on the noise."""
    rng = np.random.default_rng(5)
    wavelength = np.arange(8790.0, 8845.0, step)
    flux = star_flux(wavelength)
    noisy = flux + rng.normal(0.0, 0.02, (30, wavelength.size))
    inside = (wavelength > 8800) & (wavelength < 8835)
    ratio = (fit_continuum(wavelength, noisy) / fit_continuum(wavelength, flux))[:, inside]
    assert np.abs(ratio.mean(axis=0) - 1).max() < 0.01
    assert np.abs(ratio - 1).max() < 0.03


def test_rounds_of_reweighting() -> None:
    """The same as the rounds written out with NumPy's own least squares, and near the quantile that is asked for."""
    rng = np.random.default_rng(8)
    x = np.linspace(-1.3, 1.3, 900)
    values = 0.02 - 0.1 * x + 0.05 * x**2 - rng.gamma(1.2, 0.04, x.size)
    weight = np.ones(x.size)
    for _ in range(40):
        plain = np.polynomial.polynomial.polyfit(x, values, 2, w=np.sqrt(weight))
        residual = values - np.polynomial.polynomial.polyval(x, plain)
        weight = np.where(residual > 0, 0.85, 0.15) / np.maximum(np.abs(residual), 1e-3)
    found = module._quantile_fit(x ** np.arange(3)[:, None], values)
    np.testing.assert_allclose(found, plain, atol=1e-11)
    assert (values < found @ x ** np.arange(3)[:, None]).mean() == pytest.approx(0.85, abs=0.01)


def test_loss_is_next_to_the_least() -> None:
    """Of all quadratics, found by linear programming (Koenker & Bassett 1978), none has a loss that is much smaller."""
    rng = np.random.default_rng(9)
    powers = np.linspace(-1.3, 1.3, 300) ** np.arange(3)[:, None]
    values = 0.05 * powers[2] - rng.gamma(1.2, 0.04, powers.shape[1])
    cost = np.concatenate([np.zeros(6), np.full(300, 0.85), np.full(300, 0.15)])
    parts = np.hstack([powers.T, -powers.T, np.eye(300), -np.eye(300)])
    best = linprog(cost, A_eq=parts, b_eq=values)
    residual = values - module._quantile_fit(powers, values) @ powers
    assert best.fun <= np.maximum(0.85 * residual, -0.15 * residual).sum() <= 1.002 * best.fun


@pytest.mark.filterwarnings("ignore:All-NaN")
def test_what_cannot_be_fitted() -> None:
    with pytest.raises(ValueError, match="only 0 points"):
        fit_continuum(WAVELENGTH + 500, FLUX)
    rows = fit_continuum(WAVELENGTH, np.stack([FLUX, -FLUX]))
    assert np.isnan(rows[1]).all()
    np.testing.assert_allclose(rows[0], CONTINUUM, rtol=1e-10)
