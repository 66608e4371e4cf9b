"""The table of spectrographs and how a header names them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.io import fits

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


@pytest.mark.parametrize(
    ("name", "card", "orders", "guessed"),
    [
        ("HARPS", "", 3, True), ("UVES", "", 3, True), ("HARPS", "ESO DRS BERV", 3, False), ("HARPS", "", 1, False),
        ("HARPN", "TNG DRS BERV", 3, False), ("FEROS", "ESO PRO CATG", 3, False), ("NEID", "", 3, False),
    ],
)  # fmt: skip
def test_orders_of_another_pipeline_are_not_known_to_be_in_air(
    name: str, card: str, orders: int, guessed: bool
) -> None:
    """PyReduce and PypeIt write orders in vacuum; what an observatory's own pipeline wrote is told by its cards."""
    wave = 8780.0 + 60.0 * np.arange(orders)[:, None] + np.linspace(0, 80, 1600)
    primary = fits.PrimaryHDU()
    primary.header["INSTRUME"] = name
    if card:
        primary.header[f"HIERARCH {card}"] = 1
    columns = [fits.Column(n, f"{wave.size}D", dim=f"({wave.shape[1]},{orders})", array=a[None]) for n, a in
               (("WAVE", wave), ("SPEC", layouts.truth(wave)))]  # fmt: skip
    found = read_spectrum(layouts.to_bytes(primary, fits.BinTableHDU.from_columns(columns)))
    assert ("medium_guessed" in found.flags) == guessed


@pytest.mark.parametrize(
    ("cards", "resolution"),
    [
        ({"DECKER": "slicer"}, 80_000), ({"DECKER": "narrow_slit"}, 136_000), ({"DECKER": "fiber"}, 28_000),
        ({"DECKER": "slicer", "RESOLUTN": 77_500.0}, 77_500), ({"DECKER": "hole"}, 28_000), ({}, 28_000),
    ],
)  # fmt: skip
def test_modes_of_chiron(cards: dict[str, object], resolution: float) -> None:
    """What was measured goes first, and the mode before the fibre that is most used."""
    hdu = fits.open(io.BytesIO(layouts.chiron()))[0]
    del hdu.header["RESOLUTN"]
    hdu.header.update(cards)
    assert read_spectrum(layouts.to_bytes(hdu), name="c.fits").resolution == resolution
