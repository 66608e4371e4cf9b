"""Names in two rows: units below them, and names that go on in the next row."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.readers.source import Source
from dtl.readers.text_files.text_table import TextTable, parse_table
from dtl.readers.text_files.two_rows import joined_names
from tests.readers import layouts
from tests.readers.reading import read_spectrum

WAVE = layouts.grid()
FLUX = layouts.truth(WAVE) + np.random.default_rng(3).normal(0.0, 0.005, WAVE.size)
MODEL, NOISE = 0.5 + 0.5 * layouts.truth(WAVE - 3.0), np.full(WAVE.size, 0.005)


def text(head: str, *columns: np.ndarray, mark: str = ",") -> bytes:
    return "\n".join([head, *(mark.join(f"{x:.6f}" for x in row) for row in zip(*columns, strict=True))]).encode()


def table(head: str, mark: str = ",") -> TextTable:
    return parse_table(Source("star.csv", text(head, WAVE, MODEL, FLUX, NOISE, mark=mark)))


@pytest.mark.parametrize(
    ("head", "mark"),
    [
        ("wave,model,flux,error\nnm,adu,adu,adu", ","),
        ("wave;model;flux;error\n(nm);(adu);(adu);(adu)\nfine;bad;good;0.5 %", ";"),
        ("nm,adu,adu,adu\nwave,model,flux,error", ","),
        ("# wave model flux error\n#  [nm]  [erg / s / cm2]  [erg / s / cm2]  [erg / s / cm2]", " "),
        ("wave model flux error\n nm   ---   ---   ---", " "),
    ],
)
def test_a_row_of_units(head: str, mark: str) -> None:
    assert table(head, mark).names == ["wave", "model", "flux", "error"]
    found = read_spectrum(text(head, WAVE / 10, MODEL, FLUX, NOISE, mark=mark)).findings
    unit = next(finding for finding in found if finding.name == "unit")
    assert (unit.value, unit.source, unit.reason) == ("nm", "file", "column 'wave' has 'nm'")


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ("Wavelength,Model,Observed,\n(A),flux,flux,error", "Wavelength (A);Model flux;Observed flux;Observed error"),
        ("spectrum,fit,obs,obs\nwave,flux,flux,error", "spectrum wave;fit flux;obs flux;obs error"),
        ("wave,flux,flux,flux\n,fit,obs,error", "wave;flux fit;flux obs;flux error"),
        ("wave,flux,flux,flux\n,fit,obs,error\nA,adu,adu,adu", "wave;flux fit;flux obs;flux error"),
        ("GJ,699,spectrum,reduced\nwave,model,flux,error", "wave;model;flux;error"),
        ("wave,model,flux,error\nwave,model,flux,error", "wave;model;flux;error"),
        ("wave,model,flux,error\nfloat,float,float,float", "wave;model;flux;error"),
        ("wave,flux,flux,error", "wave;flux;flux;error"),
    ],
)
def test_names_that_say_too_little_alone(head: str, names: str) -> None:
    assert table(head).names == names.split(";")


def test_the_flux_of_two_rows_is_read() -> None:
    spectrum = read_spectrum(
        text("# Own Synth Own Own\n# wavelength flux flux error", WAVE, MODEL, FLUX, NOISE, mark=" ")
    )
    near = (WAVE > 8790) & (WAVE < 8845)
    np.testing.assert_allclose(np.interp(WAVE[near], spectrum.wavelength, spectrum.flux), FLUX[near], atol=1e-4)
    assert "several_spectra" not in spectrum.flags


def test_two_stars_under_one_name_each() -> None:
    both = joined_names(["", "flux", "err", "flux", "err"], ["wave", "GJ 15", "", "GJ 16", ""], [])
    assert both == ["wave", "GJ 15 flux", "GJ 15 err", "GJ 16 flux", "GJ 16 err"]
