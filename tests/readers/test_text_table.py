"""Sentences about text tables that cannot be parsed."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.readers.source import Source
from dtl.readers.text_table import parse_table
from dtl.spectrum import UnusableInput


def refusal(rows: list[str]) -> str:
    with pytest.raises(UnusableInput) as caught:
        parse_table(Source("star.csv", "\n".join(rows).encode()))
    return str(caught.value)


@pytest.mark.parametrize("row", ["8,796.65;12,032.10", "8.796,65;12.032,10", "8.796,65;12032,10", "8,796.65\t12032.1"])
def test_thousands_separators(row: str) -> None:
    mark = "\t" if "\t" in row else ";"
    table = parse_table(Source("star.csv", "\n".join([f"wave{mark}flux", *[row] * 50]).encode()))
    assert table.names == ["wave", "flux"]
    np.testing.assert_allclose(table.values, [[8796.65, 12032.10]] * 50)


def test_rows_of_different_length() -> None:
    sentence = refusal(["1 2", "1 2 3", "1 2", "1 2 3"] * 10 + ["1 2"])
    assert "(3 columns in row 2 of the numbers, 2 in most)" in sentence


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_star_named_in_each_row(mark: str) -> None:
    """First or last: its column is no number, and the others are read."""
    numbers = [f"{8800 + 0.1 * i:.1f}{mark}0.9{mark}0.01" for i in range(40)]
    for head, rows in (
        (f"star{mark}wave{mark}flux{mark}err", [f"GJ 699{mark}{row}" for row in numbers]),
        (f"wave{mark}flux{mark}err{mark}star", [f"{row}{mark}GJ 699" for row in numbers]),
    ):
        table = parse_table(Source("star.csv", "\n".join([head, *rows]).encode()))
        assert table.names == ["wave", "flux", "err"] and table.values.shape == (40, 3)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *(("+1.5", 1.5), ("-.5", -0.5), (".5", 0.5), ("1.0D+03", 1000.0), ("' 2'", 2.0), ("٣", 3.0), ("true", 1.0)),
        *(("Infinity", np.inf), ("-inf", -np.inf), ("' nan'", np.nan), ("n/a", np.nan)),
        *(("word", np.nan), ("d5", np.nan), ("1a", np.nan), ("in", np.nan), ("²", np.nan), ("\"' '\"", np.nan)),
    ],
)
def test_a_cell_is_the_number_it_writes_and_a_word_is_none(cell: str, value: float) -> None:
    cells = [cell, "7", *["word"] * 18]
    rows = [f"{8800 + i / 10:.1f};1.0;{text}" for i, text in enumerate(cells)]
    found = parse_table(Source("star.csv", "\n".join(rows).encode())).values
    np.testing.assert_array_equal(found[:3, 2], [value, 7.0, np.nan])
