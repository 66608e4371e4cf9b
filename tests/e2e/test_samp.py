"""The table of results on its way to TOPCAT: a hub of SAMP's web profile on this machine, and a program beside it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from io import BytesIO
from queue import Queue
from threading import Thread
from urllib.request import urlopen

import pytest
from astropy.samp import SAMPHubServer, SAMPIntegratedClient, conf
from astropy.table import Table

from tests.e2e.visitor import QUIET

#: The one port that the web profile has.
_PORT = 21012


class Agreeable:
    """A person who lets every web page register at their hub, which gives both queues."""

    queue_request: Queue
    queue_result: Queue

    def answer(self) -> None:
        """Say yes to each question, until one is nothing."""
        while self.queue_request.get() is not None:
            self.queue_result.put(True)


@pytest.fixture
def received(monkeypatch, tmp_path) -> Iterator[list[dict]]:
    """Parameters of the tables that a program at the hub was sent."""
    with socket.socket() as probe:
        if probe.connect_ex(("localhost", _PORT)) == 0:
            pytest.skip("a hub runs on this machine")
    monkeypatch.setattr(conf, "use_internet", False)
    person = Agreeable()
    hub = SAMPHubServer(web_profile=True, web_profile_dialog=person, lockfile=str(tmp_path / "samp"), addr="127.0.0.1")
    hub.start()
    answering = Thread(target=person.answer, daemon=True)
    answering.start()
    client = SAMPIntegratedClient(name="table reader", addr="127.0.0.1")
    client.connect(hub_params=hub.params)
    messages: list[dict] = []
    client.bind_receive_notification("table.load.votable", lambda key, sender, kind, sent, more: messages.append(sent))
    yield messages
    client.disconnect()
    person.queue_request.put(None)
    hub.stop()


def test_nothing_is_offered_where_no_hub_answers(visitor):
    visitor.go("Export")
    visitor.page.evaluate(QUIET)
    assert visitor.page.get_by_text("Send to TOPCAT").locator("visible=true").count() == 0


def test_the_table_reaches_the_program_at_the_hub(visitor, received):
    visitor.go("Export")
    visitor.page.get_by_text("Send to TOPCAT").click()
    visitor.wait_for("Sent.")
    (sent,) = received
    table = Table.read(BytesIO(urlopen(sent["url"], timeout=10).read()), format="votable")
    assert sent["name"] == "stellar parameters" and len(table) == 1
    assert 3000 < table["teff"][0] < 4300 and str(table["teff"].unit) == "K"
