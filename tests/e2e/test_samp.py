"""The table of results on its way to TOPCAT: a hub of SAMP's web profile on this machine, and a program beside it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from queue import Queue
from threading import Event, Thread
from urllib.request import urlopen

import pytest
from astropy.samp import SAMPHubServer, SAMPIntegratedClient, conf
from astropy.table import Table

from tests.server import PATIENCE

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


def skip_where_a_hub_runs() -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("localhost", _PORT)) == 0:
            pytest.skip("a hub runs on this machine")


@pytest.fixture
def ready() -> Event:
    """Whether the program at the hub answers at once, or only once it is set."""
    ready = Event()
    ready.set()
    return ready


@pytest.fixture
def received(monkeypatch, tmp_path, ready) -> Iterator[list[dict]]:
    """Parameters of the tables that a program at the hub was sent."""
    skip_where_a_hub_runs()
    monkeypatch.setattr(conf, "use_internet", False)
    person = Agreeable()
    hub = SAMPHubServer(web_profile=True, web_profile_dialog=person, lockfile=str(tmp_path / "samp"), addr="127.0.0.1")
    hub.start()
    if not hub._web_profile:
        hub.stop()
        pytest.skip("a hub runs on this machine")
    answering = Thread(target=person.answer, daemon=True)
    answering.start()
    client = SAMPIntegratedClient(name="table reader", addr="127.0.0.1")
    client.connect(hub_params=hub.params)
    messages: list[dict] = []

    def take(*call: object) -> None:
        """Read the first table only."""
        _, _, message, _, sent, _ = call
        messages.append(sent)
        ready.wait(PATIENCE)
        status = {"samp.status": "samp.ok", "samp.result": {}}
        if len(messages) > 1:
            status = {"samp.status": "samp.error", "samp.error": {"samp.errortxt": "no memory is left"}}
        client.reply(message, status)

    client.bind_receive_call("table.load.votable", take)
    yield messages
    ready.set()
    client.disconnect()
    person.queue_request.put(None)
    hub.stop()


def test_nothing_is_offered_where_no_hub_answers(visitor):
    skip_where_a_hub_runs()
    visitor.go("Export")
    visitor.rest()
    if visitor.page.get_by_text("Send to TOPCAT").locator("visible=true").count():
        skip_where_a_hub_runs()  # it came meanwhile
        pytest.fail("a button without a hub")


def offer(visitor) -> object:
    """The button that sends the table, once the page offers it."""
    from playwright.sync_api import TimeoutError as Late

    button = visitor.page.get_by_text("Send to TOPCAT").locator("visible=true")

    def offered() -> bool:
        """The page looks for a hub each time that it is opened, and gives it two seconds to answer."""
        visitor.go("Model")
        visitor.go("Export")
        with suppress(Late):
            button.wait_for(timeout=10_000)
        return button.count() == 1

    visitor.wait_until(offered)
    visitor.rest()
    return button


def test_the_table_reaches_the_program_at_the_hub(visitor, received):
    button = offer(visitor)
    button.click()
    visitor.wait_for("Sent.")
    (sent,) = received
    table = Table.read(BytesIO(urlopen(sent["url"], timeout=PATIENCE).read()), format="votable")
    assert sent["name"] == "stellar parameters" and len(table) == 1
    assert 3000 < table["teff"][0] < 4300 and str(table["teff"].unit) == "K"
    visitor.rest()
    button.click()
    visitor.wait_for("Not sent: no memory is left")


def test_a_table_on_its_way_says_its_end_on_a_page_that_was_drawn_anew(visitor, received, ready):
    ready.clear()
    offer(visitor).click()
    visitor.wait_until(lambda: received)
    visitor.go("Model")
    visitor.go("Export")
    visitor.wait_for("Confirm in TOPCAT")
    visitor.page.get_by_text("With the spectra themselves").click()  # which runs the page
    visitor.rest()
    ready.set()
    visitor.wait_for("Sent.")
    button = visitor.page.get_by_text("Send to TOPCAT").locator("visible=true")
    visitor.wait_until(lambda: button.count() and button.is_enabled())
    visitor.rest()
    assert visitor.page.get_by_text("Sent.").is_visible()
