"""Many visitors at once, measured: ``python -m tests.visitors FILE [--visitors N] [--minutes M] [--hostile FOLDER]``.

Each visitor speaks with the server as a browser does, over the websocket and the address for uploads, thinks for 1.5 to
4 s, opens pages and uploads the file, under a name and with a content of its own. Two visitors adapt networks. Prints
one JSON object; times are those from asking to the end of the run of the page, in seconds.

- ``opened_first``: each page, by the first visitor that the server ever has.
- ``page``, ``upload``: how many, median, p95 and the longest.
- ``hostile``: the same for uploads of files from the folder by one more visitor, and how many were taken.
- ``errors``: what went wrong, in words; ``cross_talk``: messages to a visitor with the name of another one's file.
- ``memory_mb``: of the server with its processes, shared pages counted once: ``start``, ``opened`` once every page
  was, by one visitor who is gone, ``most``, and ``after`` some time since the last one left.
- ``adaptation_ends``: seconds from the end of the visits to that of the processes that adapt.
- ``files_left``: that are on disk then.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.server import addresses, serve

_THINKING = (1.5, 4.0)
#: Part of what a visitor does that is an upload, and the most files of one.
_UPLOADS, _MAX_FILES = 0.25, 6
_NAME = re.compile(rb"visitor-(\d+)-\d+")
_LATE = 120.0


class Visitor:
    """One visitor.

    Args:
        address: of the server.
        number: in the names of its files.
        data: of the file that it uploads.
        seed: of what it does.
    """

    def __init__(self, address: str, number: int, data: bytes, seed: int) -> None:
        self.pages: list[float] = []
        self.uploads: list[float] = []
        self.errors: list[str] = []
        self.cross_talk = 0
        self._address, self._number, self._data = address, number, data
        self._chance, self._files = random.Random(seed), 0
        self._page, self._session, self._hashes = "", "", {}
        self._widgets: dict[str, str] = {}
        self._seen: dict[str, ForwardMsg] = {}
        self._connection: ClientConnection | None = None
        self._cookie = self._token = ""

    async def come(self) -> None:
        """Open the first page."""
        with await asyncio.to_thread(urlopen, f"{self._address}/_stcore/health") as answer:
            cookies = answer.headers.get_all("Set-Cookie") or []
        self._cookie = "; ".join(cookie.partition(";")[0] for cookie in cookies)
        self._token = re.search(r"_streamlit_xsrf=([^;]*)", self._cookie)[1]
        self._connection = await connect(
            self._address.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit", self._token],
            additional_headers={"Cookie": self._cookie},
            origin=self._address,
            max_size=None,
        )
        await self.open("")

    async def stay(self, until: float) -> None:
        """Think, and open pages and upload files, until a time by the clock of the loop."""
        pages = addresses()
        try:
            while asyncio.get_running_loop().time() < until:
                await asyncio.sleep(self._chance.uniform(*_THINKING))
                if self._chance.random() < _UPLOADS and self._files < _MAX_FILES:
                    if self._page:
                        await self.open("")
                        await asyncio.sleep(self._chance.uniform(*_THINKING))
                    self._files += 1
                    name = f"visitor-{self._number}-{self._files}.fits"
                    await self.upload(name, self._data + b"\0" * 2880 * (20 * self._number + self._files))
                else:
                    await self.open(self._chance.choice([page for page in pages if page != self._page]))
        except Exception as error:
            self.errors.append(f"{type(error).__name__}: {error}")

    async def adapt(self, until: float) -> None:
        """Adapt networks to a simulated survey and look on."""
        try:
            await self.open("adapt-networks")
            await self._run(trigger="adapt-start")
            while asyncio.get_running_loop().time() < until:
                await asyncio.sleep(2.0)
                await self._run()
        except Exception as error:
            self.errors.append(f"adapting, {type(error).__name__}: {error}")

    async def leave(self) -> None:
        """Close the browser."""
        if self._connection is not None:
            await self._connection.close()

    async def open(self, page: str) -> None:
        """Open a page."""
        self._page = page
        self.pages.append(await self._run())

    async def upload(self, name: str, data: bytes) -> bool:
        """Upload a file on the first page; returns whether its name comes back with parameters."""
        begun = time.perf_counter()
        request = BackMsg()
        request.file_urls_request.request_id = name
        request.file_urls_request.file_names.append(name)
        request.file_urls_request.session_id = self._session
        await self._connection.send(request.SerializeToString())
        place = (await self._wait_for("file_urls_response")).file_urls_response.file_urls[0]
        await asyncio.to_thread(self._put, place.upload_url, name, data)
        back = BackMsg()
        state = back.rerun_script.widget_states.widgets.add()
        state.id = self._widgets["upload"]
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.name, info.size, info.file_id = name, len(data), place.file_id
        info.file_urls.CopyFrom(place)
        _, messages = await self._send(back)
        self.uploads.append(time.perf_counter() - begun)
        taken = any(name.encode() in message.replace(b"\\", b"") for message in messages)  # as Markdown has it, too
        if not taken:
            self.errors.append(f"{name} did not come back")
        return taken

    async def _run(self, trigger: str = "") -> float:
        back = BackMsg()
        if trigger:
            state = back.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = self._widgets[trigger], True
        return (await self._send(back))[0]

    async def _send(self, back: BackMsg) -> tuple[float, list[bytes]]:
        """Ask for a run of the page; returns how long it took, and what came."""
        begun, messages = time.perf_counter(), []
        if self._page in self._hashes:
            back.rerun_script.page_script_hash = self._hashes[self._page]
        else:
            back.rerun_script.page_name = self._page
        back.rerun_script.context_info.timezone = "UTC"
        await self._connection.send(back.SerializeToString())
        while True:
            message = await self._receive(messages)
            if message.WhichOneof("type") == "script_finished":
                status = message.script_finished
                if status == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                if status != ForwardMsg.FINISHED_SUCCESSFULLY:
                    self.errors.append(f"a run ended with status {status}")
                return time.perf_counter() - begun, messages

    async def _wait_for(self, kind: str) -> ForwardMsg:
        while True:
            message = await self._receive([])
            if message.WhichOneof("type") == kind:
                return message

    async def _receive(self, messages: list[bytes]) -> ForwardMsg:
        """The next message, looked through for widgets, errors and names of others' files."""
        content = await asyncio.wait_for(self._connection.recv(), _LATE)
        messages.append(content)
        self.cross_talk += any(int(found[1]) != self._number for found in _NAME.finditer(content))
        message = ForwardMsg()
        message.ParseFromString(content)
        if message.WhichOneof("type") == "ref_hash":
            message = self._seen.get(message.ref_hash, message)
        elif message.hash:
            self._seen[message.hash] = message
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._session = message.new_session.initialize.session_id
        elif kind == "navigation":
            self._hashes = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            self._hashes[""] = next(page.page_script_hash for page in message.navigation.app_pages if page.is_default)
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            what = element.WhichOneof("type")
            if what == "exception":
                self.errors.append(f"exception on a page: {element.exception.type}")
            elif what == "file_uploader" and "upload-" in element.file_uploader.id:
                self._widgets["upload"] = element.file_uploader.id
            elif what == "button" and "adapt-start" in element.button.id:
                self._widgets["adapt-start"] = element.button.id
        return message

    def _put(self, path: str, name: str, data: bytes) -> None:
        edge = "visitors-edge"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        request = Request(self._address + path, head + data + f"\r\n--{edge}--\r\n".encode(), method="PUT")
        request.add_header("Content-Type", f"multipart/form-data; boundary={edge}")
        request.add_header("Cookie", self._cookie)
        request.add_header("X-Xsrftoken", self._token)
        urlopen(request, timeout=_LATE).close()


def processes_of(server: int) -> list[int]:
    """A process and all below it."""
    found = [server]
    for process in found:
        for thread in Path(f"/proc/{process}/task").glob("*/children"):
            found += [int(number) for number in thread.read_text().split()]
    return found


def memory_of(server: int) -> float:
    """MB of a process and all below it, pages that they share counted once."""
    total = 0
    for process in processes_of(server):
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:  # it has ended
            continue
        total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1])
    return total / 1024


def _statistics(times: Iterable[float]) -> dict[str, float]:
    found = np.array(list(times))
    if not len(found):
        return {"count": 0}
    return {
        "count": len(found),
        "median": round(float(np.median(found)), 3),
        "p95": round(float(np.percentile(found, 95)), 3),
        "longest": round(float(found.max()), 3),
    }


async def _attack(visitor: Visitor, files: list[Path], until: float) -> int:
    """Upload hostile files, one after the other; returns how many."""
    count = 0
    try:
        while asyncio.get_running_loop().time() < until:
            path = files[count % len(files)]
            await visitor.upload(path.name, path.read_bytes())
            count += 1
            await asyncio.sleep(0.5)
    except Exception as error:
        visitor.errors.append(f"{type(error).__name__}: {error}")
    return count


async def _measure(address: str, server: int, arguments: argparse.Namespace) -> dict[str, Any]:
    data = arguments.file.read_bytes()
    loop, report, most = asyncio.get_running_loop(), {}, [memory_of(server)]
    visitors = [Visitor(address, number, data, number) for number in range(arguments.visitors)]
    adapting = [Visitor(address, 900 + number, data, number) for number in range(arguments.adaptations)]
    attackers = [Visitor(address, 990, data, 0)] if arguments.hostile else []
    report["memory_mb"] = {"start": round(most[0])}

    async def watch() -> None:
        while True:
            most.append(await asyncio.to_thread(memory_of, server))
            await asyncio.sleep(1.0)

    first = Visitor(address, 999, data, 0)
    await first.come()
    for page in addresses():
        await first.open(page)
    report["opened_first"] = dict(zip(addresses(), (round(t, 2) for t in first.pages[1:]), strict=True))
    await first.leave()
    await asyncio.sleep(20.0)  # that visit has ended
    report["memory_mb"]["opened"] = round(memory_of(server))
    watching = asyncio.create_task(watch())
    for visitor in (*visitors, *adapting, *attackers):
        await visitor.come()
    opening = [visitor.pages.pop() for visitor in visitors]
    until = loop.time() + 60.0 * arguments.minutes
    work = [*(v.stay(until) for v in visitors), *(v.adapt(until) for v in adapting)]
    if attackers:
        work.append(_attack(attackers[0], sorted(arguments.hostile.glob("[!R]*.*")), until))
    await asyncio.gather(*work)
    children = {process for process in processes_of(server)[1:]}
    everybody = (*visitors, *adapting, *attackers)
    for visitor in everybody:
        await visitor.leave()
    left = time.monotonic()
    while len(processes_of(server)) > 2 and time.monotonic() - left < 120.0:  # the server, and what makes its processes
        await asyncio.sleep(0.2)
    report["adaptation_ends"] = round(time.monotonic() - left, 1) if len(children) > 1 else None
    watching.cancel()
    report |= {
        "first_page": _statistics(opening),
        "page": _statistics(t for v in visitors for t in v.pages),
        "upload": _statistics(t for v in visitors for t in v.uploads),
        "errors": [f"visitor {v._number}: {error}" for v in everybody for error in v.errors],
        "cross_talk": sum(v.cross_talk for v in everybody),
    }
    if attackers:
        report["hostile"] = _statistics(attackers[0].uploads)
    await asyncio.sleep(max(0.0, arguments.after - (time.monotonic() - left)))
    report["memory_mb"] |= {"most": round(max(most)), "after": round(memory_of(server))}
    return report


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="spectrum to upload, FITS")
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--adaptations", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--after", type=float, default=180.0, help="seconds from the last visitor to the last look")
    parser.add_argument("--hostile", type=Path, help="folder of files that one more visitor uploads")
    arguments = parser.parse_args()
    processes: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = folder
        with serve(processes=processes) as address:
            time.sleep(10.0)  # it gets ready
            report = asyncio.run(_measure(address, processes[0], arguments))
            files = [path for path in Path(folder).rglob("*") if path.is_file() and path.name != "lock"]
            report["files_left"] = len(files)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
