"""What stands between the browser and Streamlit's own server."""

from __future__ import annotations

import asyncio
import gzip
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import streamlit as st

from pages.shared.core import speed

SCRIPT = b"let figure = 1; " * 500
#: The only file of the server.
FILES = ["/static/js/a.js"]


def large() -> list[str]:
    """Of the scripts that a page loads early."""
    return [file for pattern in speed._LARGE for file in speed.static_files(pattern)]


class Server:
    """A server with one script, which counts how often it is asked."""

    def __init__(self, content_type: bytes = b"application/javascript", status: int = 200) -> None:
        self.asked: list[dict] = []
        self._type, self._status = content_type, status

    async def __call__(self, scope: dict, receive: object, send: object) -> None:
        self.asked.append(scope)
        headers = [(b"content-type", self._type), (b"content-length", str(len(SCRIPT)).encode()), (b"etag", b"x")]
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        await send({"type": "http.response.body", "body": SCRIPT[:100], "more_body": True})
        await send({"type": "http.response.body", "body": SCRIPT[100:]})


def ask(app: object, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    sent = []

    async def send(message: dict) -> None:
        sent.append(message)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "headers": raw, "query_string": b""}
    # In a thread of its own: a browser of other tests may hold the loop of this one.
    with ThreadPoolExecutor(1) as alone:
        alone.submit(lambda: asyncio.run(app(scope, None, send))).result()
    names = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], names, b"".join(message.get("body", b"") for message in sent[1:])


def test_a_script_is_compressed_once_and_kept():
    server = Server()
    app = speed.Compressed(server, FILES)
    for condition in ({}, {"if_none_match": "x"}):
        status, headers, body = ask(app, "/static/js/a.js", accept_encoding="gzip, deflate", **condition)
        assert status == 200
        assert headers["content-encoding"] == "gzip" and headers["vary"] == "Accept-Encoding"
        assert int(headers["content-length"]) == len(body) < len(SCRIPT) / 10
        assert gzip.decompress(body) == SCRIPT
    assert len(server.asked) == 1


def test_brotli_goes_before_gzip_where_both_know_it():
    brotli = pytest.importorskip("brotli")
    app = speed.Compressed(Server(), FILES)
    _, headers, body = ask(app, "/static/js/a.js", accept_encoding="gzip, deflate, br, zstd")
    assert headers["content-encoding"] == "br" and brotli.decompress(body) == SCRIPT
    assert ask(app, "/static/js/a.js", accept_encoding="gzip")[1]["content-encoding"] == "gzip"


def test_who_cannot_unpack_gets_the_script_as_it_is():
    for headers in ({}, {"accept_encoding": "zstd"}, {"accept_encoding": "gzip", "range": "bytes=0-9"}):
        _, answer, body = ask(speed.Compressed(Server(), FILES), "/static/js/a.js", **headers)
        assert "content-encoding" not in answer and body == SCRIPT


def test_other_files_and_refusals_pass_and_are_not_kept():
    """A visitor who makes up paths fills no memory."""
    server = Server()
    app = speed.Compressed(server, FILES)
    for path in ("/media/a.csv", *(f"/static/js/{i}/../a.js" for i in range(20)), "//static/js/a.js"):
        _, headers, body = ask(app, path, accept_encoding="gzip")
        assert body == SCRIPT and "content-encoding" not in headers
    assert not app._kept
    missing = Server(status=404)
    app = speed.Compressed(missing, FILES)
    for _ in range(2):
        status, headers, body = ask(app, "/static/js/a.js", accept_encoding="gzip")
        assert status == 404 and "content-encoding" not in headers and body == SCRIPT
    assert len(missing.asked) == 2


def test_the_files_that_are_kept_exist():
    files = speed.static_files()
    folder = Path(st.__file__).parent / "static"
    assert len(files) > 50 and all((folder / file.lstrip("/")).is_file() for file in files)
    assert set(large()) <= set(files)


def test_pages_load_the_large_scripts_early():
    files = large()
    assert [file.split(".")[0] for file in files] == ["/static/js/PlotlyChart", "/static/js/DataFrame"]
    for path in ("/", "/latent-space"):
        server = Server(b"text/html; charset=utf-8")
        _, headers, body = ask(speed.PreloadScripts(server, files), path, accept_encoding="gzip")
        assert not server.asked[0]["headers"]  # a compressed page could not be added to
        assert body.startswith(SCRIPT) and len(body) == int(headers["content-length"])
        assert all(f'import("{file}")'.encode() in body[len(SCRIPT) :] for file in files)


def test_figures_taken_along_scripts_and_refusals_stay_as_they_are():
    files = large()
    for server, path in (
        (Server(b"text/html"), "/media/figure.html"),
        (Server(), "/latent-space"),
        (Server(b"text/html", 404), "/none"),
    ):
        _, headers, body = ask(speed.PreloadScripts(server, files), path)
        assert body == SCRIPT and int(headers["content-length"]) == len(SCRIPT)


def test_garbage_is_looked_for_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit.runtime.scriptrunner import script_runner

    monkeypatch.setattr(script_runner, "gc", script_runner.gc)
    times, now = [], [1000.0]
    monkeypatch.setattr(speed.gc, "collect", lambda generation: times.append(now[0]) or 7)
    monkeypatch.setattr(speed, "monotonic", lambda: now[0])
    speed.collect_seldom()
    for step in (0.0, 0.1, 1.0, speed._PAUSE, 0.1):
        now[0] += step
        script_runner.gc.collect(2)
    assert times == [1000.0, 1000.0 + 1.1 + speed._PAUSE]
    assert script_runner.gc.isenabled()
