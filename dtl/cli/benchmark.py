"""``dtl benchmark``: how long an answer takes on this machine."""

from __future__ import annotations

import argparse
import json

from dtl.cli.arguments import add_bundle, count

__all__ = ["add"]


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    parser = commands.add_parser("benchmark", help="how long an answer takes on this machine")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--file", metavar="PATH", help="spectrum (default: a shipped example)")
    add_bundle(parser)
    parser.add_argument("--repeat", type=count, default=7, metavar="N", help="runs whose median is taken")
    parser.add_argument(
        "--files", type=count, metavar="N", help="also how many files a second `predict --into` answers, of N"
    )
    parser.add_argument(
        "--runs", type=count, nargs="+", metavar="N", help="also memory and speed of runs of N files, as 100 1000"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from dtl.evaluation.benchmark import DEFAULT_FILE, measure_times

    times = measure_times(options.file or DEFAULT_FILE, bundle=options.bundle, repeats=options.repeat)
    if options.files:
        from dtl.batch.throughput import measure_throughput
        from dtl.bundle.store import load_bundle

        path, bundle = options.file or DEFAULT_FILE, load_bundle(options.bundle)
        times["batch"] = measure_throughput(path, bundle, files=max(2, options.files))
    if options.runs:
        from dtl.batch.throughput import measure_runs

        times["runs"] = measure_runs(options.file or DEFAULT_FILE, options.bundle, files=options.runs)
    if options.json:
        print(json.dumps(times))
    else:
        for stage, seconds in times["seconds"].items():
            print(f"{stage:15s}{1000 * seconds:9.1f} ms")
        rates = times["batch"]["workers"] if options.files else {}
        for workers, rate in rates.items():
            print(f"{workers} worker{'' if workers == '1' else 's':6s}{rate:9.1f} files/s")
        for files, run in times.get("runs", {}).items():
            print(f"{files + ' files':15s}{run['memory_mb']:9d} MB{run['rate']:9.1f} files/s")
    return 0
