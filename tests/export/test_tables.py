"""Tables and JSON lines: what is written is read back, with units."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from astropy import units as u
from astropy.table import Table

from dtl.export.tables import ENDINGS, FORMATS, ecsv_text, json_line, results_table, table_bytes, write_table
from dtl.flags import explain
from dtl.result import COLUMNS
from dtl.spectrum import UnusableInput
from tests.fakes import make_result

RESULTS = [
    make_result(file="a.fits", star="GJ 699", teff=3250.0),
    make_result(file="ü, b.txt", flags=("low_snr", "outside_grid"), teff=4400.5),
    make_result(file="slow.txt", flags=("upper_limit_vsini",)),
    make_result(file="odd.txt", flags=("value_withheld",)),
]
UNITS = {"rv": u.km / u.s, "teff": u.K, "teff_upper": u.K, "logg": u.dex, "logg_lower": u.dex, "mh": u.dex,
         "vsini": u.km / u.s, "vsini_lower": u.km / u.s, "snr": None}  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*dex")  # reading: no unit of FITS or VOTable
@pytest.mark.parametrize("ending", FORMATS)
def test_round_trip(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"results{ending}"
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing is said on stderr
        write_table(RESULTS, path)
        write_table(RESULTS, path)  # written over, not refused
    kind = FORMATS[ending]
    table = Table.read(path, format=kind)
    assert table.colnames == list(COLUMNS)
    for row, result in zip(table, RESULTS, strict=True):
        for name, expected in result.row().items():
            found = row[name]
            if expected is None:
                assert np.ma.is_masked(found) or np.isnan(found), name
            elif isinstance(expected, float):
                assert float(found) == pytest.approx(expected, rel=1e-12), name
            else:
                wanted = ", ".join(expected) if isinstance(expected, list) else expected
                if ending == ".fits":  # which has no other letters
                    wanted = wanted.encode("ascii", "backslashreplace").decode()
                assert ("" if np.ma.is_masked(found) else str(found)) == wanted, name
    if ending != ".csv":  # which has no place for units
        for name, unit in UNITS.items():
            assert str(table[name].unit) == str(unit), name
    if ending != ".csv":  # nor for words
        for name, (_, description) in COLUMNS.items():
            assert " ".join(table[name].description.split()) == description, name
        said = " ".join(" ".join(map(str, table.meta.values())).split())
        for words in ("dtl ", "Mas-Buitrago", "16 %", "95 %", "not a number", explain("low_snr").rstrip(".")):
            assert words in said, words


def test_in_memory() -> None:
    table = results_table(RESULTS)
    assert all(table[name].description for name in COLUMNS) and "10.1051" not in str(table.meta)
    assert "Mas-Buitrago" in table.meta["method"] and table.meta["software"].startswith("dtl ")
    assert list(table["flags"]) == ["", "low_snr, outside_grid", "upper_limit_vsini", "value_withheld"]


def test_json_line() -> None:
    result = RESULTS[1]
    line = json_line(result)
    assert "\n" not in line
    row = json.loads(line, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert list(row) == list(COLUMNS) and row["flags"] == ["low_snr", "outside_grid"] and row["file"] == "ü, b.txt"
    assert row == result.row()


def test_what_is_no_number_is_null() -> None:
    broken = replace(RESULTS[0], reconstruction_mse=float("nan"), latent_distance_percentile=float("inf"))
    row = json.loads(json_line(broken), parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert row["reconstruction_mse"] is None and row["latent_distance_percentile"] is None and row["teff"] == 3250.0


@pytest.mark.parametrize("name", ["results", "results.xlsx", "results.txt"])
def test_unknown_ending(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"unknown kind of table; let the name end in \.ecsv, \.fits"):
        write_table(RESULTS, tmp_path / name)


@pytest.mark.parametrize("ending", FORMATS)
def test_where_nothing_can_be_written(ending: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="cannot be written"):
        write_table(RESULTS, tmp_path / "missing" / f"results{ending}")


def test_a_full_disk_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each level of astropy's FITS puts the same before what it was told by the one below."""
    said = "Not enough space on disk: requested 8640, available 0. "

    def fail(*given: object, **known: object) -> None:
        raise OSError(3 * said + "[Errno 28] No space left on device")

    monkeypatch.setattr(Table, "write", fail)
    with pytest.raises(UnusableInput) as caught:
        write_table(RESULTS, tmp_path / "r.fits")
    assert str(caught.value) == f"{tmp_path / 'r.fits'} cannot be written ({said.rstrip('. ')}); choose another place."


def test_text_of_an_ecsv_file_is_that_of_the_written_one(tmp_path: Path) -> None:
    write_table(RESULTS, tmp_path / "results.ecsv")
    assert ecsv_text(RESULTS) == (tmp_path / "results.ecsv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        *("=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "  =1", "GJ 699", "a=b", "a\uff1db"),
        *("\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "\u3000\uff1d1"),  # of full width
    ],
)
def test_no_cell_of_a_csv_is_a_formula(name: str, tmp_path: Path) -> None:
    """A spreadsheet would run it; a quote before it says that it is text."""
    write_table([make_result(file="a.fits", star=name)], tmp_path / "r.csv")
    found = str(Table.read(tmp_path / "r.csv", format="ascii.csv")["star"][0])
    assert found == (name if name[0] in "Ga" else f"'{name}")
    write_table([make_result(file="a.fits", star=name)], tmp_path / "r.ecsv")
    assert str(Table.read(tmp_path / "r.ecsv", format="ascii.ecsv")["star"][0]).strip() == name.strip()


@pytest.mark.parametrize("ending", [*(ending for ending in ENDINGS if ending != ".parquet"), ".json", ".aas.tex"])
def test_what_is_downloaded_needs_no_disk(ending: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    results = [make_result(teff=3400.0)]
    with_disk = table_bytes(results, ending)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    assert table_bytes(results, ending) == with_disk
    if ending in FORMATS:
        write_table(results, tmp_path / f"table{ending}")
        assert with_disk == (tmp_path / f"table{ending}").read_bytes()
