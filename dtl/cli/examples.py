"""``dtl examples``: the simulated examples of the app, rendered anew by a bundle."""

from __future__ import annotations

import argparse

from dtl.cli.arguments import add_bundle

__all__ = ["add"]


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    parser = commands.add_parser("examples", help="render the examples of the app anew")
    add_bundle(parser)
    parser.add_argument("--output", required=True, metavar="DIR", help="folder, assets/examples in a checkout")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from dtl.bundle.store import load_bundle
    from dtl.simulation.observation import write_examples

    for file in write_examples(load_bundle(options.bundle), options.output):
        print(file)
    return 0
