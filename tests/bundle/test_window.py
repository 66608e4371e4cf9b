"""The window of a card."""

import pytest

from dtl.bundle.shipped import read_card, shipped_bundles
from dtl.bundle.window import lines_of, telluric_lines_of, window_entries, window_of
from dtl.lines import Line
from dtl.wavelengths import Window


def test_entries_of_a_card_are_read_as_they_were_written() -> None:
    window = Window(8650.0, 8690.0, 4.0)
    lines, tellurics = (Line("Ca II", 8662.14, "NIST"),), (8655.5, 8670.1)
    card = window_entries(window, lines, tellurics)
    assert (window_of(card), lines_of(card), telluric_lines_of(card)) == (window, lines, tellurics)


@pytest.mark.parametrize("card", [{}, {"window": [8800.0, 8835.0]}])
def test_an_older_card_has_the_window_that_bundles_had_then(card: dict) -> None:
    assert window_of(card) == Window(8800.0, 8835.0, 5.0)
    assert [line.label for line in lines_of(card)] == ["Fe I 8807.0", "Mg I 8809.2", "Fe I 8826.6"]
    assert len(telluric_lines_of(card)) == 6


@pytest.mark.parametrize("name", shipped_bundles())
def test_lines_of_shipped_bundles_lie_in_their_windows(name: str) -> None:
    card = read_card(name)
    window = window_of(card)
    assert all(window.holds(line.wavelength) for line in lines_of(card))
    assert all(window.lower - window.margin < line < window.upper + window.margin for line in telluric_lines_of(card))


def test_a_window_without_width_is_none() -> None:
    with pytest.raises(ValueError, match="no window"):
        window_of({"window": {"lower": 8835.0, "upper": 8800.0, "margin": 5.0}})
