"""What free words say of the resolution: the spectrum's own, and those of templates, detectors and runs beside it."""

from __future__ import annotations

import io
import time

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from dtl.readers.contents import Claim, Contents
from dtl.readers.words.resolutions import apply_resolutions, metadata_lines, resolution_of_card
from dtl.spectrum import Spectrum
from tests.readers import layouts
from tests.readers.reading import read_spectrum

STATED = [
    *((line, 299792.458 / 6.0) for line in ("instrumental FWHM 6.0 km/s", "resolution: 6 km/s", "LSF FWHM = 6 km/s")),
    ("Air wavelengths in nm, R=50000", 50000),
    ("taken with a resolving power of 94,600 in 2018", 94600),
    ("taken at R ~ 50k", 50000),
    ("Resolution (R): 50 000", 50000),
    ("R50000", 50000),
    ("lambda/dlambda=50000", 50000),
    ("degraded from 94.6k to 50k", 50000),
    ("resolution: 60000", 60000),
    ("resampled from resolution 100000 to R=55000", 55000),
    ("convolved from R=120,000 to 50,000", 50000),
    ("degraded to a resolution of 50,000", 50000),
    ("degraded to R = 50000", 50000),
    ("resolution 100000 degraded to 55000", 55000),
    ("resolution: 100000, degraded to 55000", 55000),
    ("R = 100000 -> 55000", 55000),
    ("convolved to R=55000 and resampled to 10000 pixels", 55000),
    ("R = 85,000", 85000),
    ("R=115000, binned to 0.05 A", 115000),
    ("R = 94,600 +/- 2000", 94600),
    ("uves observations, resolution 110000", 110000),
    ("Observed with HARPS at R = 115,000", 115000),
    ("The spectrum has a resolving power of 80 000", 80000),
    ("the resolution of the spectrum is 65000", 65000),
    ("CARMENES, R=94600, air wavelengths", 94600),
    ("barycentric frame, vacuum wavelengths, R ~ 94.6k", 94600),
    ("GJ 411, M2 dwarf, R = 50000, S/N = 150", 50000),
    ("R = 50000 at 8800 A", 50000),
    ("wavelengths from 3800 to 9000, R = 94600", 94600),
    ("R=94600 resampled to 20000", 94600),
    ("spectrum, rest frame, smoothed to R=50000 with a Gaussian kernel", 50000),
    ("Spectral resolution: R = λ/Δλ = 115 000", 115000),
    ("R = 60000 / resolving power", 60000),
    ("no telluric correction, R = 50000", 50000),
    ("sky subtracted, blaze corrected, R=60000", 60000),
    ("taken at a resolving power R of 100000 in the HR mode", 100000),
    ("telluric model R = 200000; these data: R = 50000", 50000),
    ("R = 115000 (HARPS), this spectrum R = 50000", 50000),
    ("Auflösungsvermögen R = 94.600", 94600),
    ("pouvoir de résolution : 65 000", 65000),
    ("分解能: 65000", 65000),
    ("résolution spectrale 65000", 65000),
    ("Note (1): Wavelengths in vacuum, barycentric frame. R = 50000", 50000),
    ("Remark: the resolving power is 50000", 50000),
    ("Setup: HR mode, effective resolution R = 50000", 50000),
    ("Vakuum, baryzentrisch, R = 50000", 50000),
    ('"# vacuum, barycentric, R=50000","",""', 50000),
    ("R: 5.5e4", 55000),
    ("R = 100K", 100000),
    ("R ≃ 1.15 x 10^5", 115000),
    ("SPEC_RP = 65000", 65000),
    ("r = 65000", 65000),
]
OTHERS = [
    *("line FWHM 6.0 km/s", "resolution of the CCF 6 km/s", "v sin i 6.0 km/s", "telluric FWHM 3 km/s"),
    *("instrumental velocity 6 km/s", "resolution high, RV 12 km/s", "resolution of RV: 2 km/s", "LSF width 3 km/s"),
    *("full resolution, broadened to 20 km/s", "high resolution spectra, velocity = 30 km/s"),
    *("resolution 1.5 km/s per pixel", "v sin i 6.0 km/s, instrumental profile removed"),
    "R = 0.5 of all",
    "in 2019 (R2019)",
    "Proposal ID R12345",
    "observing run R201903",
    "seeing .8, R 15 000 e-",
    "R 40k-60k",
    "2MASS J17574849, R 12 000 counts",
    "RA=12345",
    "R: 40000 to 60000",
    "between R=40000 and R=60000",
    "resolution 100000 (blue), resolution 80000 (red)",
    "original resolution 100000; now R=55000",
    "R = 0.18 Rsun",
    "converted to 3200 K model",
    "PHOENIX, R=500000",
    "model spectra, R = 500000",
    "telluric template; R=200000",
    "Template: BT-Settl. R = 300000",
    "H2O lines at R = 250000",
    "O2 R=250000",
    "CCD2 R = 60000",
    "resolution of the template: 500000",
    "spectrum compared with R=500000 models",
    "model R=500000, convolved to R=94600",
    "the R = 100000 spectra of Smith",
    "solar spectrum of R = 522000",
    "at least R=50000",
    "needs R > 50000",
    "assumed R=100000",
    "R=50000?",
    "if R = 50000",
    "sampled at R = 300000",
    "R = 300000 per pixel",
    "R = 60000 photons",
    "R = 60000 s",
    "R = 547 pc",
    "R = 65535 ADU",
    "ID: R60000",
    "seed: 42, R = 60000",
    "image resolution 4096 x 4096",
    "resolution = 2048",
    "Resolution: 4096",
    "slit 1: R=40000; slit 2: R=90000 used",
    "resolution: 9999",
    "R = 99999",
    "R = -1",
    "R = 58394.18",
    "R = 50000" + 500 * " " + "of the template",
]


def stated(*lines: str) -> float | None:
    contents = Contents("", np.zeros(1), np.zeros(1))
    apply_resolutions(contents, lines)
    assert contents.resolution is None or contents.resolution.value or "both" in contents.resolution.reason
    return contents.resolution.value if contents.resolution else None


def reason(spectrum: Spectrum) -> str:
    return next(finding.reason for finding in spectrum.findings if finding.name == "resolution")


def text(*lines: str) -> Spectrum:
    return read_spectrum(layouts.text(head="".join(f"# {line}\n" for line in lines)))


def ecsv(**meta: object) -> Spectrum:
    wave = layouts.grid()
    table = Table({"wavelength": wave, "flux": layouts.truth(wave), "uncertainty": np.full(len(wave), 0.01)})
    table.meta.update(meta)
    handle = io.StringIO()
    table.write(handle, format="ascii.ecsv")
    return read_spectrum(handle.getvalue().encode())


@pytest.mark.parametrize(("line", "resolution"), STATED)
def test_the_resolution_of_a_sentence_is_what_the_spectrum_has_now(line: str, resolution: float) -> None:
    assert stated(line) == resolution
    assert stated("telluric model at R = 200000.", line, "PHOENIX (R=500000)") == resolution


@pytest.mark.parametrize("line", OTHERS)
def test_a_resolution_of_something_else_is_none(line: str) -> None:
    assert stated(line) is None
    assert stated(line, "R = 50000") == stated("R = 50000", line) == 50000


def test_a_sentence_that_goes_on_in_the_next_line() -> None:
    assert stated("the telluric model was computed at a", "resolution of 200000") is None
    assert stated("Telluric model:", "  R = 200000") is None and stated("Instrument:", "  R = 100000") == 100000
    assert stated("this spectrum was taken at a", "resolution of 100000") == 100000
    assert stated("the template of the cross correlation, from PHOENIX", "has a resolution of 500000") is None
    full = "cross-correlated with a template of PHOENIX-ACES, which was computed for"
    assert stated("R = 50000 is that of the") is None
    assert len(full) == 72 and stated(full, "R = 500000") is None


def test_which_of_two_resolutions_counts() -> None:
    assert stated("observing run R30000", "air, resolution about 55000") == 55000
    assert stated("a resolution of 55000", "a resolution of 100000") is None
    assert stated("a resolution of 55000", "with resolution 55000") == 55000
    assert stated("a resolution of 55000", "R = 60000") == stated("R = 60000", "a resolution of 55000") == 60000
    assert stated("R = 50000", "R = 60000") is None and stated("R = 94600", "R = 94.6k") == 94600
    assert stated("R = 94600", "degraded to R = 50000") == 50000
    assert stated("R = 50000", "degraded to R = 94600") is None


def test_a_card_of_the_text_and_a_sentence_about_something_else() -> None:
    for line in ("R = 50000", "SPECRES = 50000"):
        for lines in ((line, "solar atlas (R=522000)"), ("solar atlas (R=522000)", line)):
            spectrum = text(*lines)
            assert spectrum.resolution == 50000 and reason(spectrum) == f"line '{line}'"
    assert text("R = 94600 / run number").resolution is None and text("R = 58394.18").resolution is None


def test_words_that_were_not_understood_are_told() -> None:
    spectrum = text("telluric model at R=200000")
    assert spectrum.resolution is None and "'telluric model at R=200000' was not understood" in reason(spectrum)
    spectrum = text("R = 50000", "R = 60000")
    assert spectrum.resolution is None and "states both 50,000 and 60,000" in reason(spectrum)
    assert text("instrument: FEROS", "telluric model at R=200000").resolution == 48000
    assert text("instrument: FEROS", "HARPS, R = 115000").resolution == 48000
    assert text("R is a letter").resolution is None and "stated neither" in reason(text("R is a letter"))


def test_metadata_of_the_spectrum_and_of_what_stands_beside_it() -> None:
    assert ecsv(resolution=50000, model={"resolution": 500000}).resolution == 50000
    assert ecsv(spectrograph={"resolution": 65000}).resolution == 65000
    assert ecsv(comments=["R = 50000"]).resolution == 50000
    assert ecsv(description="vacuum wavelengths, R = 50000").resolution == 50000
    for meta in ({"telluric": {"R": 200000}}, {"R": "run 94600"}, {"template": "R = 500000"}, {"R": 58394.18}):
        assert ecsv(**meta).resolution is None
    endless: dict[str, object] = {"resolution": True}
    endless["meta"] = endless
    assert list(metadata_lines({"R": 10**400, "instrument": endless, "star": ["R = 1"]})) == []


def test_cards_by_their_comments_and_texts() -> None:
    def of(*cards: tuple[object, ...]) -> float | None:
        hdus = fits.HDUList.fromstring(layouts.wcs())
        hdus[0].header.extend([fits.Card(*card) for card in cards])
        return read_spectrum(layouts.to_bytes(*hdus)).resolution

    assert of(("R", 94600.0, "resolving power")) == of(("R", 94600)) == of(("SPEC_RP", 94600.0)) == 94600
    assert of(("R", 94600, "run number")) is None and of(("R", 65000, "max counts in red")) is None
    assert of(("SPECRES", "94,600")) == of(("SPECRES", "R~94.6k")) == 94600
    assert of(("SPEC_RES", 5.0, "[km/s] FWHM of the LSF")) == of(("SPECRES", "5 km/s")) == pytest.approx(59958.49)
    assert of(("SPEC_RES", 5.0, "km/s per pixel")) is None and of(("SPEC_RES", 5.0, "[Angstrom]")) is None
    assert of(("SPEC_RES", 100000, "of the template")) is None and of(("RESOLUTN", 2048)) is None
    assert of(("SPEC_RES", 94600.0, "at the blaze wavelength of the middle order")) == 94600
    assert of(("SPECRES", 9999.0)) is None and of(("SPECRES", "run 94600")) is None
    assert of(("HISTORY", "R = 94600")) == of(("COMMENT", "spectral resolution 94,600")) == 94600
    assert of(("HISTORY", "template R=500000 (PHOENIX) used for the CCF")) is None
    assert of(("SPEC_RES", 94600.0), ("HISTORY", "R = 50000")) == 94600
    assert of(("SPEC_RES", 94600.0), ("HISTORY", "spectrum degraded to R = 50000")) == 50000
    assert of(("SPEC_RES", 50000.0), ("HISTORY", "spectrum degraded to R = 94600")) == 50000


@pytest.mark.parametrize("words", ["line spread function FWHM", "resolution element", "instrumental FWHM of"])
def test_a_width_in_velocities(words: str) -> None:
    assert stated(f"{words} 5 km/s") == pytest.approx(59958.49)
    assert stated(f"{words} 5 km/s of the template") is None and stated("5 km/s line spread") is None


@pytest.mark.parametrize(
    ("line", "width"),
    [
        *(("spectral resolution 0.18 A FWHM", 0.18), ("resolution element: 0.018 nm", 0.18)),
        *(("resolution = 180 mA", 0.18), ("resolution: 2 Angstroms", 2.0)),
    ],
)
def test_a_width_in_wavelengths_is_told_as_what_it_is_here(line: str, width: float) -> None:
    """It is not taken, as it may have been measured at another wavelength."""
    found = text(line)
    assert found.resolution is None
    assert f"is a width of lines, {8817.5 / width:,.0f} if it holds at 8,818 Å; state it" in reason(found)


@pytest.mark.parametrize(
    "line", ["resolution 0.02 A per pixel", "resolution of the model 0.1 A", "R = 50000 at 880 nm"]
)
def test_what_is_no_width_of_lines(line: str) -> None:
    assert "width" not in reason(text(line))


@pytest.mark.parametrize(
    ("value", "comment", "resolution"),
    [
        (50000.0, "resolving power, FWHM 6.0 km/s", 50000),
        (50000.0, "by the optical model of the spectrograph", 50000),
        (50000.0, "of the instrument model", 50000),
        (50000.0, "from a library of ThAr lines", 50000),
        (5.0, "[km/s]", 59958.49),
        (50000.0, "of the model library", None),
        (50000.0, "resolution of the template", None),
        (50000.0, "R of model spectra", None),
        *((6000.0, comment, None) for comment in ("m/s", "[m/s] FWHM", "FWHM in mA", "[mA]", "[Angstrom]")),
        *((94600, comment, 94600) for comment in ("nm", "A", "[Angstrom]", "(nm)")),
        *((94600, comment, None) for comment in ("m/s", "mA", "[nm] of the template")),
        (50000.0, "at 880 nm", 50000),
        (50000.0, "lambda/FWHM, both in nm", 50000),
    ],
)
def test_what_the_comment_of_a_card_says_of_it(value: float, comment: str, resolution: float | None) -> None:
    found = resolution_of_card(value, comment)
    assert found == (None if resolution is None else pytest.approx(resolution))


def test_a_claim_of_a_card_stays() -> None:
    contents = Contents("", np.zeros(1), np.zeros(1), resolution=Claim(48000.0, "file", "card SPEC_RES"))
    apply_resolutions(contents, ["R = 50000", "R = 60000"])
    assert contents.resolution.value == 48000


@pytest.mark.parametrize(
    "part", ["R ", "R = ", "res ", "convolved to ", "from R to ", "R (", "lambda/", "1", "50 000 "]
)
def test_words_without_end_take_no_time(part: str) -> None:
    begin = time.process_time()
    stated(*(f"{part * (490 // len(part))}{number}" for number in range(5000)))
    assert time.process_time() - begin < 5
