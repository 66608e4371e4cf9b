"""Questions to a service: their deadline, and one sentence for whatever goes wrong."""

from __future__ import annotations

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from astropy.table import Table

from dtl import resolver
from dtl.archives import HOSTS, Unanswered


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
    answer = resolver.ask("SIMBAD", "  GJ \n 1 ", client=Client(lambda: tables.pop(0)))
    assert (answer.service, answer.name, answer.karmn) == ("SIMBAD", "GJ 1", None)


@pytest.mark.parametrize("error", [OSError("secret"), RuntimeError("secret"), SystemExit(3)])
def test_out_of_reach_is_one_sentence(error):
    with pytest.raises(Unanswered, match=f"SIMBAD could not be reached at {HOSTS['SIMBAD']}") as caught:
        resolver.ask("SIMBAD", "GJ 699", client=Client(error))
    assert "secret" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_late_answer_is_given_up_and_its_place_freed():
    release, done = threading.Event(), threading.Event()

    def wait() -> None:
        release.wait(30)
        done.set()

    before = resolver._places._value
    with pytest.raises(Unanswered, match=r"SIMBAD did not answer within 0\.05 seconds"):
        resolver.ask("SIMBAD", "GJ 699", patience=0.05, client=Client(wait))
    assert resolver._places._value == before - 1
    release.set()
    assert done.wait(30)
    for thread in threading.enumerate():
        if thread.name == "ask SIMBAD":
            thread.join(30)
    assert resolver._places._value == before


def test_questions_at_once_are_bounded(monkeypatch):
    monkeypatch.setattr(resolver, "_places", threading.BoundedSemaphore(1))
    release = threading.Event()
    with pytest.raises(Unanswered, match="did not answer"):
        resolver.ask("SIMBAD", "GJ 699", patience=0.01, client=Client(lambda: release.wait(30)))
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
    with pytest.raises(Unanswered, match=r"pip install \"dtl\[online\]\""):
        resolver.ask("Gaia", "GJ 699")


def test_astroquery_is_not_imported_before_a_question():
    code = "import sys, dtl.resolver; assert not any(m.startswith(('astroquery', 'pyvo')) for m in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_link_of_a_work():
    assert resolver.bibcode_url("2018A&A...615A...6P").endswith("/abs/2018A%26A...615A...6P")
    assert resolver.bibcode_url("") == ""


VOTABLE = b"""<?xml version="1.0"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE ID="yCat" name="J/A+A/656/A162">
<TABLE ID="t" name="J/A+A/656/A162/tablea1">
<FIELD ID="Karmn" name="Karmn" datatype="char" arraysize="11*"/>
<FIELD ID="Teff1" name="Teff1" datatype="short" unit="K"/><FIELD ID="e_Teff1" name="e_Teff1" datatype="short" unit="K"/>
<DATA><TABLEDATA><TR><TD>J17578+046</TD><TD>3254</TD><TD>32</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"""


def test_vizier_through_astroquery_on_loopback():
    astroquery = pytest.importorskip("astroquery.vizier", reason="astroquery is not installed")
    sent = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.end_headers()
            self.wfile.write(VOTABLE)

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    class Loopback(astroquery.VizierClass):
        def _server_to_url(self, return_type: str = "votable") -> str:
            return f"http://127.0.0.1:{server.server_port}/viz-bin/{return_type}"

    try:
        answer = resolver.ask("VizieR", "GJ 699", client=Loopback(columns=["*", "+_r"], timeout=5))
    finally:
        server.shutdown()
    assert [(v["parameter"], v["value"], v["error"]) for v in answer.values] == [("teff", 3254.0, 32.0)]
    assert "GJ 699" in sent[0].replace("%20", " ") or "GJ%20699" in sent[0] or "GJ+699" in sent[0]
