"""``dtl merge``: the parts of a run in one table."""

from __future__ import annotations

import argparse
from pathlib import Path

from dtl.cli.arguments import check_output, filled

__all__ = ["add"]


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    parser = commands.add_parser("merge", help="one table of a run of `predict --into`")
    parser.add_argument("run_folder", type=Path, metavar="RUN", help="folder of the run")
    parser.add_argument(
        "--output",
        required=True,
        type=filled,
        metavar="FILE",
        help="table; the ending names the format: .ecsv, .fits, .vot, .csv or .parquet",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from dtl.batch.merge import merge_run
    from dtl.export.tables import FORMATS

    check_output(options.output, FORMATS, "a table")
    rows, refused = merge_run(options.run_folder, options.output)
    words = f", {refused} not usable, see {options.run_folder / 'failures.ecsv'}" if refused else ""
    print(f"{options.output}: {rows} spectra{words}")
    return 0
