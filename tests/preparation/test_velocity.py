"""Velocities that were put in are found again."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.preparation.continuum import fit_continuum
from dtl.preparation.velocity import Templates, Velocity, add_velocities, measure_velocity
from dtl.wavelengths import SPEED_OF_LIGHT, Window, doppler_shift
from tests.builders import line_flux, observe, star_flux, target

TARGET = target()


def measure(wavelength: np.ndarray, flux: np.ndarray, templates: np.ndarray = TARGET.templates) -> Velocity:
    return measure_velocity(wavelength, flux, Templates(TARGET.wavelength, templates))


@pytest.mark.parametrize("velocity", [-300.0, -110.5, -0.15, 0.0, 33.33, 300.0])
@pytest.mark.parametrize("pixel", [0.03, 0.06])
def test_injected(velocity: float, pixel: float) -> None:
    spectrum = observe(velocity=velocity, snr=100.0, pixel=pixel, seed=int(abs(velocity)))
    found = measure(spectrum.wavelength, spectrum.flux)
    assert found.value == pytest.approx(velocity, abs=0.1)
    assert found.quality > 0.98 and not found.uncertain


def test_between_the_steps_of_the_correlation() -> None:
    """Without noise the parabola places the peak far better than the step of 0.3 km/s."""
    errors = [
        measure(s.wavelength, s.flux).value - v
        for v in np.arange(10.0, 10.4, 0.07)
        for s in [observe(velocity=v, snr=np.inf, pixel=0.03)]
    ]
    assert np.abs(errors).max() < 0.02


@pytest.mark.parametrize("gaps", [[(8806.0, 8810.0)], [(8801.0, 8802.0), (8815.0, 8818.0), (8830.0, 8831.0)]])
def test_gaps(gaps: list[tuple[float, float]]) -> None:
    spectrum = observe(velocity=-60.0)
    flux = spectrum.flux.copy()
    for start, stop in gaps:
        flux[(spectrum.wavelength > start) & (spectrum.wavelength < stop)] = np.nan
    found = measure(spectrum.wavelength, flux)
    assert found.value == pytest.approx(-60.0, abs=0.15) and not found.uncertain


def test_best_template_wins() -> None:
    other = line_flux(TARGET.wavelength, seed=9)
    spectrum = observe(velocity=12.0)
    for order in (0, 1):
        templates = np.stack([other, TARGET.templates[0]][:: 1 if order else -1])
        found = measure(spectrum.wavelength, spectrum.flux, templates)
        assert found.template == order and found.value == pytest.approx(12.0, abs=0.1)


def test_correlation_is_pearsons() -> None:
    """The curve at the true shift against numpy's own coefficient."""
    spectrum = observe(velocity=0.0, snr=np.inf, pixel=0.02)
    found = measure(spectrum.wavelength, spectrum.flux)
    assert found.correlation[np.argmin(np.abs(found.velocities))] == pytest.approx(1.0, abs=2e-3)
    assert np.nanmax(np.abs(found.correlation)) <= 1 + 1e-9
    at = int(np.argmin(np.abs(found.velocities - 37.2)))
    rest = doppler_shift(spectrum.wavelength, -found.velocities[at])
    inside = (rest > 8800.0) & (rest < 8835.0)
    template = np.interp(rest[inside], TARGET.wavelength, TARGET.templates[0])
    continuum = np.exp(0.004 * (spectrum.wavelength - 8817.0) - 1e-4 * (spectrum.wavelength - 8817.0) ** 2)
    expected = np.corrcoef((spectrum.flux / continuum)[inside], template)[0, 1]
    assert found.correlation[at] == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(("reach", "gap"), [((8787.2, 8847.9), 0.0), ((8795.0, 8840.0), 0.0), ((8787.2, 8847.9), 3.0)])
def test_curve_of_the_best_template(reach: tuple[float, float], gap: float) -> None:
    """At each velocity the coefficient of the points where data and template overlap, by NumPy; of two the higher."""
    spectrum = observe(velocity=25.0, snr=60.0, reach=reach)
    wavelength, flux = spectrum.wavelength, spectrum.flux.copy()
    flux[np.abs(wavelength - 8812.0) < gap / 2] = np.nan
    templates = Templates(TARGET.wavelength, np.stack([line_flux(TARGET.wavelength, seed=9), TARGET.templates[0]]))
    found = measure_velocity(wavelength, flux, templates)
    assert found.template == 1
    window = Window(float(wavelength[0]), float(wavelength[-1]), margin=0.0)
    good = np.isfinite(flux)
    data = 1.0 - (flux / fit_continuum(wavelength, flux, window=window))[good]
    points = templates.depth.shape[1]
    for at in range(0, len(found.velocities), 97):
        shifted = templates.grid(round(found.velocities[at] / 0.3), points)
        inside = np.interp(shifted, wavelength, good.astype(float), left=0.0, right=0.0) > 0.99
        if inside.sum() < 0.51 * points:
            continue
        expected = np.corrcoef(np.interp(shifted, wavelength[good], data)[inside], templates.depth[1][inside])[0, 1]
        assert found.correlation[at] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_uncertain(seed: int) -> None:
    wavelength = np.arange(8780.0, 8860.0, 0.05)
    assert measure(wavelength, np.random.default_rng(seed).normal(1.0, 0.03, wavelength.size)).uncertain


def test_nothing_to_measure() -> None:
    spectrum = observe()
    with pytest.raises(ValueError, match="only 0 usable points near 8800-8835 Angstrom"):
        measure(spectrum.wavelength, np.full(spectrum.flux.shape, np.nan))
    with pytest.raises(ValueError, match=r"reaches from 8832\.0 to 8847\.9 Angstrom and misses most"):
        part = spectrum.wavelength > 8832.0
        measure(spectrum.wavelength[part], spectrum.flux[part])
    with pytest.raises(ValueError, match=r"reaches from 8847\.0 to 8848\.0 Angstrom and misses most"):
        beyond = np.arange(8847.0, 8860.0, 0.01)  # no velocity that is searched brings it to the window
        measure(beyond, star_flux(beyond))


def test_add_velocities() -> None:
    assert add_velocities(0.0, 12.0) == 12.0 and add_velocities(-110.0, 26.0) == add_velocities(26.0, -110.0)
    one_plus_z = (1 - 110 / SPEED_OF_LIGHT) * (1 + 26 / SPEED_OF_LIGHT)
    assert add_velocities(-110.0, 26.0) == pytest.approx((one_plus_z - 1) * SPEED_OF_LIGHT, rel=1e-9)
    assert add_velocities(-110.0, 26.0) < -84.0
