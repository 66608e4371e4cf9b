"""Comparisons with the literature against the figures of the publication, and against numpy and scipy."""

from __future__ import annotations

import io
import os
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from astropy.table import Table
from scipy.stats import pearsonr

from dtl.catalogue import literature, published_stars
from dtl.catalogue.literature import (
    Statistics,
    comparison,
    recognise,
    statistics,
    user_comparison,
    user_statistics,
    write,
)
from tests import fakes

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
FOLDER = SHARED / "reference" / "literature"


@pytest.mark.parametrize(
    ("parameter", "source", "statistic", "value", "decimals"),
    [
        ("teff", "marfil2021", "mean", -19, 0),
        ("teff", "passegger2019", "mean", -80, 0),
        ("teff", "schweitzer2019", "mean", -40, 0),
        ("teff", "interferometry", "mean", -119, 0),
        ("logg", "marfil2021", "mean", 0.12, 2),
        ("logg", "passegger2019", "mean", 0.00, 2),
        ("logg", "schweitzer2019", "mean", 0.13, 2),
        ("logg", "passegger2020", "mean", -0.04, 2),
        ("logg", "passegger2020", "correlation", 0.93, 2),
        ("mh", "marfil2021", "mean", -0.11, 2),
        ("mh", "passegger2019", "mean", 0.06, 2),
        ("mh", "schweitzer2019", "mean", 0.00, 2),
        ("mh", "passegger2020", "mean", 0.23, 2),
        ("mh", "binaries", "mean", -0.13, 2),
        ("vsini", "passegger2020", "correlation", 0.99, 2),
        ("vsini", "reiners2018", "correlation", 0.98, 2),
    ],
)
def test_published_figures_come_out(parameter, source, statistic, value, decimals):
    row = comparison(parameter).set_index("source").loc[source]
    assert round(row[statistic], decimals) == value
    assert row[f"published_{statistic}"] == value
    assert row["verdict"] == "as published"


def test_every_published_figure_is_compared():
    said = published_stars.published_comparisons()
    stated = sum(
        comparison(p)[["published_mean", "published_correlation"]].notna().sum().sum() for p in set(said.parameter)
    )
    assert stated == len(said) == 16


@pytest.mark.parametrize(
    ("parameter", "source", "stars"),
    [("teff", "interferometry", 14), ("mh", "binaries", 6), ("teff", "marfil2021", 286),
     ("teff", "schweitzer2019", 278), ("logg", "passegger2019", 275), ("mh", "bello-garcia2023", 283),
     ("vsini", "reiners2018", 282)],
)  # fmt: skip
def test_number_of_stars(parameter, source, stars):
    assert comparison(parameter).set_index("source").loc[source, "stars"] == stars


def test_a_figure_that_does_not_come_out_is_said(monkeypatch):
    said = published_stars.published_comparisons()
    said.loc[(said.parameter == "teff") & (said.source == "marfil2021"), "value"] = -20.0
    monkeypatch.setattr(published_stars, "published_comparisons", lambda: said)
    verdicts = comparison("teff").set_index("source")["verdict"]
    assert verdicts["marfil2021"] == "differs"
    assert verdicts["passegger2019"] == "as published"
    assert verdicts["mann2015"] == ""


def test_statistics_against_a_second_implementation():
    rng = np.random.default_rng(3)
    one = rng.normal(3400, 200, 80)
    other = one + rng.normal(-30, 60, 80)
    other[5] = np.nan
    found = statistics(other, one)
    good = np.isfinite(other)
    assert found.stars == 79
    assert found.correlation == pytest.approx(pearsonr(other[good], one[good]).statistic)
    assert found.mean == pytest.approx(pd.Series(other - one).mean())
    assert found.median == pytest.approx(pd.Series(other - one).median())
    assert found.scatter == pytest.approx(pd.Series(other - one).std())
    share = (found.stars - 1) / found.stars
    assert found.rmse**2 == pytest.approx(found.mean**2 + share * found.scatter**2)


@pytest.mark.parametrize(
    ("value", "reference", "expected"),
    [
        ([], [], (0, np.nan, np.nan, np.nan, np.nan, np.nan)),
        ([3.0], [1.0], (1, 2.0, 2.0, 2.0, np.nan, np.nan)),
        ([3.0, 5.0], [1.0, 1.0], (2, 3.0, 3.0, np.sqrt(10), np.sqrt(2), np.nan)),
        ([1.0, 2.0, 3.0], [4.0, 4.0, 4.0], (3, -2.0, -2.0, np.sqrt(14 / 3), 1.0, np.nan)),
    ],
)
def test_statistics_of_few_stars(value, reference, expected):
    assert astuple(statistics(value, reference)) == pytest.approx(expected, nan_ok=True)


def test_sources_of_a_parameter():
    assert literature.sources_of("vsini") == ["marfil2021", "passegger2020", "reiners2018"]
    assert literature.sources_of("teff")[0] == "marfil2021"
    assert "interferometry" not in literature.sources_of("mh")


def test_a_star_is_recognised_by_name():
    assert recognise(fakes.make_result(star="Gl 699")) == "J17578+046"
    assert recognise(fakes.make_result(star="LHS 3154")) is None
    assert recognise(fakes.make_result()) is None
    assert recognise(fakes.make_result(star="GJ 699", simulated=True)) is None


def test_the_users_results_against_the_literature():
    result = fakes.make_result(star="GJ 699", teff=3300.0, flags=("low_snr",))
    table = user_comparison({"mine": (result, "J17578+046"), "other": (fakes.make_result(teff=3400.0), "J07274+052")})
    assert set(table["spectrum"]) == {"mine", "other"}
    row = table[(table.spectrum == "mine") & (table.parameter == "teff") & (table.source == "marfil2021")].iloc[0]
    assert (row["value"], row["own"], row["difference"], row["flags"]) == (3254, 3300.0, -46, "low_snr")
    assert row["sigma"] == pytest.approx(-46 / np.hypot(32, 33))
    found = user_statistics(table, "teff").set_index("source")
    assert found.loc["marfil2021", "stars"] == 2
    assert found.loc["marfil2021", "mean"] == pytest.approx(((3254 - 3300) + (3380 - 3400)) / 2)
    assert found.loc[published_stars.PUBLISHED, "mean"] == pytest.approx(((3353 - 3300) + (3402 - 3400)) / 2)


def test_no_result_of_the_user():
    table = user_comparison({})
    assert table.empty and {"spectrum", "own", "difference"} <= set(table.columns)
    assert user_statistics(table, "teff").empty


def test_tables_are_written_with_units_and_references():
    table = comparison("teff")
    back = Table.read(write(table, "ecsv", "Differences", "K"), format="ascii.ecsv")
    assert back["mean"].unit == "K" and back["correlation"].unit is None
    assert "Pearson" in back["correlation"].description
    assert back["mean"][0] == pytest.approx(table["mean"][0], rel=1e-12)
    assert "2021A&A...656A.162M" in back.meta["references"]["marfil2021"]
    text = pd.read_csv(io.StringIO(write(table, "csv", "Differences")))
    assert list(text["source"]) == list(table["source"])
    assert text["rmse"].to_numpy() == pytest.approx(table["rmse"].to_numpy())


def test_statistics_have_a_field_for_every_meaning():
    assert set(Statistics.__dataclass_fields__) <= set(literature.MEANINGS)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the published tables are not on this machine (SHARED_DATA)")
@pytest.mark.parametrize(
    ("file", "columns", "end"),
    [
        ("mar21.csv", {"teff": "Teff1", "logg": "logg1", "mh": "Corr1"}, "marfil2021"),
        ("pass19.csv", {"teff": "TeffV", "logg": "loggV", "mh": "[Fe/H]V"}, "passegger2019"),
        ("schw19.csv", {"teff": "Teff", "logg": "logg", "mh": "[Fe/H]"}, "schweitzer2019"),
        ("schw19.csv", {"logg": "loggc"}, "schweitzer2019mr"),
        ("pass18.csv", {"teff": "Teff", "logg": "logg", "mh": "[Fe/H]"}, "passegger2018"),
        ("mann15.csv", {"teff": "Teff", "mh": "[Fe/H]"}, "mann2015"),
        ("gaid14.csv", {"teff": "Teff", "mh": "[Fe/H]"}, "gaidos2014"),
        ("gm14.csv", {"teff": "Teff", "mh": "[Fe/H]"}, "gaidosmann2014"),
    ],
)
def test_facts_are_those_of_the_published_tables(file, columns, end):
    published = pd.read_csv(FOLDER / file)
    published["Karmn"] = published["Karmn"].str.strip().replace("J11110+304W", "J11110+304")
    stars = published_stars.stars().set_index("karmn")
    published = published.drop_duplicates("Karmn").set_index("Karmn").reindex(stars.index)
    for parameter, column in columns.items():
        ours, theirs = stars[f"{parameter}_{end}"], published[column]
        assert (ours.notna() == theirs.notna()).all()
        assert (ours - theirs).abs().max() <= (0.5 if parameter == "teff" else 0.0051)
