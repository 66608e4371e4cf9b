"""Where the jobs of a command run: processes of this machine, or the workers of a Dask cluster."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from dtl.cli.arguments import check_installed, count, filled

if TYPE_CHECKING:
    from dtl.parallel.engine import Engine

__all__ = ["add_engine", "check_engine", "engine_of"]


def add_engine(parser: argparse.ArgumentParser, workers: str = "processes of this machine (default: 1)") -> None:
    """Add the options that choose it.

    Args:
        parser: of the command.
        workers: what the processes of this machine are, with their default.
    """
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=count, metavar="N", help=workers)
    where.add_argument(
        "--scheduler",
        type=filled,
        metavar="ADDRESS",
        help="of a Dask scheduler of your own, as tcp://node:8786, whose workers take the place of these processes",
    )


def check_engine(options: argparse.Namespace) -> None:
    """Make sure, before the work, that what was chosen can be had.

    Raises:
        UnusableInput: where Dask is needed and not installed.
    """
    if options.scheduler:
        check_installed("distributed")


def engine_of(options: argparse.Namespace, say: Callable[[str], None], workers: int = 1) -> Engine:
    """What was chosen.

    Args:
        options: of the command.
        say: called with a sentence where a cluster has to be waited for.
        workers: processes of this machine where none of the options was given.

    Raises:
        UnusableInput: where Dask is needed and not installed.
    """
    from dtl.parallel.engine import Engine

    check_engine(options)
    return Engine(options.workers or workers, options.scheduler, say)
