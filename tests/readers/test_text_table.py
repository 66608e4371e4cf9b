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
