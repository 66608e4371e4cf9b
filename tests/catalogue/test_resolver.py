"""Questions to a service: their deadline, and one sentence for whatever goes wrong."""

from __future__ import annotations

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.parse import parse_qs, unquote

import pytest
from astropy.table import MaskedColumn, Table

from dtl.catalogue import resolver
from dtl.catalogue.online import HOSTS, Unanswered
from tests.conftest import PATIENCE


class Client:
    def __init__(self, answer: object) -> None:
        self.answer, self.asked = answer, 0

    def query_tap(self, query: str) -> object:
        self.asked += 1
        if callable(self.answer):
            return self.answer()
        raise self.answer


def test_the_answer_comes_through():
    row = {"oid": 1, "main_id": "GJ 1", "ra": 1.0, "dec": 2.0, "plx_value": 230.0, "sp_type": "M2V", "ids": "GJ 1"}
    tables = [Table(rows=[row]), None, None]
    answer = resolver.ask("SIMBAD", "  GJ \n 1 ", client=Client(lambda: tables.pop(0)), patience=PATIENCE)
    assert (answer.service, answer.name, answer.karmn) == ("SIMBAD", "GJ 1", None)


@pytest.mark.parametrize("error", [OSError("secret"), RuntimeError("secret"), SystemExit(3)])
def test_out_of_reach_is_one_sentence(error):
    with pytest.raises(Unanswered, match=f"SIMBAD could not be reached at {HOSTS['SIMBAD']}") as caught:
        resolver.ask("SIMBAD", "GJ 699", client=Client(error), patience=PATIENCE)
    assert "secret" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_late_answer_is_given_up_and_its_place_freed():
    release, done = threading.Event(), threading.Event()

    def wait() -> None:
        release.wait(PATIENCE)
        done.set()

    before = resolver._places._value
    with pytest.raises(Unanswered, match=r"SIMBAD did not answer within 0\.05 seconds"):
        resolver.ask("SIMBAD", "GJ 699", patience=0.05, client=Client(wait))
    assert resolver._places._value == before - 1
    release.set()
    assert done.wait(PATIENCE)
    for thread in threading.enumerate():
        if thread.name == "ask SIMBAD":
            thread.join(PATIENCE)
    assert resolver._places._value == before


def test_questions_at_once_are_bounded(monkeypatch):
    monkeypatch.setattr(resolver, "_places", threading.BoundedSemaphore(1))
    release = threading.Event()
    with pytest.raises(Unanswered, match="did not answer"):
        resolver.ask("SIMBAD", "GJ 699", patience=0.01, client=Client(lambda: release.wait(PATIENCE)))
    second = Client(OSError())
    with pytest.raises(Unanswered, match="Too many questions"):
        resolver.ask("SIMBAD", "GJ 699", client=second)
    assert second.asked == 0
    release.set()


@pytest.mark.parametrize("name", ["", "   ", "\n", "x" * 81])
def test_nothing_is_asked_without_a_name(name):
    client = Client(OSError())
    with pytest.raises(Unanswered, match="1 to 80 characters"):
        resolver.ask("SIMBAD", name, client=client)
    assert client.asked == 0


def test_without_astroquery_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(resolver, "find_spec", lambda name: None)
    assert not resolver.available()
    with pytest.raises(Unanswered, match=r"pip install \"\.\[online\]\""):
        resolver.ask("Gaia", "GJ 699")


def test_astroquery_is_not_imported_before_a_question():
    code = (
        "import sys, dtl.catalogue.resolver; assert not any(m.startswith(('astroquery', 'pyvo')) for m in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_link_of_a_work():
    assert resolver.bibcode_url("2018A&A...615A...6P").endswith("/abs/2018A%26A...615A...6P")
    assert resolver.bibcode_url("") == ""


CAPABILITIES = b"""<?xml version="1.0"?>
<vosi:capabilities xmlns:vosi="http://www.ivoa.net/xml/VOSICapabilities/v1.0"
 xmlns:tr="http://www.ivoa.net/xml/TAPRegExt/v1.0" xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.1"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<capability standardID="ivo://ivoa.net/std/TAP" xsi:type="tr:TableAccess"><interface role="std" xsi:type="vs:ParamHTTP">
<accessURL use="base">http://127.0.0.1/tap</accessURL></interface><language><name>ADQL</name><version>2.0</version>
</language><outputFormat><mime>text/xml</mime></outputFormat><outputLimit><default unit="row">50000</default>
<hard unit="row">2000000</hard></outputLimit></capability></vosi:capabilities>"""
BARNARD = {"oid": 7, "main_id": "NAME Barnard's star", "ra": 269.45, "dec": 4.69, "pmra": -802.8, "pmdec": 10362.5,
           "plx_value": 546.98, "sp_type": "M4V", "ids": "GJ 699|Karmn J17578+046|Gaia DR3 44"}  # fmt: skip
TABLES = {
    "mesFe_h": Table({"teff": [3278], "log_g": MaskedColumn([5.1], mask=[True]), "bibcode": ["2018A&A...615A...6P"]}),
    "mesRot": Table({"vsini": [2.0], "upvsini": ["<"], "bibcode": ["b"]}),
    "gaia_source": Table({"source_id": [44], "teff_gspphot": [3300.0], "teff_gspphot_lower": [3290.0],
                          "teff_gspphot_upper": [3312.0]}),
    "ident": Table(rows=[BARNARD]),
    "VizieR": Table({"Karmn": ["J17578+046"], "Teff1": [3254], "e_Teff1": [32]}),
}  # fmt: skip


@pytest.fixture
def loopback():
    """The address of a server that answers as the services do, and the questions that it got."""
    pytest.importorskip("astroquery", reason="astroquery is not installed")
    sent: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.answer(CAPABILITIES)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            sent.append(parse_qs(body).get("QUERY", [unquote(body)])[0])
            text, name = BytesIO(), next((name for name in TABLES if name in sent[-1]), "VizieR")
            TABLES[name].write(text, format="votable")
            status = b'<RESOURCE type="results"><INFO name="QUERY_STATUS" value="OK"/>'
            self.answer(text.getvalue().replace(b'<RESOURCE type="results">', status))

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", sent
    server.shutdown()
    server.server_close()


def test_vizier_through_astroquery(loopback):
    from astroquery.vizier import VizierClass

    address, sent = loopback
    vizier = type("Loopback", (VizierClass,), {"_server_to_url": lambda self, return_type: f"{address}/{return_type}"})
    answer = resolver.ask("VizieR", "GJ 699", client=vizier(columns=["*", "+_r"], timeout=PATIENCE), patience=PATIENCE)
    assert [(v["parameter"], v["value"], v["error"]) for v in answer.values] == [("teff", 3254.0, 32.0)]
    assert len(sent) == 1 and "-c=GJ 699" in sent[0] and "J/A+A/656/A162" in sent[0]


def test_simbad_and_gaia_through_astroquery(loopback):
    from astroquery.simbad import SimbadClass
    from astroquery.utils.tap.core import TapPlus
    from pyvo.dal import TAPService

    address, sent = loopback
    service = TAPService(f"{address}/tap")
    client = type("Loopback", (SimbadClass,), {"tap": property(lambda self: service)})()
    client.launch_job = TapPlus(url=f"{address}/tap").launch_job
    answer = resolver.ask("SIMBAD", "Barnard's star", client=client, patience=PATIENCE)
    assert (answer.name, answer.karmn) == ("NAME Barnard's star", "J17578+046")
    found = [(v["parameter"], v["value"], v["limit"]) for v in answer.values]
    assert found == [("teff", 3278.0, False), ("vsini", 2.0, True)]
    answer = resolver.ask("Gaia", "LHS 9999", client=client, patience=PATIENCE)
    assert (answer.name, answer.values[0]["value"], answer.values[0]["error"]) == ("Gaia DR3 44", 3300.0, 11.0)
    assert "source_id = 44 " in sent[-1]
