"""Download of the library, against a server on this computer with the official layout and small files."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from dtl.cli.main import main
from dtl.grid.build import GridSettings, load_grid
from dtl.grid.download import needed_nodes, plan_download
from dtl.grid.libraries.phoenix import WAVELENGTH_FILE, hires_path
from dtl.grid.nodes import main_sequence_nodes
from dtl.grid.recognition import read_library, wavelengths_around
from dtl.spectrum import UnusableInput
from tests.builders import WINDOW

#: One triple, (3450 K, 4.7, +0.1), between eight nodes of the library.
REACH = wavelengths_around(WINDOW)
DOMAIN = {"teff": (3450.0, 3450.0), "logg": (4.7, 4.7), "mh": (0.1, 0.1)}
NODE = hires_path(3400.0, 4.5, 0.5)


@dataclass
class Server:
    """What the server has, how it behaves, and what it was asked."""

    files: dict[str, bytes]
    url: str = ""
    ranges: bool = True
    cut: int | None = None  # bytes after which an answer breaks off
    failures: int = 0  # answers 503 so many times
    shift: int = 0  # resumes so many bytes off
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, wanted = self.path.removeprefix("/HiResFITS/"), self.headers.get("Range")
            server.requests.append((path, wanted))
            server.agents.add(self.headers.get("User-Agent", ""))
            if server.failures > 0:
                server.failures -= 1
                self.send_error(503)
                return
            if path not in server.files:
                self.send_error(404)
                return
            data, start = server.files[path], 0
            if wanted and server.ranges:
                start = int(wanted.removeprefix("bytes=").removesuffix("-")) + server.shift
                if start >= len(data):
                    self.send_error(416)
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            self.wfile.write(data[start:][: server.cut])

        def log_message(self, *arguments: object) -> None:
            """Nothing on stderr."""

    return Handler


def _fits(values: np.ndarray, path: Path) -> bytes:
    """As the official files: the spectrum, then a table."""
    table = fits.BinTableHDU.from_columns([fits.Column("abundance", "E", array=np.ones(3))])
    fits.HDUList([fits.PrimaryHDU(values), table]).writeto(path, overwrite=True)
    return path.read_bytes()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    scratch = tmp_path_factory.mktemp("server") / "file.fits"
    wavelength = np.arange(8760.0, 8870.0, 0.05)
    line = 1 - 0.5 * np.exp(-0.5 * ((wavelength - 8820) / 0.2) ** 2)
    made = {
        hires_path(*node): _fits((line * node[0]).astype(np.float32), scratch)
        for node in needed_nodes(GridSettings(**DOMAIN))
    }
    return made | {WAVELENGTH_FILE: _fits(wavelength, scratch)}


@pytest.fixture
def server(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr("dtl.grid.fetch.PAUSES", (0.0, 0.0))
    state = Server(dict(files))
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    state.url = f"http://127.0.0.1:{http.server_port}/HiResFITS/"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "narrow.toml"
    ranges = "\n".join(f"{name} = {list(values)}" for name, values in DOMAIN.items())
    path.write_text(f'name = "narrow"\n[window]\nlower = 8800.0\nupper = 8835.0\n[grid]\n{ranges}\n')
    return path


def _download(server: Server, config: Path, folder: Path) -> int:
    return main(["grid", "download", "--to", str(folder), "--config", str(config), "--server", server.url])


def _complete(folder: Path, files: dict[str, bytes]) -> bool:
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return found == files


def _begin(folder: Path, path: str, data: bytes) -> None:
    part = folder / f"{path}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(data)


def test_the_full_domain_is_bracketed():
    nodes = needed_nodes(GridSettings())
    triples = np.unique(main_sequence_nodes()[:, :3], axis=0)
    assert len(triples) == 1767
    assert len(nodes) == len(np.unique(nodes, axis=0)) == 23 * 3 * 5
    box = {tuple(node) for node in nodes.tolist()}
    for teff, logg, mh in np.round(triples, 6):
        for t in {np.floor(teff / 100) * 100, np.ceil(teff / 100) * 100}:
            for g in {np.floor(logg * 2) / 2, np.ceil(logg * 2) / 2}:
                for m in {np.floor(mh * 2) / 2, np.ceil(mh * 2) / 2}:
                    assert (t, g, m + 0.0) in box


def test_a_node_of_the_library_needs_no_neighbours():
    settings = GridSettings(teff=(3400.0, 3400.0), logg=(5.0, 5.0), mh=(-0.5, -0.5))
    assert needed_nodes(settings).tolist() == [[3400.0, 5.0, -0.5]]


def test_an_empty_domain_is_named():
    with pytest.raises(UnusableInput, match=r"no node of the main sequence.*widen it"):
        needed_nodes(GridSettings(teff=(3401.0, 3402.0)))


def test_a_complete_fetch_builds_a_grid(server, config, files, tmp_path, capsys):
    folder = tmp_path / "library"
    assert _download(server, config, folder) == 0
    assert _complete(folder, files)
    assert sorted(path for path, _ in server.requests) == sorted(files)
    assert all(agent.startswith("dtl/") for agent in server.agents)
    printed = capsys.readouterr()
    assert "8 spectra: Teff 3400 to 3500 K, log g 4.5 to 5.0, [M/H] +0.0 to +0.5" in printed.out
    assert "to fetch: 9 files, 0.06 GB" in printed.out
    assert "download: 100%" in printed.err
    assert "9/9 lte03500-5.00+0.5" in printed.err

    grid = tmp_path / "grid.npz"
    assert main(["grid", "build", "--phoenix", str(folder), "--output", str(grid), "--config", str(config)]) == 0
    assert load_grid(grid).nodes[0].tolist() == [3450.0, 4.7, 0.1, 1.5]


def test_a_second_run_fetches_nothing(server, config, tmp_path, capsys):
    _download(server, config, tmp_path / "library")
    server.requests.clear()
    assert _download(server, config, tmp_path / "library") == 0
    assert server.requests == []
    assert "9 files are in" in capsys.readouterr().out


def test_files_are_kept_where_they_lie(server, config, files, tmp_path):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / Path(NODE).name).write_bytes(files[NODE])
    assert _download(server, config, tmp_path / "library") == 0
    assert NODE not in dict(server.requests)
    assert len(read_library(tmp_path / "library", reach=REACH).nodes) == 8


@pytest.mark.parametrize("ranges", [True, False])
def test_an_interrupted_file_is_resumed(server, config, files, tmp_path, ranges):
    server.ranges = ranges
    _begin(tmp_path / "library", NODE, files[NODE][:5000])
    assert _download(server, config, tmp_path / "library") == 0
    assert _complete(tmp_path / "library", files)
    assert (NODE, "bytes=5000-") in server.requests


def test_a_connection_that_breaks_goes_on(server, config, files, tmp_path):
    server.cut = 10_000  # each file is longer, and shorter than three times this
    assert 10_000 < max(map(len, files.values())) < 30_000
    assert _download(server, config, tmp_path / "library") == 0
    assert _complete(tmp_path / "library", files)
    assert (NODE, "bytes=10000-") in server.requests


@pytest.mark.parametrize("length", [None, 10**5])
def test_a_finished_or_overlong_part(server, config, files, tmp_path, length):
    _begin(tmp_path / "library", NODE, files[NODE] if length is None else bytes(length))
    assert _download(server, config, tmp_path / "library") == 0
    assert _complete(tmp_path / "library", files)
    assert [path for path, _ in server.requests].count(NODE) == (0 if length is None else 2)


def test_a_part_of_something_else_starts_anew(server, config, files, tmp_path):
    _begin(tmp_path / "library", NODE, b"<html>" * 500)
    assert _download(server, config, tmp_path / "library") == 0
    assert _complete(tmp_path / "library", files)


def test_a_server_that_resumes_elsewhere(server, config, files, tmp_path):
    server.shift = 1
    _begin(tmp_path / "library", NODE, files[NODE][:5000])
    assert _download(server, config, tmp_path / "library") == 0
    assert _complete(tmp_path / "library", files)


def test_a_truncated_file_is_fetched_again(server, config, files, tmp_path):
    _download(server, config, tmp_path / "library")
    (tmp_path / "library" / NODE).write_bytes(files[NODE][: 2 * 2880])
    server.requests.clear()
    assert _download(server, config, tmp_path / "library") == 0
    assert server.requests == [(NODE, None)]
    assert _complete(tmp_path / "library", files)


def test_a_wrong_size_is_said(server, config, tmp_path, capsys):
    server.cut = 100
    assert _download(server, config, tmp_path / "library") == 2
    error = capsys.readouterr().err
    assert "not fetched in 3 attempts (300 of " in error
    assert "run the command again later" in error
    assert not list((tmp_path / "library").rglob("*.fits"))


def test_a_page_instead_of_a_file_is_said(server, config, tmp_path, capsys):
    server.files[WAVELENGTH_FILE] = b"<html>Please log in</html>"
    assert _download(server, config, tmp_path / "library") == 2
    assert "no complete FITS file, as where a login page" in capsys.readouterr().err
    assert not [p for p in (tmp_path / "library").rglob("*") if p.is_file()]


def test_a_busy_server_is_asked_again(server, config, files, tmp_path):
    server.failures = 2
    assert _download(server, config, tmp_path / "library") == 0
    assert _complete(tmp_path / "library", files)


def test_a_broken_server_is_said(server, config, tmp_path, capsys):
    server.failures = 3
    assert _download(server, config, tmp_path / "library") == 2
    assert "not fetched in 3 attempts (the server answered 503" in capsys.readouterr().err
    assert len(server.requests) == 3


def test_a_missing_file_is_said(server, config, tmp_path, capsys):
    del server.files[NODE]
    assert _download(server, config, tmp_path / "library") == 2
    error = capsys.readouterr().err
    assert f"{server.url}{NODE}: the server does not give this file (404 Not Found)" in error
    assert "--server" in error


def test_offline_is_said(server, config, tmp_path, capsys):
    with socket.socket() as closed:  # bound, nobody listens
        closed.bind(("127.0.0.1", 0))
        server.url = f"http://127.0.0.1:{closed.getsockname()[1]}/HiResFITS"
        assert _download(server, config, tmp_path / "library") == 2
    error = capsys.readouterr().err
    assert f"{server.url}/{WAVELENGTH_FILE}: the server cannot be reached" in error
    assert "probably this computer is offline" in error


def test_a_slow_server_is_asked_again(server, config, tmp_path, monkeypatch, capsys):
    def late(*arguments: object, **options: object) -> None:
        server.requests.append(("late", None))
        raise TimeoutError("timed out")

    monkeypatch.setattr("dtl.grid.fetch.urlopen", late)
    assert _download(server, config, tmp_path / "library") == 2
    assert len(server.requests) == 3
    assert "3 attempts (timed out)" in capsys.readouterr().err


def test_no_address(server, config, tmp_path, capsys):
    server.url = "phoenix.example/HiResFITS"
    assert _download(server, config, tmp_path / "library") == 2
    assert "is no address of a web server" in capsys.readouterr().err


def test_too_little_room_is_said_before(server, config, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 10_000_000))
    assert _download(server, config, tmp_path / "library") == 2
    assert "the disc has 0.01 GB left where 9 files need 0.06 GB; make room" in capsys.readouterr().err
    assert server.requests == []


def test_a_disc_that_fills_up_is_said(server, config, tmp_path, monkeypatch, capsys):
    def full(self: Path, *arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert _download(server, config, tmp_path / "library") == 2
    error = capsys.readouterr().err
    assert "cannot be written (No space left on device), 9 files are missing; make room" in error


def test_a_folder_that_is_a_file_is_said(server, config, tmp_path, capsys):
    (tmp_path / "library").write_text("a file")
    assert _download(server, config, tmp_path / "library") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_nodes_of_another_domain_are_in_the_way(server, config, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**13, 0, 10**13))
    _download(server, config, tmp_path / "library")
    other = GridSettings(teff=(3900.0, 3900.0))
    with pytest.raises(UnusableInput, match=r"holds other PHOENIX nodes.*empty folder"):
        plan_download(tmp_path / "library", other)
    plan_download(tmp_path / "library", GridSettings())  # encloses what is there
    plan_download(tmp_path / "library", GridSettings(teff=(3925.0, 3975.0)))  # lies apart from what is there
