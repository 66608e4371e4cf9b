"""Addresses below that of a page."""

from __future__ import annotations

import asyncio
from threading import Thread

import pytest

from pages.shared.core.addresses import DeeperAddresses


def ask(path: str, *, accept: str = "text/html,*/*", method: str = "GET", query: bytes = b"") -> str | None:
    """Where a request is sent; None where it is handed on."""
    sent: list[dict] = []
    handed: list[str] = []

    async def app(scope, receive, send):
        handed.append(scope["path"])

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": method, "path": path, "query_string": query,
        "headers": [(b"accept", accept.encode())],
    }  # fmt: skip
    thread = Thread(target=lambda: asyncio.run(DeeperAddresses(app)(scope, None, send)))  # this one may have a loop
    thread.start()
    thread.join()
    assert len(handed) + bool(sent) == 1
    return None if handed else dict(sent[0]["headers"])[b"location"].decode()


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/latent-space/more", "../latent-space"),
        ("/latent-space/more/", "../../latent-space"),
        ("/latent-space/more/of/it", "../../../latent-space"),
        ("/nothing/more", "../nothing"),  # of which Streamlit says that it is none
    ],
)
def test_an_address_below_a_page_leads_to_the_page(path, target):
    assert ask(path) == target


def test_the_view_that_a_link_names_is_kept():
    assert ask("/model-card/more", query=b"model-tab=Training&x=%20") == "../model-card?model-tab=Training&x=%20"


@pytest.mark.parametrize(
    "path",
    ["/", "/latent-space", "/latent-space/", "/_stcore/health", "/static/js/a.js", "/media/b.pdf", "/app/static/c"],
)
def test_pages_and_files_are_handed_on(path):
    assert ask(path) is None


def test_what_a_page_asks_for_itself_is_handed_on():
    assert ask("/latent-space/_stcore/health", accept="application/json, */*") is None
    assert ask("/latent-space/_stcore/upload_file/a", method="PUT") is None


def test_the_place_of_the_app_on_the_server_is_no_page(monkeypatch):
    monkeypatch.setattr("streamlit.get_option", lambda name: "tools/dtl")
    assert ask("/tools/dtl/latent-space") is None
    assert ask("/tools/dtl/latent-space/more") == "../latent-space"
