"""``dtl app``: the dashboard in the browser, from any folder."""

from __future__ import annotations

import argparse
import os
import sys

from dtl.cli.arguments import filled, port

__all__ = ["add"]


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    parser = commands.add_parser("app", help="open the dashboard in the browser")
    parser.add_argument("--port", type=port, metavar="N", help="of the server (default: 8501, or the next free one)")
    parser.add_argument(
        "--address", type=filled, metavar="HOST", help="to listen on, as localhost (default: all of this machine)"
    )
    parser.add_argument("--no-browser", action="store_true", help="only serve, open no browser")
    parser.add_argument(
        "options", nargs="*", metavar="OPTION", help="after --: options of Streamlit, as -- --server.maxUploadSize 800"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from dtl.resources import dashboard

    _check_free(options.address, options.port)
    command = [sys.executable, "-m", "streamlit", "run", str(dashboard() / "app.py")]
    command += ["--server.showEmailPrompt", "false"]
    command += ["--server.headless", "true"] * options.no_browser
    command += ["--server.port", str(options.port)] if options.port else []
    command += ["--server.address", options.address] if options.address else []
    os.execv(sys.executable, [*command, *options.options])  # signals reach the server itself


def _check_free(address: str | None, port: int | None) -> None:
    """Make sure that a server can listen there.

    Raises:
        UnusableInput: where the address is not of this machine, or the port is taken.
    """
    import socket

    from dtl.spectrum import UnusableInput

    try:
        family, kind, _, _, place = socket.getaddrinfo(address or "0.0.0.0", port or 0, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        where = ":".join(str(part) for part in (address, port) if part)
        raise UnusableInput(
            f"{where}: no server can listen there ({error.strerror or error}); choose another --port, or the --address "
            "of this machine."
        ) from None
