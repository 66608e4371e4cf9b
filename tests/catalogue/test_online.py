"""How SIMBAD, VizieR and Gaia are asked, and how their answers are read, without any of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from astropy.table import MaskedColumn, Table

from dtl.catalogue.online import HOSTS, Unanswered, gaia, simbad, vizier

IDS = "GJ 699|Karmn J17578+046|HIP  87937|Gaia DR3 4472832130942575872"


class Service:
    """Stands for an object of astroquery: keeps the questions and gives prepared tables."""

    def __init__(self, *tables: Table | None) -> None:
        self.asked: list[str] = []
        self.tables = list(tables)

    def query_tap(self, query: str) -> Table | None:
        self.asked.append(query)
        return self.tables.pop(0)

    def launch_job(self, query: str) -> SimpleNamespace:
        table = self.query_tap(query)
        return SimpleNamespace(get_results=lambda: table)

    def query_object(self, name: str, **options: object) -> dict[str, Table]:
        self.asked.append(name)
        self.options = options
        return self.tables.pop(0)


def basic(ids: str = IDS) -> Table:
    row = {"oid": 7, "main_id": "NAME  Barnard's star", "ra": 269.45, "dec": 4.69, "pmra": -802.8, "pmdec": 10362.5}
    return Table(rows=[row | {"plx_value": 546.98, "sp_type": "M4V", "ids": ids}])


def gaia_row(**changes: float) -> Table:
    columns = ["ra", "dec", "parallax", "phot_g_mean_mag", "radial_velocity", "ruwe"]
    columns += [f"{n}_gspphot{e}" for n in ("teff", "logg", "mh") for e in ("", "_lower", "_upper")]
    row = dict.fromkeys([*columns, "vbroad", "vbroad_error"], 1.0) | {"source_id": 44}
    row |= {"teff_gspphot": 3300.0, "teff_gspphot_lower": 3290.0, "teff_gspphot_upper": 3312.0} | changes
    return Table(rows=[row])


def test_simbad():
    metals = Table({"teff": [3278, 0], "log_g": MaskedColumn([5.1, 0], mask=[False, True]), "fe_h": [-0.12, -0.39],
                    "bibcode": ["2018A&A...615A...6P", "2013AJ....145...52M"]})  # fmt: skip
    rotation = Table(
        {"VSINI": [2.0], "VSINI_ERR": MaskedColumn([0.0], mask=[True]), "UPVSINI": ["<"], "bibcode": ["b"]}
    )
    service = Service(basic(), metals, rotation)
    answer = simbad("Barnard's star", service)
    assert "ident.id = 'Barnard''s star'" in service.asked[0]
    assert all("oidref = 7" in query for query in service.asked[1:])
    assert (answer.name, answer.karmn) == ("NAME Barnard's star", "J17578+046")
    assert "HIP 87937" in answer.identifiers
    assert answer.facts["Spectral type"] == "M4V" and answer.facts["Parallax [mas]"] == "546.98"
    found = [(v["parameter"], v["value"], v["bibcode"][:4], v["limit"]) for v in answer.values]
    assert found == [
        ("teff", 3278, "2018", False), ("logg", 5.1, "2018", False), ("mh", -0.12, "2018", False),
        ("mh", -0.39, "2013", False), ("vsini", 2.0, "b", True),
    ]  # fmt: skip
    assert np.isnan(answer.values[-1]["error"])


def test_simbad_does_not_know_it():
    with pytest.raises(Unanswered, match="SIMBAD knows no star called GJ 0"):
        simbad("GJ 0", Service(Table()))


def test_a_quote_cannot_end_the_question():
    service = Service(Table())
    with pytest.raises(Unanswered):
        simbad("x'; DROP TABLE basic; --", service)
    assert service.asked[0].endswith("ident.id = 'x''; DROP TABLE basic; --'")


def test_vizier_takes_the_row_with_the_name_of_the_star():
    marfil = Table({"Karmn": ["J00183+440 ", "J17578+046 "], "Teff1": [3603, 3254], "e_Teff1": [24, 32],
                    "logg1": [4.99, 5.13], "__Fe_H_1": [-0.5, -0.6], "vsini": [2.0, 2.0], "l_vsini": ["<", "<"],
                    "Tpr": [1, 2]})  # fmt: skip
    other = Table({"Name": ["GX And"], "Teff": [3563]})
    service = Service({"J/A+A/656/A162/tablea1": marfil, "J/ApJ/804/64/table5": other})
    answer = vizier("GJ 699", service)
    assert service.asked == ["GJ 699"]
    assert service.options["cache"] is False
    found = {v["parameter"]: (v["value"], v["column"], v["limit"]) for v in answer.values}
    assert found == {"teff": (3254, "Teff1", False), "logg": (5.13, "logg1", False), "mh": (-0.6, "__Fe_H_1", False),
                     "vsini": (2.0, "vsini", True)}  # fmt: skip
    assert answer.values[0]["error"] == 32
    assert {v["bibcode"] for v in answer.values} == {"2021A&A...656A.162M"}


def test_vizier_takes_the_nearest_row_for_another_star():
    near = Service({"J/ApJ/804/64/t": Table({"Teff": [3340, 9999], "[Fe/H]": [-0.2, 9.0]})})
    found = {v["parameter"]: v["value"] for v in vizier("LHS 3154", near).values}
    assert found == {"teff": 3340, "mh": -0.2}
    assert near.options["radius"].to_value("arcsec") == 10


def test_vizier_has_nothing():
    with pytest.raises(Unanswered, match="VizieR has no parameters of LHS 3154"):
        vizier("LHS 3154", Service({}))


def test_gaia_is_asked_by_place_for_a_star_of_the_table():
    service = Service(gaia_row())
    answer = gaia("GX And", service)
    assert len(service.asked) == 1
    assert "CIRCLE('ICRS', 4.6132260, 44.0247870, 0.0006)" in service.asked[0]
    teff = answer.values[0]
    assert (teff["parameter"], teff["value"], teff["error"]) == ("teff", 3300.0, 11.0)
    assert (answer.name, answer.karmn) == ("Gaia DR3 44", "J00183+440")


def test_gaia_is_asked_by_number_for_another_star():
    service = Service(basic("LHS 3154|Gaia DR2 1|Gaia DR3 1372"), None, None, gaia_row(teff_gspphot=np.nan))
    answer = gaia("LHS 3154", service)
    assert "source_id = 1372 " in service.asked[-1]
    assert [v["parameter"] for v in answer.values] == ["logg", "mh", "vsini"]
    assert answer.karmn is None


@pytest.mark.parametrize("ids", ["LHS 3154", "Gaia DR2 5|LHS 3154", "Gaia DR3 1)OR(1=1"])
def test_gaia_cannot_be_asked_without_a_number(ids):
    service = Service(basic(ids), None, None)
    with pytest.raises(Unanswered, match="no number of Gaia DR3"):
        gaia("LHS 3154", service)
    assert len(service.asked) == 3


def test_gaia_says_which_service_is_out_of_reach():
    class Dead(Service):
        def query_tap(self, query: str) -> None:
            raise OSError("no route")

    with pytest.raises(Unanswered, match=HOSTS["SIMBAD"]):
        gaia("LHS 3154", Dead())
