"""``dtl sample-size``: how many spectra an adaptation needs to help."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from dtl.cli.arguments import add_bundle, check_output, count, seed
from dtl.cli.engine import add_engine, engine_of
from dtl.cli.progress import Progress
from dtl.resources import write_whole

__all__ = ["add"]


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "sample-size", help="how many spectra an adaptation needs to help; resumes an interrupted run"
    )
    add_bundle(parser)
    parser.add_argument("--output", required=True, type=Path, metavar="FILE.json", help="table, also of a stopped run")
    parser.add_argument("--counts", nargs="+", type=count, metavar="N", help="numbers of spectra (default: 4 to 128)")
    parser.add_argument("--seeds", nargs="+", type=seed, metavar="S", help="of the simulated surveys (default: three)")
    add_engine(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    import torch

    from dtl.bundle.store import load_bundle
    from dtl.evaluation.sample_size import COUNTS, SEEDS, SampleSizes, measure_sample_sizes, read_begun

    check_output(options.output, [".json"], "a table of sample sizes")
    known = read_begun(options.output)
    torch.set_num_threads(1)
    with Progress() as progress:
        table = measure_sample_sizes(
            load_bundle(options.bundle),
            counts=options.counts or COUNTS,
            seeds=options.seeds or SEEDS,
            known=known,
            engine=engine_of(options, progress.say),
            keep=lambda table: write_whole(options.output, json.dumps(table, indent=1) + "\n"),
            progress=lambda fraction, text: progress("sample size", fraction, text),
        )
    enough = SampleSizes(table).enough()
    print(f"{options.output}: smaller errors in all parameters {f'from {enough} spectra on' if enough else 'nowhere'}")
    return 0
