"""Sentences about text tables that cannot be parsed."""

from __future__ import annotations

import pytest

from dtl.readers.source import Source
from dtl.readers.text_table import parse_table
from dtl.spectrum import UnusableInput


def refusal(rows: list[str]) -> str:
    with pytest.raises(UnusableInput) as caught:
        parse_table(Source("star.csv", "\n".join(rows).encode()))
    return str(caught.value)


@pytest.mark.parametrize("row", ["8,796.65;12,032.10", "8.796,65;12.032,10"])
def test_thousands_separators(row: str) -> None:
    sentence = refusal(["wave;flux", "1;2", *[row] * 50])
    assert sentence.startswith(f"star.csv has rows without a number (row 2 is '{row}')") and "thousands" in sentence


def test_rows_of_different_length() -> None:
    sentence = refusal(["1 2", "1 2 3", "1 2", "1 2 3"] * 10 + ["1 2"])
    assert "(3 columns in row 2 of the numbers, 2 in most)" in sentence
