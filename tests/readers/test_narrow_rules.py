"""Rules of names, units and words that must not reach too far."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from dtl.readers.registry import read_spectrum
from dtl.readers.words.statements import frame_of, medium_of
from dtl.wavelengths import Window

WINDOW = Window(8800.0, 8835.0)
WAVE = np.arange(8790.0, 8845.0, 0.05)
FLUX = 1000.0 * (1.0 - 0.5 * np.exp(-(((WAVE - 8815.0) / 0.3) ** 2))) + np.random.default_rng(3).normal(0, 5, WAVE.size)
SIGMA = np.full(WAVE.size, 5.0)
SKY = 300.0 + 50.0 * np.exp(-(((WAVE - 8825.0) / 0.3) ** 2))


def _text(path: Path, names: str, *columns: np.ndarray, below: str = "") -> Path:
    rows = "\n".join(" ".join(f"{value:.5f}" for value in row) for row in zip(*columns, strict=True))
    path.write_text(f"# barycentric frame, vacuum wavelengths, R = 50000\n{names}\n{rows}\n{below}")
    return path


def _same(path: Path) -> bool:
    """Whether the flux of a file and its uncertainty are those of the star."""
    spectrum = read_spectrum(path, window=WINDOW)
    flux = np.interp(spectrum.wavelength, WAVE, FLUX)
    inside = WINDOW.holds(spectrum.wavelength)
    return bool(
        np.allclose(spectrum.flux[inside], flux[inside], rtol=1e-4)
        and spectrum.uncertainty is not None
        and np.allclose(spectrum.uncertainty[inside], 5.0, rtol=1e-3)
    )


@pytest.mark.parametrize(
    "name", ["tellcorr", "telluric_corrected", "sky_subtracted", "obj-sky", "flux_no_sky", "wn_flux", "skysub"]
)
def test_the_only_flux_is_read_whatever_was_taken_from_it(tmp_path: Path, name: str) -> None:
    assert _same(_text(tmp_path / "a.txt", f"wave {name} err", WAVE, FLUX, SIGMA))


@pytest.mark.parametrize("name", ["flux_net", "flux_skysub", "spec_nosky"])
def test_a_flux_without_sky_has_its_own_error(tmp_path: Path, name: str) -> None:
    own = name.replace("flux", "err").replace("spec", "err")
    assert _same(_text(tmp_path / "a.txt", f"wave flux err {name} {own}", WAVE, FLUX + SKY, 5 * SIGMA, FLUX, SIGMA))


def test_the_sky_itself_is_no_star(tmp_path: Path) -> None:
    assert _same(_text(tmp_path / "a.txt", "wave sky_sub sky flux err", WAVE, SKY, SKY, FLUX, SIGMA))
    assert _same(_text(tmp_path / "b.txt", "wave raw raw_minus_sky sky err", WAVE, FLUX + SKY, FLUX, SKY, SIGMA))


def test_a_number_behind_an_error_is_no_square_beside_the_first(tmp_path: Path) -> None:
    noise = np.random.default_rng(4).normal(1000.0, 5.0, WAVE.size)
    columns = (WAVE - 2000.0, noise, SIGMA, WAVE, FLUX, SIGMA)
    path = _text(tmp_path / "a.txt", "wave1 flux1 err1 wave2 flux2 err2", *columns)
    assert _same(path)
    assert "uncertainty_implausible" not in read_spectrum(path, window=WINDOW).flags


def test_fibres_have_errors(tmp_path: Path) -> None:
    assert _same(_text(tmp_path / "a.txt", "wave fluxab errab", WAVE, FLUX, SIGMA))


@pytest.mark.parametrize("letter", ["i", "x", "f"])
def test_counted_letters_say_nothing(tmp_path: Path, letter: str) -> None:
    assert _same(_text(tmp_path / "a.txt", f"{letter}1 {letter}2 {letter}3", WAVE, FLUX, SIGMA))


def test_a_unit_in_a_name_counts(tmp_path: Path) -> None:
    path = _text(tmp_path / "a.txt", "wave flux err[adu^2]", WAVE, FLUX, SIGMA**2)
    assert _same(path)
    assert "uncertainty_implausible" not in read_spectrum(path, window=WINDOW).flags


def test_notes_below_a_table_give_way_to_words_above(tmp_path: Path) -> None:
    below = "# R = 45000\n# the next file has wavelengths in air, in the rest frame\n"
    spectrum = read_spectrum(_text(tmp_path / "a.txt", "wave flux err", WAVE, FLUX, SIGMA, below=below), window=WINDOW)
    assert (spectrum.frame, spectrum.resolution) == ("barycentric", 50000)
    assert not spectrum.flags


def test_the_number_of_a_version_is_no_row_of_numbers_that_touch(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("1.2345.6\n" + "\n".join(f"{w:.4f} {f:.4f}" for w, f in zip(WAVE, FLUX, strict=True)))
    assert read_spectrum(path, window=WINDOW).wavelength.size > 600


def test_what_is_kept_holds() -> None:
    assert frame_of("the spectrum is kept in the original observatory frame") == "observatory"
    assert medium_of("wavelengths kept in the original air scale") == "air"
    assert medium_of("original wavelengths in air, now vacuum") == "vacuum"
    assert medium_of("VAC = OK") is None


def _fits(path: Path, **cards: object) -> Path:
    columns = [fits.Column(n, "D", array=a) for n, a in (("WAVE", WAVE), ("FLUX", FLUX), ("ERR", SIGMA))]
    hdus = fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns)])
    for key, value in cards.items():
        hdus[0].header[key] = value
    hdus.writeto(path)
    return path


def test_names_of_stars_and_of_categories(tmp_path: Path) -> None:
    assert read_spectrum(_fits(tmp_path / "a.fits", OBJECT="Star, GJ 411"), window=WINDOW).star == "Star, GJ 411"
    assert not read_spectrum(_fits(tmp_path / "b.fits", OBJECT="STD,TELLURIC"), window=WINDOW).star


def test_yes_and_no_as_letters(tmp_path: Path) -> None:
    spectrum = read_spectrum(_fits(tmp_path / "a.fits", WAVEAIR="T"), window=WINDOW)
    assert [(found.value, found.source) for found in spectrum.findings if found.name == "medium"] == [("air", "file")]


def test_a_spectrum_that_is_a_column_of_an_image(tmp_path: Path) -> None:
    images = [fits.ImageHDU(a[:, None], name=n) for n, a in (("WAVE", WAVE), ("FLUX", FLUX), ("ERR", SIGMA))]
    fits.HDUList([fits.PrimaryHDU(), *images]).writeto(tmp_path / "a.fits")
    assert _same(tmp_path / "a.fits")


def test_wavelengths_of_the_first_axis_for_pixels_of_the_second(tmp_path: Path) -> None:
    hdu = fits.PrimaryHDU(FLUX[:, None])
    hdu.header.update(CRVAL1=WAVE[0], CDELT1=0.05, CRPIX1=1.0, CUNIT1="Angstrom")
    hdu.writeto(tmp_path / "a.fits")
    assert read_spectrum(tmp_path / "a.fits", window=WINDOW).wavelength.size > 600


def test_exposures_in_columns_that_share_their_wavelengths(tmp_path: Path) -> None:
    other = FLUX + np.random.default_rng(5).normal(0, 20, FLUX.size)
    arrays = (("WAVE", np.stack([WAVE, WAVE])), ("FLUX", np.stack([FLUX, other])))
    images = [fits.ImageHDU(a.T.copy(), name=n) for n, a in arrays]
    fits.HDUList([fits.PrimaryHDU(), *images]).writeto(tmp_path / "a.fits")
    assert "several_spectra" in read_spectrum(tmp_path / "a.fits", window=WINDOW).flags


def test_frames_of_places_are_not_those_of_wavelengths(tmp_path: Path) -> None:
    rows = "".join(f"<TR><TD>{w:.4f}</TD><TD>{f:.4f}</TD></TR>" for w, f in zip(WAVE, FLUX, strict=True))
    space = '<PARAM name="p" datatype="char" arraysize="*" value="BARYCENTER" utype="spec:CoordSys.SpaceFrame.RefPos"/>'
    fields = '<FIELD name="wave" datatype="double" unit="Angstrom"/><FIELD name="flux" datatype="double"/>'
    text = f'<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE>{space}<PARAM name="frame" '
    text += 'datatype="char" arraysize="*" value="topocentric"/><TABLE>'
    text += f"{fields}<DATA><TABLEDATA>{rows}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
    (tmp_path / "a.vot").write_text(text)
    spectrum = read_spectrum(tmp_path / "a.vot", window=WINDOW)
    assert spectrum.frame == "observatory"
    assert "frame_guessed" not in spectrum.flags


def test_a_flux_has_the_wavelengths_of_its_number_whatever_they_are_called(tmp_path: Path) -> None:
    other = np.random.default_rng(4).normal(1000.0, 5.0, WAVE.size)
    columns = {"w1": WAVE - 66, "f1": other, "e1": SIGMA, "w2": WAVE, "f2": FLUX, "e2": SIGMA}
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU(Table(columns))]).writeto(tmp_path / "a.fits")
    assert _same(tmp_path / "a.fits")


@pytest.mark.parametrize("key", ["template", "telluric", "ccf_mask", "model"])
def test_metadata_below_the_key_of_something_else_are_none_of_the_spectrum(tmp_path: Path, key: str) -> None:
    foreign = {"frame": "rest", "medium": "air", "star": "GJ 2", "rv": 50.0}
    for name, meta in (("a", {"frame": "barycentric", "medium": "vacuum", "star": "GJ 1"}), ("b", {})):
        path = tmp_path / f"{name}.ecsv"
        Table({"wave": WAVE, "flux": FLUX}, meta={**meta, key: foreign}).write(path, format="ascii.ecsv")
        found = read_spectrum(path, window=WINDOW)
        assert (found.frame, found.star) == (("barycentric", "GJ 1") if meta else ("unknown", ""))
        assert found.stated_velocity is None and ("medium_guessed" in found.flags) == (not meta)
    own = {"target": {"star": "GJ 1", "rv": 12.0}, "spectrum": {"frame": "rest"}, "frame": "barycentric"}
    Table({"wave": WAVE, "flux": FLUX}, meta=own).write(tmp_path / "c.ecsv", format="ascii.ecsv")
    found = read_spectrum(tmp_path / "c.ecsv", window=WINDOW)
    assert (found.star, found.stated_velocity, found.frame) == ("GJ 1", 12.0, "barycentric")
    for done in ("telluric_corrected", "sky_subtraction", "sky_subtracted"):  # of the spectrum after it
        Table({"wave": WAVE, "flux": FLUX}, meta={done: foreign}).write(
            tmp_path / "d.ecsv", format="ascii.ecsv", overwrite=True
        )
        assert read_spectrum(tmp_path / "d.ecsv", window=WINDOW).frame == "rest"
