"""Oxygen of Earth's atmosphere: where its lines lie, and what they tell of the medium of a file."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from dtl.preparation.prepare import prepare
from dtl.readers.options import ReadOptions
from dtl.readers.pixels.orders import Order
from dtl.readers.pixels.oxygen import oxygen_lines, oxygen_velocity
from dtl.rounding import format_number
from dtl.spectrum import Spectrum
from dtl.wavelengths import AIR_SHIFT, doppler_shift, vacuum_to_air
from tests.builders import star_flux, target
from tests.readers.layouts import to_bytes
from tests.readers.reading import read_spectrum

RNG = np.random.default_rng(2)
BAND = np.arange(7560.0, 7730.0, 0.05)
STAR = np.arange(8770.0, 8865.0, 0.05)


def band(seed: int = 0, motion: float = 0.0, depth: float = 10.0) -> np.ndarray:
    """A spectrum with the lines of oxygen and as many of a star, seen with Earth moving at ``motion`` km/s."""
    rng = np.random.default_rng(seed)
    places, strengths = oxygen_lines()
    own = rng.uniform(7560, 7730, 60)
    at = doppler_shift(BAND, -motion)[:, None]
    tau = depth * (strengths * np.exp(-0.5 * ((at - places) / 0.09) ** 2)).sum(axis=1)
    tau += (0.4 * np.exp(-0.5 * ((BAND[:, None] - own) / 0.2) ** 2)).sum(axis=1)
    return np.exp(-tau) + 0.01 * rng.normal(size=BAND.size)


def file(medium: str, *, motion: float = 0.0, oxygen: bool = True, **cards: object) -> bytes:
    """A table of two orders with wavelengths in a medium, and cards that say what they like."""
    wave, flux = STAR, star_flux(doppler_shift(STAR, -20.0)) + 0.01 * RNG.normal(size=STAR.size)
    wave, flux = np.r_[BAND, wave], np.r_[band(motion=motion) if oxygen else np.ones(BAND.size), flux]
    wave = vacuum_to_air(wave) if medium == "air" else wave
    columns = [fits.Column("wave", "D", array=wave, unit="Angstrom"), fits.Column("flux", "D", array=flux)]
    primary = fits.PrimaryHDU()
    for key, value in cards.items():
        primary.header[key] = value
    return to_bytes(primary, fits.BinTableHDU.from_columns(columns))


def doubts(spectrum: Spectrum) -> list[str]:
    return [d.sentence for d in prepare(spectrum, target()).doubts if d.flag == "rv_implausible"]


def finding(spectrum: Spectrum, name: str) -> str:
    return next(f.value for f in spectrum.findings if f.name == name)


def test_lines_lie_where_the_solar_atlas_has_them() -> None:
    """Four lines of the P branch, air Angstrom (Moore, Minnaert & Houtgast 1966, NBS Monograph 61)."""
    air = vacuum_to_air(oxygen_lines()[0])
    for line in (7623.288, 7624.500, 7627.054, 7628.225):
        assert np.abs(air - line).min() < 0.01


@pytest.mark.parametrize("motion", [-30.0, 0.0, 12.5])
@pytest.mark.parametrize("seed", range(3))
def test_velocity_of_the_lines(motion: float, seed: int) -> None:
    assert oxygen_velocity([Order(BAND, band(seed, motion))]) == pytest.approx(motion, abs=0.5)
    as_air = Order(vacuum_to_air(BAND), band(seed, motion))
    assert oxygen_velocity([as_air]) == pytest.approx(motion + AIR_SHIFT, abs=0.7)


def test_no_velocity_without_lines() -> None:
    for seed in range(20):
        assert oxygen_velocity([Order(BAND, band(seed, depth=0.0))]) is None
    assert oxygen_velocity([Order(STAR, star_flux(STAR))]) is None
    assert oxygen_velocity([]) is None


@pytest.mark.parametrize("medium", ["air", "vacuum"])
def test_an_unsaid_medium_is_told_by_oxygen(medium: str) -> None:
    spectrum = read_spectrum(file(medium, motion=14.0, SPECSYS="BARYCENT"), name="o.fits")
    assert finding(spectrum, "medium") == medium and "medium_guessed" not in spectrum.flags
    assert spectrum.oxygen_velocity == pytest.approx(14.0, abs=0.7)
    inside = (spectrum.wavelength > 8800) & (spectrum.wavelength < 8835)
    expected = star_flux(doppler_shift(spectrum.wavelength[inside], -20.0))
    assert np.std(spectrum.flux[inside] - expected) < 0.02
    assert doubts(spectrum) == []


def test_a_medium_is_guessed_where_no_oxygen_is() -> None:
    spectrum = read_spectrum(file("vacuum", oxygen=False, SPECSYS="BARYCENT"), name="o.fits")
    assert spectrum.oxygen_velocity is None and "medium_guessed" in spectrum.flags


@pytest.mark.parametrize(("true", "stated"), [("air", "vacuum"), ("vacuum", "air")])
@pytest.mark.parametrize("frame", ["TOPOCENT", "BARYCENT", ""])
def test_a_medium_that_is_stated_wrongly_is_flagged(true: str, stated: str, frame: str) -> None:
    spectrum = read_spectrum(file(true, AIRORVAC=stated, SPECSYS=frame), name="o.fits")
    assert finding(spectrum, "medium") == stated
    (sentence,) = doubts(spectrum)
    assert f"again with its wavelengths in {true}" in sentence and "oxygen" in sentence
    told = read_spectrum(file(true, AIRORVAC=stated), name="o.fits", options=ReadOptions(medium=true))
    assert doubts(told) == []


def test_a_star_at_rest_says_nothing() -> None:
    """In a star's own frame its velocity is that of the atmosphere: here -82 km/s, and nothing is wrong."""
    spectrum = read_spectrum(file("vacuum", motion=-82.0, AIRORVAC="vacuum"), name="o.fits")
    at_rest = Spectrum(**{**spectrum.__dict__, "wavelength": doppler_shift(spectrum.wavelength, -20.0)})
    assert doubts(at_rest) == []
    assert len(doubts(spectrum)) == 1


@pytest.mark.parametrize(
    ("card", "value", "flagged"),
    [("RADVEL", 20.5, False), ("RADVEL", 102.0, True), ("RADVEL", -62.5, True), ("RADVEL", 0.0, False),
     ("ESO QC CCF RV", 102.0, True), ("RADVEL", 45.0, False), ("RADVEL", 500.0, False)],
)  # fmt: skip
def test_a_stated_velocity_tells_the_medium(card: str, value: float, flagged: bool) -> None:
    cards = {"AIRORVAC": "vacuum", "SPECSYS": "BARYCENT", f"HIERARCH {card}" if " " in card else card: value}
    found = doubts(read_spectrum(file("vacuum", oxygen=False, **cards), name="o.fits"))
    assert len(found) == flagged
    if flagged:
        assert f"rather than the {format_number(value, 1)} km/s that the file states" in found[0]


def test_a_velocity_in_a_comment_counts_too() -> None:
    rows = "\n".join(f"{w:.4f} {f:.5f}" for w, f in zip(STAR, star_flux(doppler_shift(STAR, -20.0)), strict=True))
    head = "# medium: vacuum\n# frame: barycentric\n# radial velocity: 102.3 km/s\n"
    spectrum = read_spectrum(f"{head}{rows}".encode(), name="t.txt")
    assert spectrum.stated_velocity == 102.3 and len(doubts(spectrum)) == 1
