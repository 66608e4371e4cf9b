"""A file with several stars, and a column that was taken for the flux and is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.table import Table

from dtl.simulation.observation import simulate_observation
from tests.builders import shipped

#: Teff, log g, [M/H], v sin i of three stars.
STARS = ((3250.0, 4.95, -0.3, 4.0), (3500.0, 4.8, 0.0, 6.0), (3800.0, 4.7, 0.1, 5.0))
NAME = "fibres.fits"


def simulated(star: tuple[float, ...], seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return simulate_observation(np.array(star), shipped(), snr=120.0, velocity=12.0, pixel=0.05, seed=seed)


def three_stars(folder: Path) -> Path:
    """A FITS table with a row of vectors for each star, as of a spectrograph with fibres."""
    data = [simulated(star, 60 + seed) for seed, star in enumerate(STARS)]
    names = ("WAVE", "FLUX", "ERROR")
    cells = {name: np.array([columns[place] for columns in data]) for place, name in enumerate(names)}
    table = fits.BinTableHDU.from_columns(
        [fits.Column(name, f"{values.shape[1]}D", array=values, unit="Angstrom" if name == "WAVE" else None)
         for name, values in cells.items()]
    )  # fmt: skip
    header = fits.Header({"OBJECT": "M 67", "SPECSYS": "BARYCENT", "VACUUM": True, "SPEC_RES": 50000.0})
    path = folder / NAME
    fits.HDUList([fits.PrimaryHDU(header=header), table]).writeto(path)
    return path


def lamp_named_flux(folder: Path) -> Path:
    """A table whose column ``flux`` is the light of a lamp, and whose star is in ``object``."""
    wavelength, flux, sigma = simulated(STARS[1], 70)
    rng = np.random.default_rng(8)
    lamp = np.median(flux) * (1.0 + 0.05 * np.sin(wavelength / 9.0)) + sigma * rng.normal(size=sigma.size)
    head = "medium: vacuum\nunit: Angstrom\nframe: barycentric\nresolution: 50000\nwavelength flux object error"
    path = folder / "lamp.txt"
    np.savetxt(path, np.column_stack([wavelength, lamp, flux, sigma]), fmt="%.4f", header=head)
    return path


def wait_for_teff(visitor, star: tuple[float, ...]) -> None:
    visitor.wait_for_answer("Teff", star[0], within=80)


def test_one_of_several_stars_and_then_all(visitor, tmp_path):
    visitor.upload([three_stars(tmp_path)])
    flag = "The file holds several spectra on the same wavelengths"
    visitor.wait_for(flag)
    wait_for_teff(visitor, STARS[0])
    visitor.choose("Spectrum of this file", "3 of 3")
    visitor.wait_until_gone(flag)
    wait_for_teff(visitor, STARS[2])
    visitor.press_button("Analyse all 3")
    visitor.wait_for("3 spectra. Choose a row to see it.")
    wait_for_teff(visitor, STARS[2])  # the one that was shown
    assert not visitor.reads("exposures of")  # a field is no star
    table = Table.read(visitor.download("ECSV"), format="ascii.ecsv")
    assert list(table["file"]) == [f"{NAME} [{row} of 3]" for row in (1, 2, 3)]
    assert np.abs(table["teff"] - [star[0] for star in STARS]).max() < 80
    visitor.choose("Spectrum shown", "2 of 3")
    wait_for_teff(visitor, STARS[1])


def test_a_wrong_column_is_mended(visitor, tmp_path):
    visitor.upload([lamp_named_flux(tmp_path)])
    doubt = "could not be measured reliably"
    visitor.wait_for(doubt)
    visitor.turn_to("Reading options", within="Metadata, preparation and reading options")
    visitor.open_box("Choose its columns")
    visitor.wait_for("What the program took, and why")
    assert visitor.reads("runner-up 1")
    visitor.choose("Flux", "object")
    visitor.press_button("Read it with these columns")
    visitor.wait_until_gone(doubt)
    wait_for_teff(visitor, STARS[1])
    visitor.turn_to("Metadata", within="Metadata, preparation and reading options")
    visitor.wait_until(lambda: visitor.understood("Columns"))
    assert visitor.understood("Columns")[1] == "Your choice"
