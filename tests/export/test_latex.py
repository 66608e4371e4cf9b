"""The table for a paper: limits with their sign, intervals as exponents, nothing that LaTeX takes for a command."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

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
    body = text.split("\\hline\n")[-2]
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


@pytest.mark.parametrize("style", ["aa", "aastex"])
@pytest.mark.parametrize(
    ("star", "cell"),
    [("[3cm] GJ 1", "{[}3cm] GJ 1"), ("*12 Oph", "{*}12 Oph"), ("  [x]", "{[}x]"), ("GJ [1]*", "GJ [1]*")],
)
def test_a_name_is_no_part_of_the_end_of_the_row_before(star: str, cell: str, style: str) -> None:
    text = latex_table([RESULTS[0], make_result(file="b.txt", star=star)], style)
    assert f" \\\\\n{cell} & " in text


def test_columns_of_position_date_and_the_error_of_the_velocity() -> None:
    known, other = RESULTS[0], RESULTS[1]
    spectrum = replace(known.prepared.spectrum, position=(269.45207, 4.69336), mjd=58394.07987)
    prepared = replace(known.prepared, spectrum=spectrum, rv=-110.483, rv_error=0.0431)
    away = replace(other.prepared, rv_frame="observatory", rv_error=0.31)
    first, second = rows(latex_table([replace(known, prepared=prepared), replace(other, prepared=away)]))
    assert first[:6] == ["GJ 699", "$269.4521$", "$4.6934$", "$58394.0799$", "104", "$-110.483\\pm0.043$"]
    assert second[1:4] == ["\\ldots"] * 3 and second[5] == "$-30.02\\pm0.31^{\\rm t}$"


def test_the_style_of_the_american_journals() -> None:
    text = latex_table(RESULTS, "aastex")
    lines = text.splitlines()
    body = lines[lines.index("\\startdata") + 1 : lines.index("\\enddata")]
    assert [line.removesuffix(" \\\\").split(" & ") for line in body] == rows(latex_table(RESULTS))
    (heads,) = [line for line in lines if line.startswith("\\tablehead")]
    titles, units = heads.split(" \\\\ ")
    assert titles.count("\\colhead{") == units.count("\\colhead{") == len(rows(latex_table(RESULTS))[0])
    assert text.count("{") == text.count("}") and "\\begin{deluxetable*}{lrrrrrrl}" in text
