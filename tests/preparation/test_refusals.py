"""Each sentence says what was found, the likely cause, and what to do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtl.preparation.refusals import misses_window, no_continuum, window_missing
from dtl.preparation.velocity import Velocity
from dtl.spectrum import Finding, Spectrum, UnusableInput
from tests.builders import WINDOW, observe

GOOD = replace(observe(), file="star.fits")


def without(part: np.ndarray) -> Spectrum:
    return replace(GOOD, flux=np.where(part, np.nan, GOOD.flux))


def velocity(value: float, *, uncertain: bool = False) -> Velocity:
    return Velocity(value, 0.9, uncertain, 0, np.zeros(3), np.zeros(3))


def test_most_pixels_are_flagged() -> None:
    found = misses_window(without(np.arange(GOOD.flux.size) % 5 > 0), WINDOW)
    assert isinstance(found, UnusableInput)
    assert str(found) == (
        "star.fits: 80 % of the pixels in 8800–8835 Å have no usable flux, too many to find its lines, probably "
        "because they are flagged as bad; use another exposure or reduction."
    )


def test_a_column_that_was_taken_for_their_mask_is_named() -> None:
    flagged = without(np.arange(GOOD.flux.size) % 2 > 0)
    guess = Finding("mask", "50 pixels", "guessed", "column 4 marks them as bad")
    assert str(misses_window(replace(flagged, findings=(guess,)), WINDOW)).endswith(
        "probably because column 4 marks them as bad; leave that column out if it is none, or use another exposure or "
        "reduction."
    )
    for other in (replace(guess, source="file"), replace(guess, value="not used")):
        assert "they are flagged as bad; use" in str(misses_window(replace(flagged, findings=(other,)), WINDOW))


def test_a_tenth_of_them_is_not_the_reason() -> None:
    coarse = replace(GOOD, wavelength=GOOD.wavelength[::20], flux=GOOD.flux[::20], uncertainty=None)
    inside = WINDOW.holds(coarse.wavelength)
    assert str(misses_window(coarse, WINDOW)) == (
        f"star.fits: it has only {inside.sum()} usable pixels in 8800–8835 Å, far too few for its lines; give a "
        "high-resolution spectrum (R of 50,000 or more)."
    )
    flux = coarse.flux.copy()
    flux[np.flatnonzero(inside)[:3]] = np.nan  # 3 of 35: below a tenth
    assert f"only {inside.sum() - 3} usable pixels" in str(misses_window(replace(coarse, flux=flux), WINDOW))


@pytest.mark.parametrize(
    ("lost", "reach"),
    [
        (GOOD.wavelength > 8810.02, "its usable flux goes from 8780.0 to 8810.0 Å"),
        (GOOD.wavelength < 8820.02, "its usable flux goes from 8820.0 to 8859.9 Å"),
        (GOOD.wavelength > 0, "it has no usable flux"),
    ],
)
def test_another_part_of_the_spectrum(lost: np.ndarray, reach: str) -> None:
    assert str(misses_window(without(lost), WINDOW)) == (
        f"star.fits: {reach} and misses most of the window 8800–8835 Å (vacuum); take the order or the arm that "
        "covers it, or correct the unit of the wavelengths."
    )


def test_half_of_the_window_is_most_of_it() -> None:
    """17.5 Å are: what reaches further is told by its pixels."""
    assert "misses most" in str(misses_window(without(GOOD.wavelength > 8817.4), WINDOW))
    assert "have no usable flux" in str(misses_window(without(GOOD.wavelength > 8817.6), WINDOW))


def test_no_continuum() -> None:
    assert str(no_continuum(GOOD)) == (
        "star.fits: no continuum could be found, because most of the flux is zero, negative or constant; check the "
        "flux column."
    )


def test_a_window_with_holes() -> None:
    words = (
        "star.fits: 40 % of the window 8800–8835 Å has no usable pixel, too much to say anything; take an exposure or "
        "an order that covers it."
    )
    assert str(window_missing(GOOD, WINDOW, 0.4, velocity(20.0))) == words
    assert str(window_missing(GOOD, WINDOW, 0.4, velocity(-350.0))) == words
    # a wrong velocity explains nothing where the pixels are missing themselves
    holes = without((GOOD.wavelength > 8810) & (GOOD.wavelength < 8820))
    assert str(window_missing(holes, WINDOW, 0.4, velocity(380.0, uncertain=True))) == words
    # one pixel in twenty is no hole
    few = without(np.arange(GOOD.flux.size) % 20 == 0)
    assert "its velocity came out" in str(window_missing(few, WINDOW, 0.4, velocity(380.0)))
    # and what has no pixel there at all has no velocity to blame
    beside = replace(GOOD, wavelength=GOOD.wavelength + 200.0)
    assert str(window_missing(beside, WINDOW, 1.0, velocity(380.0))).startswith("star.fits: 100 % of the window")


@pytest.mark.parametrize(("value", "uncertain", "sign"), [(351.0, False, "+351"), (-40.4, True, "-40")])
def test_a_wrong_velocity(value: float, uncertain: bool, sign: str) -> None:
    assert str(window_missing(GOOD, WINDOW, 0.35, velocity(value, uncertain=uncertain))) == (
        f"star.fits: its velocity came out as {sign} km/s, which shifts 35 % of the window 8800–8835 Å out of the "
        "spectrum and is probably wrong, as its lines are hardly recognised; check the columns, the unit and the "
        "medium of the wavelengths, and whether this is an M dwarf."
    )


def test_rows_of_several_exposures() -> None:
    """Three grids sorted into one are told as such, whatever step of the preparation fails; two that interleave evenly
    or a gap here and there are not."""
    wave = np.sort(np.concatenate([GOOD.wavelength + shift for shift in (0, 0.013, 0.029)]))
    three = replace(GOOD, wavelength=wave, flux=np.ones(wave.size), uncertainty=None)
    words = (
        "star.fits: its pixels are unevenly spaced throughout, probably because several spectra (exposures or "
        "orders) were put together and sorted by wavelength, so that their rows are mixed; give each of them by itself."
    )
    found = [misses_window(three, WINDOW), no_continuum(three), window_missing(three, WINDOW, 0.6, velocity(20.0))]
    assert [str(error) for error in found] == [words] * 3
    near = np.sort(np.concatenate([GOOD.wavelength + 0.001 * shift for shift in range(5)]))
    five = replace(GOOD, wavelength=near, flux=np.ones(near.size), uncertainty=None)
    assert str(no_continuum(five)) == words
    gaps = np.arange(GOOD.flux.size) % 9 > 0
    holes = replace(GOOD, wavelength=GOOD.wavelength[gaps], flux=GOOD.flux[gaps], uncertainty=None)
    assert "unevenly" not in str(no_continuum(holes))


def test_a_refusal_names_the_mask_that_left_no_pixels() -> None:
    said = Finding("mask", "200 pixels", "file", "column 4 'mask' marks them as bad")
    masked = replace(GOOD, findings=(said,))
    words = "too much to say anything (200 pixels of the file: column 4 'mask' marks them as bad); take an exposure"
    assert words in str(window_missing(masked, WINDOW, 0.3, velocity(20.0)))
    assert "too much to say anything; take" in str(window_missing(GOOD, WINDOW, 0.3, velocity(20.0)))
