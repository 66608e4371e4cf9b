"""``dtl app``: the dashboard in the browser, from any folder."""

from __future__ import annotations

import argparse
import os
import sys

from dtl.cli.arguments import count

__all__ = ["add"]


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    parser = commands.add_parser("app", help="open the dashboard in the browser")
    parser.add_argument("--port", type=count, metavar="N", help="of the server (default: 8501, or the next free one)")
    parser.add_argument("--address", metavar="HOST", help="to listen on, as localhost (default: all of this machine)")
    parser.add_argument("--no-browser", action="store_true", help="only serve, open no browser")
    parser.add_argument(
        "options", nargs="*", metavar="OPTION", help="after --: options of Streamlit, as -- --server.maxUploadSize 800"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from dtl.resources import dashboard

    command = [sys.executable, "-m", "streamlit", "run", str(dashboard() / "app.py")]
    command += ["--server.showEmailPrompt", "false"]
    command += ["--server.headless", "true"] * options.no_browser
    command += ["--server.port", str(options.port)] if options.port else []
    command += ["--server.address", options.address] if options.address else []
    os.execv(sys.executable, [*command, *options.options])  # signals reach the server itself
