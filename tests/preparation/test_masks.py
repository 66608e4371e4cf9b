"""Pixels that are measured and not used are kept for the eye, and gaps stay gaps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtl.preparation.masks import masked_flux, show_masked, telluric_lines, without_cosmics
from dtl.preparation.prepare import prepare
from dtl.spectrum import PreparationStep
from dtl.wavelengths import SPEED_OF_LIGHT, doppler_shift
from tests.builders import WINDOW, observe, target

TARGET = target()


def test_nothing_is_left_out_of_a_clean_spectrum():
    prepared = prepare(observe(), TARGET)
    assert prepared.masked is None and all(step.masked is None for step in prepared.steps)


def test_pixels_under_telluric_lines_are_drawn_as_measured():
    clean = observe(velocity=-110.0, frame="observatory", barycentric_velocity=20.0, snr=300.0)
    dip = 1.0 - 0.5 * np.exp(-0.5 * ((clean.wavelength - 8814.14) / 0.05) ** 2)
    prepared = prepare(replace(clean, flux=clean.flux * dip), TARGET)
    where = np.isfinite(prepared.masked)
    assert where.any() and not prepared.good[where].any()
    assert "under telluric lines" in prepared.steps[0].text
    at = np.argmin(np.abs(prepared.wavelength - doppler_shift(8814.14, 110.0)))
    expected = 0.5 * prepare(observe(snr=np.inf, pixel=0.01, velocity=0.0), TARGET).flux[at]
    assert prepared.masked[at] == pytest.approx(expected, abs=0.12)  # pixels are half as wide as the dip


def test_telluric_lines_are_placed_at_the_rest_of_the_star():
    observed = prepare(observe(velocity=-110.0, frame="observatory", barycentric_velocity=20.0), TARGET)
    places = telluric_lines(observed)
    assert np.abs(places - doppler_shift(8814.14, 110.0)).min() < 0.005
    for line in places[(places > 8800.5) & (places < 8834.5)]:
        assert not observed.good[np.argmin(np.abs(observed.wavelength - line))]
    assert telluric_lines(prepare(observe(frame="barycentric"), TARGET)).size == 0


def test_telluric_lines_do_not_know_of_the_earths_motion():
    """The velocity that was measured is what they are shifted by, whatever the barycentric one is: exactly."""
    observed = prepare(observe(velocity=-110.0, frame="observatory", barycentric_velocity=0.0), TARGET)
    measured, much = observed.rv, 3000.0
    spectrum = replace(observed.spectrum, barycentric_velocity=much)
    moved = replace(observed, spectrum=spectrum, rv=measured + much + measured * much / SPEED_OF_LIGHT)
    np.testing.assert_allclose(telluric_lines(moved), telluric_lines(observed), rtol=1e-13)


def test_masked_flux_is_that_of_the_nearest_pixel():
    """Between pixels as far as half-way to the next one; a used one beside joins the curves."""
    rest, nan = np.array([1.0, 2.0, 3.0, 4.0, 8.0]), np.nan
    masked, used = np.array([nan, nan, 7.0, nan, nan]), np.array([5.0, 6.0, nan, nan, 9.0])
    where = np.array([1.9, 2.4, 2.6, 3.4, 3.6, 5.9, 6.1])
    good = np.array([True, False, False, False, False, False, False])
    # the pixel at 4.0 is neither used nor masked, so that nothing was measured near it
    np.testing.assert_allclose(masked_flux(rest, masked, used, where, good), [nan, 6.4, 6.6, 7.16, nan, nan, 8.24])


def test_a_cosmic_ray_is_drawn_and_counted():
    clean = observe(velocity=0.0)
    at = int(np.argmin(np.abs(clean.wavelength - 8817.0)))
    hit = clean.flux.copy()
    hit[at] *= 4
    prepared = prepare(replace(clean, flux=hit), TARGET)
    assert "3 hit by cosmic rays" in prepared.steps[0].text  # with a pixel on each side
    assert np.nanmax(prepared.masked) > 2
    assert prepared.wavelength[np.nanargmax(prepared.masked)] == pytest.approx(8817.0, abs=0.06)
    first = prepared.steps[0]
    assert np.isnan(first.flux[at]) and first.masked[at] == hit[at]
    assert (np.isnan(first.masked) == np.isfinite(first.flux)).all()


@pytest.mark.parametrize(("place", "found"), [(8796.0, True), (8839.0, True), (8793.0, False), (8842.0, False)])
def test_cosmic_rays_are_looked_for_as_far_as_the_continuum_reaches(place: float, found: bool) -> None:
    clean = observe(velocity=0.0)
    at = int(np.argmin(np.abs(clean.wavelength - place)))
    hit = clean.flux.copy()
    hit[at] *= 4
    assert np.isnan(without_cosmics(clean.wavelength, replace(clean, flux=hit), WINDOW)[at]) == found


def test_what_is_left_out_is_counted_by_its_cause() -> None:
    step = PreparationStep("As read", "Read.", np.arange(4.0), np.ones(4))
    telluric, cosmic = np.array([1, 1, 0, 0], dtype=bool), np.array([0, 0, 1, 0], dtype=bool)
    shown = show_masked(step, telluric, cosmic)
    assert shown.text == "Read. Pixels left out from here on: 2 under telluric lines, 1 hit by cosmic rays."
    np.testing.assert_array_equal(shown.masked, [1.0, 1.0, 1.0, np.nan])
    assert show_masked(step, ~telluric & False, cosmic & False) is step


@pytest.mark.parametrize("name", ["Rest frame", "Continuum"])
def test_a_gap_is_not_bridged_in_any_step(name):
    whole = observe(velocity=0.0)
    gap = (whole.wavelength > 8812.0) & (whole.wavelength < 8813.0)
    prepared = prepare(replace(whole, flux=np.where(gap, np.nan, whole.flux)), TARGET)
    step = next(step for step in prepared.steps if step.name == name)
    inside = (step.wavelength > 8812.1) & (step.wavelength < 8812.9)
    assert inside.sum() > 50 and np.isnan(step.flux[inside]).all()
    assert np.isfinite(step.flux[[0, -1]]).all()
    assert prepared.masked is None  # nothing was measured there


def test_cold_pixels_are_left_out_like_hot_ones():
    clean = observe(snr=100.0)
    flux = clean.flux.copy()
    spoilt = [np.searchsorted(clean.wavelength, place) for place in (8806.0, 8815.0, 8829.0)]
    flux[spoilt[0]] *= 0.02
    flux[spoilt[1] : spoilt[1] + 3] *= 0.01
    flux[spoilt[2]] *= 0.3
    prepared = prepare(replace(clean, flux=flux), TARGET)
    reference = prepare(clean, TARGET)
    assert prepared.masked is not None
    np.testing.assert_allclose(prepared.flux[prepared.good], reference.flux[prepared.good], atol=0.03)
    assert prepared.rv == pytest.approx(reference.rv, abs=0.2)


@pytest.mark.parametrize("place", [8806.8, 8824.5, 8817.0])
def test_a_pixel_far_above_both_neighbours_is_a_cosmic_ray_in_a_line_too(place: float) -> None:
    """No light comes through the gap between two lines in one pixel alone: it would not reach the continuum there."""
    clean = observe(snr=150.0, velocity=0.0)
    at = int(np.argmin(np.abs(clean.wavelength - place)))
    hit = clean.flux.copy()
    hit[at] += 0.25 * np.median(clean.flux)
    left = without_cosmics(clean.wavelength, replace(clean, flux=hit), WINDOW)
    assert np.flatnonzero(np.isnan(left)).tolist() == [at - 1, at, at + 1]
    assert np.isfinite(without_cosmics(clean.wavelength, clean, WINDOW)).all()


@pytest.mark.parametrize("snr", [10.0, 25.0, 150.0])
@pytest.mark.parametrize("stride", [1, 2, 4])
def test_noise_coarse_pixels_and_narrow_emission_are_no_cosmic_rays(stride: int, snr: float) -> None:
    for seed in range(5):
        own = observe(snr=snr, velocity=0.0, seed=seed)
        sigma = 8815.0 / 50000 / 2.3548
        flux = own.flux + 0.6 * np.median(own.flux) * np.exp(-0.5 * ((own.wavelength - 8811.02) / sigma) ** 2)
        parts = own.wavelength[::stride], flux[::stride], own.uncertainty[::stride]
        coarse = replace(own, wavelength=parts[0], flux=parts[1], uncertainty=parts[2])
        near = np.abs(coarse.wavelength - 8811.02) > 0.6  # where the line itself is far above the continuum
        left = without_cosmics(coarse.wavelength, coarse, WINDOW)
        assert np.isfinite(left[near]).all()
