"""Wavelengths that lost digits are refused with the cause; even grids, gaps, overlaps and fine digits are not."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.readers.pixels.digits import rounded_step
from dtl.spectrum import UnusableInput
from tests.builders import observe
from tests.readers.reading import read_spectrum


def grid(kind: str, pixel: float, count: int = 900) -> np.ndarray:
    place = np.arange(count)
    growing = 8790.0 + pixel * place * (1.0 + 2e-5 * place)
    return {"even": 8790.0 + pixel * place, "growing": growing, "log": 8790.0 * np.exp(pixel * place / 8815.0)}[kind]


@pytest.mark.parametrize("kind", ["even", "growing", "log"])
@pytest.mark.parametrize("pixel", [0.0231, 0.0388, 0.05, 0.0593, 0.0714])
def test_the_place_that_was_kept(kind: str, pixel: float) -> None:
    wave = grid(kind, pixel)
    found = rounded_step(np.round(wave, 1))
    assert found == (pytest.approx(0.1, rel=0.01), pytest.approx(np.diff(wave).mean(), rel=0.02))
    for digits in (3, 4, 5):
        assert rounded_step(np.round(wave, digits)) is None
    assert rounded_step(np.float32(wave).astype(float)) is None


@pytest.mark.parametrize("pixel", [0.02, 0.05, 0.1])
def test_an_even_grid_lost_nothing(pixel: float) -> None:
    wave = np.round(grid("even", pixel), 4)
    assert rounded_step(wave) is None and rounded_step(np.delete(wave, np.r_[100:103, 400, 500:640])) is None
    assert rounded_step(np.sort(np.r_[wave, wave[-250:]])) is None  # two orders, sorted together


@pytest.mark.parametrize("share", [0.06, 0.1, 0.2, 0.4])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_even_grid_without_its_bad_pixels_lost_no_digits(share: float, seed: int) -> None:
    """It was refused as if its wavelengths had been rounded."""
    seen = observe()
    kept = np.random.default_rng(seed).random(seen.wavelength.size) > share
    assert rounded_step(np.round(seen.wavelength, 4)[kept]) is None
    rows = [f"{w:.2f} {f:.6g}" for w, f in zip(seen.wavelength[kept], seen.flux[kept], strict=True)]
    found = read_spectrum("\n".join(["wave flux", *rows]).encode())
    np.testing.assert_allclose(found.wavelength, seen.wavelength[kept], rtol=1e-9)


@pytest.mark.parametrize("kind", ["even", "growing", "log"])
@pytest.mark.parametrize("pixel", [0.0531, 0.0593, 0.0714, 0.0905])
def test_wider_steps_at_regular_places_are_those_of_lost_digits(kind: str, pixel: float) -> None:
    found = rounded_step(np.round(grid(kind, pixel) / 0.05) * 0.05)
    assert found is not None and found[0] == pytest.approx(0.05, rel=0.01)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("pixel", "step"), [(0.0593, 0.1), (0.0593, 0.05), (0.05, 0.1), (0.031, 0.05)])
def test_rounded_wavelengths_are_refused_with_the_cause(pixel: float, step: float, seed: int) -> None:
    seen = observe(pixel=pixel, seed=seed)
    wave = np.round(seen.wavelength / step) * step
    rows = [f"{w:.2f} {f:.6g} {e:.6g}" for w, f, e in zip(wave, seen.flux, seen.uncertainty, strict=True)]
    with pytest.raises(UnusableInput, match="digits were lost"):
        read_spectrum("\n".join(["wave flux err", *rows]).encode())


@pytest.mark.parametrize("steps", [(0.05, 0.1), (0.02, 0.04, 0.02), (0.025, 0.05)])
def test_the_detectors_of_a_mosaic_have_a_step_each(steps: tuple[float, ...]) -> None:
    """They were refused as if digits had been lost; a mosaic that lost some still is."""
    ends = np.linspace(8790.0, 8845.0, len(steps) + 1)
    parts = [np.arange(ends[i], ends[i + 1], step) for i, step in enumerate(steps)]
    wave = np.round(np.concatenate(parts), 3)
    assert rounded_step(wave) is None
    odd = np.concatenate(
        [ends[i] + np.arange(len(part)) * step * 1.17 for i, (part, step) in enumerate(zip(parts, steps, strict=True))]
    )
    assert rounded_step(np.round(np.unique(odd) / 0.05) * 0.05) is not None
