"""Facts of the published stars and their sources."""

import numpy as np

from dtl.catalogue import published_stars
from dtl.catalogue.facts import facts, literature, overview

CITATIONS = {work.citation for work in published_stars.references().values()}


def test_every_luminosity_and_flag_has_its_source():
    table = overview()
    assert len(table) == 286
    for value, reference in (
        ("luminosity", "luminosity_reference"),
        ("halpha_ew", "halpha_reference"),
        ("active_flag", "active_flag_reference"),
    ):
        assert ((table[reference] != "") == table[value].notna()).all()
    assert (table["halpha_active"].notna() == table["halpha_ew"].notna()).all()
    assert ((table["population_reference"] != "") == (table["population"] != "")).all()
    assert ((table["subdwarf_reference"] != "") == table["subdwarf_like"]).all()
    for name in table.columns[table.columns.str.endswith("_reference")]:
        assert set(table[name]) <= CITATIONS | {""}
    assert set(table["population_reference"]) == {"Marfil et al. 2021"}
    assert set(table["luminosity_reference"]) == {"Cifuentes et al. 2020", "Schweitzer et al. 2019", ""}


def test_facts_of_every_star_are_complete():
    for _, star in published_stars.stars().iterrows():
        found = {fact.name: fact for fact in facts(star)}
        assert {"Teff", "log g", "[M/H]", "v sin i", "Distance"} <= set(found)
        assert ("Luminosity" in found) == bool(np.isfinite(star["luminosity"]))
        assert ("Subdwarf-like" in found) == star["subdwarf_like"]
        for fact in found.values():
            assert fact.source in CITATIONS and fact.url.startswith("https://")
            assert "nan" not in fact.value and " -" not in fact.value


def test_facts_of_one_star():
    found = {fact.name: (fact.value, fact.source) for fact in facts(published_stars.find_star("GJ 699"))}
    assert found["Teff"][0] == "3353 −33 +24 K"
    assert found["Luminosity"] == ("0.003523 ± 0.000091 L☉", "Cifuentes et al. 2020")
    assert found["Population"] == ("thick disc", "Marfil et al. 2021")
    assert found["Magnitudes"] == ("G 8.20, J 5.24", "Cifuentes et al. 2020")


def test_distance_without_magnitudes_is_of_the_other_work():
    found = {fact.name: fact.source for fact in facts(published_stars.find_star("J11110+304"))}
    assert found["Distance"] == "Schweitzer et al. 2019" and "Magnitudes" not in found


def test_literature_of_one_star():
    table = literature("J17578+046")
    marfil = table[table["source"] == "Marfil+21"].set_index("parameter")["value"]
    assert marfil["Teff [K]"] == 3254 and marfil["[M/H] [dex]"] == -0.57
    assert list(dict.fromkeys(table["parameter"])) == ["Teff [K]", "log g [cm s⁻²]", "[M/H] [dex]", "v sin i [km/s]"]
