"""The table of published stars against the figures of the publication."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from dtl.catalogue import published_stars


def test_number_of_stars():
    stars = published_stars.stars()
    assert len(stars) == 286
    assert stars["karmn"].is_unique
    assert stars["luminosity"].notna().sum() == 281
    assert stars["luminosity_reference"].value_counts().to_dict() == {
        "cifuentes2020": 272,
        "schweitzer2019": 9,
        "": 5,
    }
    assert stars["thick_disc"].sum() == 21
    assert set(stars.loc[stars["thick_disc"], "population"]) == {"TD"}
    assert set(stars.loc[stars["subdwarf_like"], "karmn"]) == {"J12248-182", "J16254+543", "J19070+208", "J19072+208"}
    assert stars["halpha_active"].sum() == 37
    assert stars["halpha_active"].isna().sum() == 24
    assert stars["active_flag"].sum() == 64


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [
        ("teff", 3049, 4286),
        ("logg", 4.65, 5.11),
        ("mh", -0.5325, 0.2475),
        ("vsini", 1.4, 38.4),
        ("luminosity", 1e-3, 0.14),
    ],
)
def test_ranges(column, low, high):
    values = published_stars.stars()[column].dropna()
    assert values.between(low, high).all()


def test_thick_disc_is_metal_poor():
    stars = published_stars.stars().set_index("population")["mh"]
    assert ks_2samp(stars["TD"], stars["D"]).pvalue == pytest.approx(0.0071, abs=0.0005)


def test_every_column_has_a_meaning_and_a_reference():
    meanings, known = published_stars.columns(), published_stars.references()
    assert list(meanings["column"]) == list(published_stars.stars().columns)
    assert (meanings["description"] != "").all()
    for keys in meanings["reference"]:
        assert set(keys.split(", ")) <= set(known)
    for reference in known.values():
        assert len(reference.bibcode) == 19
        assert reference.url.startswith("https://")


@pytest.mark.parametrize(
    "name",
    ["GJ 699", "Gl 699", "gl699", "Gliese 699", "GJ_699", "Barnard's Star", "Barnard’s star", "Barnards star",
     "J17578+046", "Karmn J17578+046", "NAME Barnard's Star"],
)  # fmt: skip
def test_find_star_by_any_name(name):
    assert published_stars.find_star(name)["karmn"] == "J17578+046"


@pytest.mark.parametrize(
    ("name", "karmn"),
    [("G 99-49", "J06000+027"), ("lp656-38", "J05019-069"), ("BD+2 348", "J02123+035"), ("GJ 15A", "J00183+440"),
     ("HD 97101 B", "J11110+304"), ("Ross 128", "J11477+008"), ("V* AD Leo", "J10196+198"), ("GJ 54.1", "J01125-169"),
     ("HIP 57087", "J11421+267"),
     ("LHS 45", "J12248-182"), ("2MASS J06572616+7405265", "J06574+740"), ("HD 265866", "J06548+332")],
)  # fmt: skip
def test_find_star_normalises(name, karmn):
    assert published_stars.find_star(name)["karmn"] == karmn


@pytest.mark.parametrize("name", ["gj699_20190301", "GJ 699 HPF", "Gls 699", "GJ_699_night_2"])
def test_what_follows_the_name(name):
    assert published_stars.find_star(name)["karmn"] == "J17578+046"


def test_a_companion_is_another_star():
    assert published_stars.find_star("GJ 699 B") is None and published_stars.find_star("gj699_b") is None


@pytest.mark.parametrize("name", ["", " ", "star", "GJ", "GJ 69", "LHS 3154", "J17578", "x" * 5000])
def test_find_star_unknown(name):
    assert published_stars.find_star(name) is None
    assert published_stars.luminosity(name) is None


def test_no_name_belongs_to_two_stars():
    owners = {}
    for _, star in published_stars.stars().iterrows():
        for name in (star["karmn"], star["gj"], star["name"], *star["aliases"].split(";")):
            if name:
                found = published_stars.find_star(name)
                assert found["karmn"] == star["karmn"], name
                owners.setdefault(name, star["karmn"])


def test_star_in_lists():
    names = published_stars.names()
    assert len(names) == len(set(names.values())) == 286
    assert names["J17578+046"] == "GJ 699 · Barnard's Star"


def test_similar_names_are_of_different_stars():
    near = published_stars.similar_names("Bernards star")
    assert near == ["Barnard's Star"]  # as the page calls it
    assert published_stars.find_star(near[0])["karmn"] == "J17578+046"
    owners = [published_stars.find_star(name)["karmn"] for name in published_stars.similar_names("GJ 69")]
    assert len(owners) == len(set(owners)) == 4
    assert published_stars.similar_names("") == [] == published_stars.similar_names("x" * 5000)


def test_luminosity():
    barnard = published_stars.luminosity("GJ 699")
    assert barnard.value == pytest.approx(3.523e-3)
    assert 0 < barnard.error < 2e-4
    assert barnard.reference.citation == "Cifuentes et al. 2020"
    assert published_stars.luminosity("GJ 725 A") is None
    assert "18.73 pc" in published_stars.luminosity("J06574+740").note


def test_literature_table():
    table = published_stars.literature_table()
    assert set(table["source"]) == set(published_stars.SOURCES)
    assert {source.reference for source in published_stars.SOURCES.values()} <= set(published_stars.references())
    assert np.isfinite(table["value"]).all()
    assert (table["published_lower"] > 0).all() and (table["published_upper"] > 0).all()
    barnard = table[(table["karmn"] == "J17578+046") & (table["source"] == "marfil2021")].set_index("parameter")
    assert barnard["value"].to_dict() == {"teff": 3254, "logg": 5.13, "mh": -0.57, "vsini": 2.0}
    assert barnard["limit"].to_dict() == {"teff": False, "logg": False, "mh": False, "vsini": True}


def test_callers_cannot_spoil_the_table():
    stars = published_stars.stars()
    stars["teff"] = 0.0
    star = published_stars.find_star("GJ 699")
    star["teff"] = 0.0
    assert published_stars.find_star("GJ 699")["teff"] == 3353


def test_isochrones_of_three_ages():
    models = published_stars.isochrones()
    assert sorted(models["log_age"].unique()) == [9.0, 9.6, 9.9]
    for _, part in models.groupby("log_age"):
        assert (np.diff(part["mass"]) > 0).all()
        assert (np.diff(part["teff"]) > 0).all()
        assert (np.diff(part["logg"]) < 0).all()
        assert (np.diff(part["log_luminosity"]) > 0).all()


def test_luminosity_of_the_models_is_that_of_a_sphere():
    """L = 4 pi R^2 sigma T^4 with R from g and the mass, to the two decimals given."""
    models = published_stars.isochrones()
    solar = 4 * np.log10(models["teff"] / 5772) - (models["logg"] - 4.438) + np.log10(models["mass"])
    assert (models["log_luminosity"] - solar).abs().max() < 0.015


def test_lists_that_are_searched_begin_with_the_star_of_the_name() -> None:
    """Whichever of its names is typed, and though other names hold it."""
    names = published_stars.names_to_search()
    assert names.keys() == published_stars.names().keys()
    assert names["J11033+359"].startswith("GJ 411 · Lalande 21185 · ")
    for karmn, words in names.items():
        for name in words.split(" · "):
            assert next(k for k, other in names.items() if name.casefold() in other.casefold()) == karmn
