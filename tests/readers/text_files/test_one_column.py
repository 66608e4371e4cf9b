"""Fluxes alone, one a line: a pixel that is left out would shift the wavelengths of all behind it."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.readers.source import Source
from dtl.readers.text_files.text_table import parse_table
from dtl.spectrum import UnusableInput

HEAD = ["# CRVAL1 = 8790.0", "# CDELT1 = 0.05"]
FLUX = [f"{1 + 0.001 * (i % 7):.4f}" for i in range(1100)]


def _values(lines: list[str]) -> np.ndarray:
    return parse_table(Source("star.txt", "\n".join(lines).encode())).values


@pytest.mark.parametrize("gap", ["1.#QNAN", "-1.#IND", "nan(ind)", "****", "#N/A", "#DIV/0!", "?", "-", ".", "NaN"])
def test_a_line_that_stands_for_a_pixel_has_its_wavelength(gap: str) -> None:
    values = _values([*HEAD, *FLUX[:300], gap, gap, *FLUX[302:]])
    np.testing.assert_allclose(values[:, 0], 8790 + 0.05 * np.arange(1100), rtol=1e-12)
    assert np.flatnonzero(np.isnan(values[:, 1])).tolist() == [300, 301]
    np.testing.assert_allclose(values[302:, 1], np.array(FLUX[302:], float))


@pytest.mark.parametrize("gap", ["1.#QNAN", "-nan(ind)", "#N/A", "NaN", "masked"])
@pytest.mark.parametrize("above", ["---", "flux", "***", "# flux"])
def test_pixels_without_a_number_at_the_ends_count_and_words_above_do_not(gap: str, above: str) -> None:
    values = _values([*HEAD, above, gap, gap, *FLUX[2:-2], gap, gap])
    np.testing.assert_allclose(values[:, 0], 8790 + 0.05 * np.arange(1100), rtol=1e-12)
    assert np.flatnonzero(np.isnan(values[:, 1])).tolist() == [0, 1, 1098, 1099]


def test_dashes_next_to_the_numbers_stand_for_pixels() -> None:
    """As tables write a masked number; a line of them apart from the numbers is none."""
    values = _values([*HEAD, "--", "--", *FLUX[2:-1], "--"])
    np.testing.assert_allclose(values[:, 0], 8790 + 0.05 * np.arange(1100), rtol=1e-12)
    assert np.flatnonzero(np.isnan(values[:, 1])).tolist() == [0, 1, 1099]
    np.testing.assert_array_equal(_values([*HEAD, "--", "flux", *FLUX])[:, 1], np.array(FLUX, float))


@pytest.mark.parametrize("comment", ["# second part", "#part2", "; go on", "! 300 pixels so far"])
def test_a_comment_among_fluxes_is_no_pixel(comment: str) -> None:
    values = _values([*HEAD, *FLUX[:300], comment, *FLUX[300:]])
    assert values.shape == (1100, 2) and not np.isnan(values).any()


def test_empty_lines_are_pixels_or_layout_but_never_guessed() -> None:
    doubled = [part for value in FLUX for part in (value, "")]
    hundreds = [part for i, value in enumerate(FLUX) for part in ([value, ""] if i % 100 == 99 else [value])]
    for lines in (doubled, hundreds, ["", *FLUX, "", ""]):
        np.testing.assert_array_equal(_values([*HEAD, *lines])[:, 1], np.array(FLUX, float))
    for lines in ([*FLUX[:300], "", *FLUX[301:]], [*FLUX[:300], "", *FLUX[300:700], "", "", *FLUX[700:]]):
        with pytest.raises(UnusableInput, match=r"star\.txt has empty lines among its fluxes.*write NaN"):
            _values([*HEAD, *lines])


@pytest.mark.parametrize(
    "head",
    [
        ["CRVAL1  =               8790.0 / start", "CDELT1  =                 0.05"],
        ["# crval1: 8790", "# cdelt1: 5e-2"],
        ["CRVAL1 8790.0", "CD1_1 .05"],
        ["# CRPIX1 = 11", "# CRVAL1 = '8790.5'", "# CDELT1 = '0.05'"],
    ],
)
def test_the_axis_however_its_cards_are_written(head: list[str]) -> None:
    np.testing.assert_allclose(_values([*head, *FLUX])[:, 0], 8790 + 0.05 * np.arange(1100), rtol=1e-12)
