"""What SIMBAD, VizieR and Gaia say of a star: how each is asked through astroquery, and how its answer is read.

Every function takes the object of astroquery that asks (the usual one where None), and raises `Unanswered` where the
service does not know the star, or whatever astroquery raises where it cannot be reached.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from dtl.catalogue import published_stars

__all__ = ["HOSTS", "Answer", "Unanswered", "gaia", "simbad", "unreachable", "vizier"]

#: Service -> where it is.
HOSTS = {"SIMBAD": "simbad.cds.unistra.fr", "VizieR": "vizier.cds.unistra.fr", "Gaia": "gea.esac.esa.int"}
#: VizieR catalogue -> bibcode: works with parameters of M dwarfs from spectra.
CATALOGUES = {
    "J/A+A/687/A205": "2024A&A...687A.205M",
    "J/A+A/673/A105": "2023A&A...673A.105B",
    "J/A+A/656/A162": "2021A&A...656A.162M",
    "J/A+A/642/A22": "2020A&A...642A..22P",
    "J/A+A/627/A161": "2019A&A...627A.161P",
    "J/A+A/625/A68": "2019A&A...625A..68S",
    "J/A+A/615/A6": "2018A&A...615A...6P",
    "J/A+A/612/A49": "2018A&A...612A..49R",
    "J/ApJ/804/64": "2015ApJ...804...64M",
    "J/MNRAS/443/2561": "2014MNRAS.443.2561G",
}
#: Seconds that VizieR is given.
TIMEOUT = 10.0
GAIA_DR3 = "2023A&A...674A...1G"
_TAP = "https://gea.esac.esa.int/tap-server/tap"
_COLUMNS = {
    "teff": re.compile(r"^T_?eff(V|N|VN|1|2|_mode)?$", re.IGNORECASE),
    "logg": re.compile(r"^log_?_?g_?(V|N|VN|1|2|c)?$", re.IGNORECASE),
    "mh": re.compile(r"^(_*\[?(Fe|M)[_/]H[_\]]*(V|N|VN|1|2)?|Corr[12]?|zeta_mode)$", re.IGNORECASE),
    "vsini": re.compile(r"^v_?sin_?\(?i\)?(_mode)?$", re.IGNORECASE),
}


class Unanswered(Exception):
    """A question without an answer; the text is one sentence for a person."""


@dataclass(frozen=True)
class Answer:
    """What a service says of a star.

    Attributes:
        service: ``SIMBAD``, ``VizieR`` or ``Gaia``.
        name: as the service calls the star.
        identifiers: its other names.
        facts: what is known besides parameters, in words -> value as text.
        values: one dictionary a published value: parameter, value, error (NaN where not given), limit, column
            and bibcode.
        karmn: identifier of the star in `dtl.catalogue.published_stars`, None where it is not there.
    """

    service: str
    name: str
    identifiers: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    values: tuple[dict[str, object], ...] = ()
    karmn: str | None = None


def unreachable(service: str, asked: str = "") -> Unanswered:
    """What is said where a service cannot be reached or answers nonsense, ``asked`` being the one that needs it."""
    start = f"{asked} needs the number that {service} gives the star, and {service}" if asked else service
    return Unanswered(
        f"{start} could not be reached at {HOSTS[service]}: this computer is offline, or the service is down. "
        "The published values on this page need no network."
    )


def simbad(name: str, client: object = None) -> Answer:
    """Identifiers, position and measurements (tables ``basic``, ``ids``, ``mesFe_h`` and ``mesRot``)."""
    if client is None:
        from astroquery.simbad import Simbad as client
    quoted = name.replace("'", "''")
    found = client.query_tap(
        "SELECT TOP 1 basic.oid, main_id, ra, dec, pmra, pmdec, plx_value, sp_type, ids.ids FROM basic "
        "JOIN ident ON ident.oidref = basic.oid JOIN ids ON ids.oidref = basic.oid "
        f"WHERE ident.id = '{quoted}'"
    )
    if found is None or not len(found):
        raise Unanswered(f"SIMBAD knows no star called {name}; check the spelling, or try another of its names.")
    row = found[0]
    identifiers = tuple(" ".join(part.split()) for part in str(row["ids"]).split("|") if part.strip())
    values = []
    for table, columns in (
        ("mesFe_h", {"teff": "teff", "logg": "log_g", "mh": "fe_h"}),
        ("mesRot", {"vsini": "vsini"}),
    ):
        measured = client.query_tap(f"SELECT TOP 60 * FROM {table} WHERE oidref = {int(row['oid'])}")
        values += _measured(measured, columns)
    return Answer(
        "SIMBAD",
        " ".join(str(row["main_id"]).split()),
        identifiers,
        _facts(row, {"Spectral type": "sp_type", "Right ascension [°]": "ra", "Declination [°]": "dec",
                     "Parallax [mas]": "plx_value"}),
        tuple(values),
        _catalogue_star(identifiers),
    )  # fmt: skip


def vizier(name: str, client: object = None) -> Answer:
    """Values of the nearest star in each of `CATALOGUES`."""
    if client is None:
        from astroquery.vizier import Vizier

        client = Vizier(columns=["*", "+_r"], timeout=TIMEOUT, row_limit=20)
    from astropy import units as u

    karmn = _catalogue_star((name,))
    # The works give places of different years: a known star is told by its name, within what the fastest one moves.
    radius = (180 if karmn else 10) * u.arcsec
    tables = client.query_object(name, radius=radius, catalog=list(CATALOGUES), cache=False)
    values = []
    for key in tables.keys():
        if (row := _row_of(tables[key], karmn)) is not None:
            values += _row_values(key or "", row)
    if not values:
        raise Unanswered(f"VizieR has no parameters of {name} in the {len(CATALOGUES)} works that are searched.")
    return Answer("VizieR", name, values=tuple(values), karmn=karmn)


def gaia(name: str, client: object = None) -> Answer:
    """The star of Gaia DR3 at the position in our catalogue, or else with the number that SIMBAD gives."""
    star, known = published_stars.find_star(name), None
    if star is not None and np.isfinite(star["ra"]):
        where = f"1 = CONTAINS(POINT('ICRS', ra, dec), CIRCLE('ICRS', {star['ra']:.7f}, {star['dec']:.7f}, 0.0006))"
        karmn = str(star["karmn"])
    else:
        try:
            known = simbad(name, client)
        except Unanswered:
            raise
        except Exception as error:
            raise unreachable("SIMBAD", "Gaia") from error
        number = next((i.split()[-1] for i in known.identifiers if i.startswith("Gaia DR3 ")), "")
        if not number.isdigit():
            raise Unanswered(f"SIMBAD gives no number of Gaia DR3 for {name}, so Gaia cannot be asked for it.")
        where, karmn = f"source_id = {number}", known.karmn
    if client is None:
        from astroquery.utils.tap.core import TapPlus

        client = TapPlus(url=_TAP)
    job = client.launch_job(
        "SELECT TOP 1 source_id, ra, dec, parallax, phot_g_mean_mag, radial_velocity, ruwe, teff_gspphot, "
        "teff_gspphot_lower, teff_gspphot_upper, logg_gspphot, logg_gspphot_lower, logg_gspphot_upper, mh_gspphot, "
        f"mh_gspphot_lower, mh_gspphot_upper, vbroad, vbroad_error FROM gaiadr3.gaia_source WHERE {where} "
        "ORDER BY phot_g_mean_mag"
    )
    found = job.get_results()
    if not len(found):
        raise Unanswered(f"Gaia DR3 has no star at the place of {name}.")
    row, values = found[0], []
    for parameter, column in (("teff", "teff_gspphot"), ("logg", "logg_gspphot"), ("mh", "mh_gspphot")):
        half = (_number(row, f"{column}_upper") - _number(row, f"{column}_lower")) / 2
        values.append(_entry(parameter, _number(row, column), half, column, GAIA_DR3))
    values.append(_entry("vsini", _number(row, "vbroad"), _number(row, "vbroad_error"), "vbroad", GAIA_DR3))
    facts = {"Parallax [mas]": "parallax", "G [mag]": "phot_g_mean_mag", "Radial velocity [km/s]": "radial_velocity",
             "RUWE": "ruwe"}  # fmt: skip
    kept = tuple(value for value in values if np.isfinite(value["value"]))
    return Answer(
        "Gaia", f"Gaia DR3 {row['source_id']}", known.identifiers if known else (), _facts(row, facts), kept, karmn
    )


def _catalogue_star(identifiers: tuple[str, ...]) -> str | None:
    """The CARMENES identifier of the published star that bears one of these names, None where there is none."""
    for identifier in identifiers:
        if (star := published_stars.find_star(identifier)) is not None:
            return str(star["karmn"])
    return None


def _measured(table: object, columns: Mapping[str, str]) -> list[dict[str, object]]:
    """Measurements of a table of SIMBAD, whose columns are named in any case."""
    if table is None:
        return []
    spelled = {name.lower(): name for name in table.colnames}
    values = []
    for row in table:
        for parameter, column in columns.items():
            value = _number(row, spelled.get(column, ""))
            if np.isfinite(value) and not (parameter == "teff" and value == 0):
                bibcode = str(row[spelled["bibcode"]]).strip() if "bibcode" in spelled else ""
                error = _number(row, spelled.get(f"{column}_err", ""))
                limit = "upvsini" in spelled and "<" in str(row[spelled["upvsini"]])
                values.append(_entry(parameter, value, error, column, bibcode, limit=limit and parameter == "vsini"))
    return values


def _row_of(table: object, karmn: str | None) -> object | None:
    """The row of a star in a table of VizieR: that with its name, or the nearest where no star of ours is asked for."""
    if karmn is None:
        return table[0] if len(table) else None
    names = [column for column in ("Karmn", "Name", "SimbadName") if column in table.colnames]
    return next((row for row in table if _catalogue_star(tuple(str(row[c]) for c in names)) == karmn), None)


def _row_values(key: str, row: object) -> list[dict[str, object]]:
    """Values of a row of VizieR, by the names of its columns."""
    bibcode = next((code for name, code in CATALOGUES.items() if key == name or key.startswith(f"{name}/")), "")
    values = []
    for column in row.colnames:
        for parameter, pattern in _COLUMNS.items():
            if pattern.match(column) and np.isfinite(value := _number(row, column)):
                limit = f"l_{column}" in row.colnames and "<" in str(row[f"l_{column}"])
                values.append(_entry(parameter, value, _number(row, f"e_{column}"), column, bibcode, limit=limit))
    return values


def _entry(
    parameter: str, value: float, error: float, column: str, bibcode: str, *, limit: bool = False
) -> dict[str, object]:
    return {
        "parameter": parameter,
        "value": value,
        "error": error,
        "limit": limit,
        "column": column,
        "bibcode": bibcode,
    }


def _number(row: object, column: str) -> float:
    """A number of a row, NaN where it is masked, missing or no number."""
    try:
        value = row[column]
        return float("nan") if np.ma.is_masked(value) else float(value)
    except (KeyError, TypeError, ValueError):
        return float("nan")


def _facts(row: object, columns: Mapping[str, str]) -> dict[str, str]:
    """What a row says, as text, without what it leaves out."""
    said = {}
    for label, column in columns.items():
        if column not in row.colnames:
            continue
        number = _number(row, column)
        text = f"{number:.6g}" if np.isfinite(number) else str(row[column]).strip()
        if text and text not in {"--", "nan", "masked"}:
            said[label] = text
    return said
