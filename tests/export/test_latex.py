"""The table for a paper: limits with their sign, intervals as exponents, nothing that LaTeX takes for a command."""

from __future__ import annotations

from pathlib import Path

from dtl.export.latex import latex_table
from dtl.export.tables import write_table
from tests.fakes import make_result

RESULTS = [
    make_result(file="a.fits", star="GJ 699", teff=3250.0),
    make_result(file="my_star{1}%.txt", flags=("upper_limit_vsini", "low_snr")),
    make_result(file="odd.txt", flags=("value_withheld",)),
]


def rows(text: str) -> list[list[str]]:
    """Cells of the rows between the second and the last line."""
    body = text.split("\\hline\n")[2]
    return [line.removesuffix(" \\\\").split(" & ") for line in body.strip().splitlines()]


def test_rows_hold_values_limits_and_gaps() -> None:
    first, slow, odd = rows(latex_table(RESULTS))
    assert first == [
        "GJ 699", "104", "$-30.02$", "$3250^{+41}_{-33}$", "$4.96^{+0.05}_{-0.04}$", "$-0.22^{+0.11}_{-0.07}$",
        "$2.1^{+0.3}_{-0.3}$", "",
    ]  # fmt: skip
    assert slow[0] == "my\\_star\\{1\\}\\%.txt" and slow[6] == "$<2.9$" and slow[7] == "upper limit vsini, low snr"
    assert odd[3] == "\\ldots" and odd[4].startswith("$4.96")


def test_it_is_written_like_other_tables(tmp_path: Path) -> None:
    write_table(RESULTS, tmp_path / "results.tex")
    assert (tmp_path / "results.tex").read_text(encoding="utf-8") == latex_table(RESULTS)
    text = latex_table(RESULTS)
    assert text.count("{") == text.count("}") and "\\begin{tabular}{lrrrrrrl}" in text
