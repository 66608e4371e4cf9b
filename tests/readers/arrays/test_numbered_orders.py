"""Orders side by side in a table, with their number in the names of their columns."""

from __future__ import annotations

import numpy as np
import pytest

from tests.builders import observe
from tests.readers.reading import read_spectrum


def side_by_side(names: str, starts: list[float], *, scale: float = 1.0, errors: bool = True) -> bytes:
    """Orders of 60 Angstrom that begin at ``starts``; their columns by a pattern as ``{what}_{number}``."""
    star = observe(reach=(8640.0, 8960.0))
    columns = {}
    for number, start in enumerate(starts, 1):
        first = int(np.searchsorted(star.wavelength, start))
        part = slice(first, first + 1200)
        columns[names.format(what="wave", number=number)] = star.wavelength[part] * scale
        columns[names.format(what="flux", number=number)] = star.flux[part]
        if errors:
            columns[names.format(what="err", number=number)] = star.uncertainty[part]
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns), *(",".join(f"{value:.8g}" for value in row) for row in rows)]).encode()


@pytest.mark.parametrize("names", ["{what}_{number}", "{what}{number}", "{what}_order{number}", "o{number}_{what}"])
@pytest.mark.parametrize("starts", [[8700, 8755, 8812], [8812, 8755, 8700], [8665, 8720, 8775, 8825, 8880]])
def test_orders_that_share_the_window_are_joined(names: str, starts: list[float]) -> None:
    """One was read alone: the window was incomplete or missed, and the next order passed for another spectrum."""
    star = observe(reach=(8640.0, 8960.0))
    found = read_spectrum(side_by_side(names, starts))
    inside = (found.wavelength > 8796) & (found.wavelength < 8839)
    assert inside.sum() > 850
    np.testing.assert_allclose(
        found.flux[inside] / np.interp(found.wavelength[inside], star.wavelength, star.flux), 1.0, atol=0.02
    )
    assert found.uncertainty is not None and "several_spectra" not in found.flags


def test_the_columns_that_are_told_are_those_of_the_first_order_that_is_read() -> None:
    """They were said to be columns 1 and 2, which hold an order that is far away."""
    found = read_spectrum(side_by_side("{what}_{number}", [8665, 8755, 8812]))
    told = next(finding.value for finding in found.findings if finding.name == "columns")
    assert told == "column 4 'wave', column 5 'flux'"


def test_orders_in_nanometres_without_errors() -> None:
    found = read_spectrum(side_by_side("{what}_{number}", [8755, 8812], scale=0.1, errors=False))
    assert found.wavelength[0] < 8797 and found.wavelength[-1] > 8839


@pytest.mark.parametrize("starts", [[8790, 8790.5], [8791, 8791]])
def test_exposures_on_the_same_wavelengths_are_several_spectra(starts: list[float]) -> None:
    assert "several_spectra" in read_spectrum(side_by_side("{what}_{number}", starts)).flags


def test_the_one_order_that_holds_the_window_is_read_alone() -> None:
    found = read_spectrum(side_by_side("{what}_{number}", [8670, 8725, 8785, 8850]))
    assert (found.wavelength[0], found.wavelength[-1]) == pytest.approx((8785, 8845), abs=0.1)
    assert "several_spectra" not in found.flags


@pytest.mark.parametrize(
    "names", ["{what}_order{number}", "o{number}_{what}", "ord{number}_{what}", "order_{number}_{what}"]
)
def test_names_that_are_those_of_orders_too(names: str) -> None:
    """Nothing was found to be wavelengths."""
    found = read_spectrum(side_by_side(names, [8670, 8725, 8785, 8850]))
    assert (found.wavelength[0], found.wavelength[-1]) == pytest.approx((8785, 8845), abs=0.1)
