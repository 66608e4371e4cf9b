"""A door before a server that counts the bytes which come through it, as they are on the wire."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread
from urllib.parse import urlsplit

__all__ = ["Wire", "counted"]


class Wire:
    """Bytes that a server has sent: ``total``, and ``websocket`` those of them that went over a websocket."""

    def __init__(self, port: int) -> None:
        self.total = self.websocket = 0
        self._port, self._lock = port, Lock()

    def join(self, browser: socket.socket) -> None:
        """Join a browser to the server until one of them has enough."""
        server = socket.create_connection(("127.0.0.1", self._port))
        for here, there, counts in ((browser, server, False), (server, browser, True)):
            Thread(target=self._carry, args=(here, there, counts), daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket, counts: bool) -> None:
        websocket = False
        with suppress(OSError):
            while data := here.recv(2**16):
                if counts:
                    websocket |= data.startswith(b"HTTP/1.1 101 ")
                    with self._lock:
                        self.total += len(data)
                        self.websocket += websocket * len(data)
                there.sendall(data)
        with suppress(OSError):
            there.shutdown(socket.SHUT_WR)


@contextmanager
def counted(address: str) -> Iterator[tuple[str, Wire]]:
    """An address through which a server on this machine is reached, and what it sends there."""
    wire = Wire(urlsplit(address).port)
    with socket.create_server(("127.0.0.1", 0)) as door:

        def welcome() -> None:
            with suppress(OSError):
                while True:
                    wire.join(door.accept()[0])

        Thread(target=welcome, daemon=True).start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}", wire
        door.shutdown(socket.SHUT_RDWR)
