"""``dtl evaluate``: the measured table of a bundle, recomputed."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from dtl.cli.arguments import add_bundle, count, filled
from dtl.cli.paths import expand_paths
from dtl.cli.progress import Progress
from dtl.evaluation.metric_groups import METRIC_GROUPS

__all__ = ["add"]


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    parser = commands.add_parser("evaluate", help="the measured table of a bundle, recomputed")
    add_bundle(parser)
    parser.add_argument(
        "--library",
        metavar="DIR",
        help="PHOENIX library the bundle was trained on; without it the simulated stars come through the decoder, and "
        "what needs the library is taken from the card",
    )
    parser.add_argument(
        "--spectra", nargs="+", type=filled, default=(), metavar="PATH", help="files of real stars; folders; @list.txt"
    )
    parser.add_argument("--stars", type=count, metavar="N", help="in each simulated survey (default: as in training)")
    parser.add_argument(
        "--parts",
        nargs="+",
        choices=list(METRIC_GROUPS),
        default=list(METRIC_GROUPS),
        metavar="PART",
        help=f"what is measured, the rest taken from the card: {', '.join(METRIC_GROUPS)} (default: all, two hours)",
    )
    parser.add_argument(
        "--calibrate",
        action="store_true",
        help="fit the intervals, and what is usual in good stars, anew before anything is measured; with --write",
    )
    parser.add_argument("--write", action="store_true", help="write the figures into the card of the bundle (a folder)")
    parser.add_argument("--json", action="store_true", help="one JSON object with every figure")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from dtl.bundle.store import load_bundle, save_bundle
    from dtl.evaluation.evaluate import evaluate, recalibrated, with_metrics
    from dtl.spectrum import UnusableInput

    bundle = load_bundle(options.bundle)
    if options.write and not Path(options.bundle).is_dir():
        raise UnusableInput(f"{options.bundle}: figures are written into the folder of a bundle; give its path.")
    if options.calibrate and not options.write:
        raise UnusableInput("--calibrate: changes the bundle; say --write too, with the folder of the bundle.")
    with Progress() as progress:
        if options.calibrate:
            bundle = recalibrated(bundle, library=options.library, progress=progress)
        report = evaluate(
            bundle,
            library=options.library,
            spectra=expand_paths(options.spectra),
            parts=options.parts,
            stars=options.stars,
            progress=progress,
        )
    if options.write:
        save_bundle(with_metrics(bundle, report["metrics"]), options.bundle)
    if options.json:
        print(json.dumps(report))
    else:
        _print(report)
    refused = report["metrics"].get("real_stars", {}).get("refused", []) if options.spectra else []
    for sentence in refused:
        print(sentence, file=sys.stderr)
    return 2 if refused else 0


def _print(report: dict) -> None:
    print(report["bundle"])
    for name, value in _flat(report["metrics"]):
        print(f"  {name:60s} {value:.5g}" if isinstance(value, float) else f"  {name:60s} {value}")


def _flat(value: object, name: str = "") -> list[tuple[str, object]]:
    if not isinstance(value, dict):
        return [(name, value)]
    return [row for key, part in value.items() for row in _flat(part, f"{name} {key}".strip())]
