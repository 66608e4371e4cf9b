"""Columns that hold no numbers count where a user counts them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.table import Table

from dtl.readers import ReadOptions
from dtl.readers.arrays.dispersion import Column
from dtl.readers.arrays.numbering import numbers_of, shown
from dtl.readers.preview import preview_table
from dtl.spectrum import UnusableInput
from tests.builders import WINDOW
from tests.readers import layouts
from tests.readers.reading import read_spectrum

WAVE = layouts.grid()
FLUX, ERROR = layouts.truth(WAVE), 0.01 * layouts.truth(WAVE)


def rows(template: str, head: str = "") -> bytes:
    body = "\n".join(template.format(*row) for row in zip(WAVE, FLUX, ERROR, strict=True))
    return (head + body).encode()


def table(ending: str) -> bytes:
    stream = io.BytesIO() if ending != "ascii.ecsv" else io.StringIO()
    words = np.full(len(WAVE), "GJ 699")
    Table([WAVE, words, FLUX, ERROR], names=["a", "b", "c", "d"]).write(stream, format=ending)
    content = stream.getvalue()
    return content if isinstance(content, bytes) else content.encode()


def array() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.column_stack([WAVE, np.nan * WAVE, FLUX, ERROR]))
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        rows("{:.4f},,{:.6f},{:.6f}"),
        rows("{:.4f},nan,{:.6f},{:.6f}"),
        rows("{:.4f},,{:.6f},{:.6f},", "a,b,c,d,\n"),
        *(table(ending) for ending in ("ascii.ecsv", "fits", "votable")),
        array(),
    ],
    ids=["empty", "nan", "named", "ecsv", "fits", "votable", "numpy"],
)
def test_a_number_is_that_in_the_file(data: bytes) -> None:
    """The third column is the third, though the second holds words or nothing."""
    for columns, sigma in (((1, 3), None), ((1, 3, 4), 0.01)):
        spectrum = read_spectrum(data, name="t", options=ReadOptions(columns=columns))
        np.testing.assert_allclose(spectrum.flux, layouts.truth(spectrum.wavelength), rtol=1e-4)
        if sigma is None:
            assert spectrum.uncertainty is None
        else:
            np.testing.assert_allclose(spectrum.uncertainty / spectrum.flux, sigma, rtol=1e-3)
        assert "column 3" in next(f.value for f in spectrum.findings if f.name == "columns")
    with pytest.raises(UnusableInput, match=r"has no column '2'; it has column 1.*, column 3.*, column 4"):
        read_spectrum(data, name="t", options=ReadOptions(columns=(1, 2)))


def test_the_preview_calls_them_so_too() -> None:
    preview = preview_table(rows("{:.4f},,{:.6f},{:.6f}"), name="t.csv", window=WINDOW)
    assert preview is not None and preview.keys == ("1", "3", "4")
    assert preview.guess is not None and preview.guess[:2] == ("1", "3") and preview.column("4").number == 4
    assert preview.title("3").startswith("column 3, ") and list(preview.rows(2)) == ["column 1", "column 3", "column 4"]


def test_what_stands_in_no_file_comes_last() -> None:
    plain = [Column("", WAVE), Column("", FLUX)]
    assert numbers_of(plain) == [1, 2] and numbers_of([]) == []
    some = [Column("w", WAVE, number=1), Column("middle", WAVE), Column("f", FLUX, number=4)]
    assert numbers_of(some) == [1, 5, 4] and shown(some, some[2]) == "column 4 'f'"
    assert numbers_of([Column("w", WAVE, number=1), Column("f", FLUX, number=1)]) == [1, 2]


def test_a_flux_of_nothing_is_not_blamed_on_its_name() -> None:
    with pytest.raises(UnusableInput, match=r"column 1 'wave', column 3 'err'\), .* or it holds no number; name"):
        read_spectrum(rows("{:.4f} nan {:.6f}", "wave flux err\n"), name="t.txt")
