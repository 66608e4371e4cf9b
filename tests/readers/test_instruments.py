"""The table of spectrographs and how a header names them."""

from __future__ import annotations

import pytest

from dtl.readers.instruments import INSTRUMENTS, find_instrument
from tests.readers import layouts
from tests.readers.reading import read_spectrum


@pytest.mark.parametrize(
    ("text", "name", "resolution", "medium"),
    [
        ("CARMENES VIS", "CARMENES", 94_600, "vacuum"),
        ("Habitable-zone Planet Finder", "HPF", 55_000, "vacuum"),
        ("FEROS", "FEROS", 48_000, "air"),
        ("CTIO 1.5m CHIRON", "CHIRON", 28_000, "air"),
        ("ESPaDOnS", "ESPaDOnS", 68_000, "air"),
        ("MAROON-X", "MAROON-X", 85_000, "vacuum"),
        ("XSHOOTER", "X-shooter", 18_000, "air"),
    ],
)
def test_known(text: str, name: str, resolution: float, medium: str) -> None:
    found = find_instrument(text)
    assert (found.name, found.resolution, found.medium) == (name, resolution, medium)


@pytest.mark.parametrize("text", ["", "GIANO", "unknown spectrograph"])
def test_unknown(text: str) -> None:
    assert find_instrument(text) is None


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda i: i.name)
def test_table(instrument) -> None:
    assert find_instrument(instrument.name) is instrument
    assert instrument.medium in {"air", "vacuum"} and instrument.reference
    assert -90 <= instrument.latitude <= 90 and -180 <= instrument.longitude <= 180 and 0 < instrument.altitude < 5000


def test_twins_are_told_apart() -> None:
    """HARPS and HARPS-N stand on two continents, which moves a barycentric velocity by half a km/s."""
    assert find_instrument("HARPS").latitude < 0
    assert find_instrument("HARPN").name == find_instrument("HARPS-N").name == "HARPS-N"
    assert find_instrument("HARPS3").name == "HARPS3"


@pytest.mark.parametrize(("name", "sure"), [("FIES", True), ("MIKE", False)])
def test_a_medium_that_is_not_documented_is_a_guess(name: str, sure: bool) -> None:
    spectrum = read_spectrum(layouts.wcs(INSTRUME=name, CUNIT1="Angstrom"), name="w.fits")
    assert spectrum.instrument == name and ("medium_guessed" in spectrum.flags) == (not sure)


@pytest.mark.parametrize(("name", "medium"), [("FEROS", "air"), ("GHOST", "vacuum"), ("HPF", "vacuum")])
def test_an_axis_that_contradicts_the_instrument_is_told(name: str, medium: str) -> None:
    """CTYPE1 = 'WAVE' is vacuum by the standard, which is believed where the instrument's medium is not documented."""
    spectrum = read_spectrum(layouts.wcs(INSTRUME=name, CUNIT1="Angstrom", CTYPE1="WAVE"), name="w.fits")
    found = next(finding for finding in spectrum.findings if finding.name == "medium")
    assert found.value == medium and ("medium_guessed" in spectrum.flags) == ("WAVE" in found.reason) == (name != "HPF")
