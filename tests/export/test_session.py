"""A saved session comes back as it was, and a changed one is refused in one sentence."""

from __future__ import annotations

import base64
import gzip
import json
import math
from dataclasses import replace
from hashlib import sha256

import pytest

from dtl.catalogue.luminosity import LuminosityInput
from dtl.export.session import FORMAT, SavedSession, SavedSpectrum, card_digest, departure, read_session
from dtl.readers.options import ReadOptions
from dtl.spectrum import UnusableInput
from tests import fakes

DATA = b"1 2 3\n" * 1000
DIGEST = sha256(DATA).hexdigest()


def session(**changes) -> SavedSession:
    spectrum = SavedSpectrum(
        "étoile.txt",
        DIGEST,
        ReadOptions("nm", "air", None, 60000.0, ("a", "b", None)),
        "common-r50000",
        fakes.make_result(file="étoile.txt", flags=("low_snr",)).row() | {"snr": math.nan},
        DATA,
    )
    fields = {
        "settings": {"map": "flux", "lines": False, "several": ["a", 1]},
        "luminosities": {DIGEST: LuminosityInput(0.02, 0.001, "typed")},
        "selected": DIGEST,
        "bundles": {"common-r50000": {"version": "1.0", "card_sha256": "ab"}},
    }
    return SavedSession(**{"spectra": (spectrum,)} | fields | changes)


def test_round_trip_with_the_spectra():
    before, after = session(), read_session(session().to_json(embed=True), "s.json")
    assert after.spectra[0].data == DATA and after.spectra[0].options == before.spectra[0].options
    row, old = after.spectra[0].row, before.spectra[0].row
    assert {k: v for k, v in row.items() if k != "snr"} == {k: v for k, v in old.items() if k != "snr"}
    assert math.isnan(row["snr"])
    assert (after.settings, after.luminosities, after.selected) == (before.settings, before.luminosities, DIGEST)
    assert after.bundles == before.bundles and after.saved


def test_several_spectra_of_one_file_hold_its_bytes_once():
    first = session().spectra[0]
    parts = tuple(replace(first, part=f"{row} of 2", options=ReadOptions(row=row)) for row in (1, 2))
    key = f"{DIGEST}#2 of 2"
    before = session(spectra=parts, selected=key, luminosities={key: LuminosityInput(0.02, 0.001, "typed")})
    text = before.to_json(embed=True)
    assert [entry["data"] is None for entry in json.loads(text)["spectra"]] == [False, True]
    after = read_session(text, "s.json")
    assert [spectrum.key for spectrum in after.spectra] == [f"{DIGEST}#1 of 2", key]
    assert all(spectrum.data == DATA for spectrum in after.spectra)
    assert after.selected == key and after.luminosities == before.luminosities


def test_without_the_spectra_no_byte_of_them_is_in_the_file():
    text = session().to_json(embed=False)
    assert json.loads(text)["spectra"][0]["data"] is None
    assert read_session(text, "s.json").spectra[0].data is None
    assert len(text) < len(DATA)


def changed(path: tuple, value: object) -> bytes:
    tree = json.loads(session().to_json(embed=True))
    place = tree
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(tree).encode()


def packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data)).decode()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "no JSON"),
        (b'{"format": NaN}', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no saved session"),
        (b'{"format": "else"}', "no saved session"),
        (changed(("format_version",), FORMAT + 1), "version"),
        (changed(("spectra",), None), "list of spectra"),
        (changed(("spectra", 0, "sha256"), "ab"), "checksum"),
        (changed(("spectra", 0, "data"), packed(b"other")), "checksum"),
        (changed(("spectra", 0, "data"), "!!!"), "unpacked"),
        (changed(("spectra", 0, "data"), packed(DATA)[:40]), "end too early"),
        (changed(("spectra", 0, "options", "unit"), "parsec"), "unit"),
        (changed(("spectra", 0, "options", "columns"), ["a"]), "columns"),
        (changed(("spectra", 0, "options", "resolution"), True), "resolution"),
        (changed(("spectra", 0, "result", "teff"), "hot"), "teff"),
        (changed(("spectra", 0, "result", "teff"), 10**400), "teff"),
        (changed(("spectra", 0, "result", "teff"), 1e400).replace(b"Infinity", b"1e999"), "teff"),
        (changed(("spectra", 0, "result", "evil"), 1), "columns"),
        (changed(("luminosities",), {DIGEST: {"value": -1, "error": 0, "source": ""}}), "luminosity"),
        (changed(("settings", "map"), {"a": 1}), "map"),
        (changed(("settings", "map"), 1e400).replace(b"Infinity", b"1e999"), "map"),
        (changed(("spectra", 0, "file"), "\ud800"), "no JSON"),
        (changed(("software",), "\ud800"), "no JSON"),
        (changed(("format_version",), "2\n# x"), "version 2# x of"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(content, word):
    with pytest.raises(UnusableInput) as error:
        read_session(content, "mine.json")
    assert str(error.value).startswith("mine.json") and word in str(error.value)
    assert "\n" not in str(error.value)


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr("dtl.export.session.SIZE_LIMIT", 10_000)
    with pytest.raises(UnusableInput, match="larger than a spectrum"):
        read_session(changed(("spectra", 0, "data"), packed(bytes(1_000_000))), "mine.json")


def test_another_version_of_the_networks_is_told():
    row = fakes.make_result(teff=3400.0).row()
    assert departure(row, dict(row)) == ""
    assert departure(row, row | {"teff": 3400.4}) == ""
    text = departure(row | {"bundle": "made-up 0.0"}, row | {"teff": 3500.0})
    assert "made-up 0.0" in text and "made-up 0.1" in text and "3400 is now 3500 K" in text
    same = departure(row | {"bundle": "made-up 0.0", "logg": 4.7251}, row | {"logg": 4.7349})  # 4.73 either way
    assert "log g" not in same and "the same values in the figures shown" in same


def test_departures_are_told_as_the_pages_show_the_values():
    """An upper limit as one, [M/H] in dex."""
    row = fakes.make_result(flags=("upper_limit_vsini",)).row()
    assert departure(row, row | {"vsini": row["vsini"] + 0.4}) == ""  # below a limit nothing was measured
    assert "v sin i < 2.9 is now < 4.5 km/s" in departure(row, row | {"vsini_limit": 4.5})
    assert "v sin i < 2.9 is now 3.0 km/s" in departure(row, row | {"vsini": 3.0, "vsini_limit": None})
    assert "is now 0.10 dex" in departure(row, row | {"mh": 0.1})


def test_digest_of_a_card_does_not_depend_on_its_order():
    assert card_digest({"a": 1, "b": 2}) == card_digest({"b": 2, "a": 1}) != card_digest({"a": 1, "b": 3})


def test_a_file_beyond_20_mb_is_not_parsed():
    with pytest.raises(UnusableInput, match="20 MB at most"):
        read_session(b"[" * (21 * 2**20), "mine.json")


def test_spectra_together_unpack_within_a_limit(monkeypatch):
    monkeypatch.setattr("dtl.export.session._UNPACKED_LIMIT", len(DATA) - 1)
    with pytest.raises(UnusableInput, match="larger than a spectrum"):
        read_session(changed(("spectra", 0, "data"), packed(DATA)), "mine.json")
