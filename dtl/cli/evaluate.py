"""Commands that measure: ``evaluate``, ``sample-size`` and ``grid gap``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from dtl.cli.arguments import count, seed

__all__ = ["add_evaluate", "add_gap", "add_sample_size"]

#: Those of `dtl.evaluation.evaluate`, which is slow to import.
_PARTS = ("models", "surveys", "ablation", "trust", "stars")


def add_evaluate(commands: argparse._SubParsersAction, bars: Callable) -> None:
    """The command ``evaluate``; ``bars`` makes a context manager that shows progress."""
    parser = commands.add_parser("evaluate", help="the measured table of a bundle, recomputed")
    parser.add_argument("--bundle", default="common-r50000", help="name of a shipped bundle, or a folder")
    parser.add_argument(
        "--library",
        metavar="DIR",
        help="PHOENIX library the bundle was trained on; without it the simulated stars come through the decoder, and "
        "what needs the library is taken from the card",
    )
    parser.add_argument("--spectra", nargs="+", default=(), metavar="PATH", help="files of real stars")
    parser.add_argument("--stars", type=int, metavar="N", help="in each simulated survey (default: as in training)")
    parser.add_argument(
        "--parts",
        nargs="+",
        choices=_PARTS,
        default=_PARTS,
        metavar="PART",
        help=f"what is measured, the rest taken from the card: {', '.join(_PARTS)} (default: all, half an hour)",
    )
    parser.add_argument("--write", action="store_true", help="write the figures into the card of the bundle (a folder)")
    parser.add_argument("--json", action="store_true", help="one JSON object with every figure")
    parser.set_defaults(run=lambda options: _evaluate(options, bars))


def add_sample_size(commands: argparse._SubParsersAction, bars: Callable) -> None:
    """The command ``sample-size``; ``bars`` makes a context manager that shows progress."""
    parser = commands.add_parser(
        "sample-size", help="how many spectra an adaptation needs to help; goes on where it was stopped"
    )
    parser.add_argument("--bundle", default="common-r50000", help="name of a shipped bundle, or a folder")
    parser.add_argument("--output", required=True, type=Path, metavar="FILE.json", help="table, also of a stopped run")
    parser.add_argument("--counts", nargs="+", type=count, metavar="N", help="numbers of spectra (default: 4 to 128)")
    parser.add_argument("--seeds", nargs="+", type=seed, metavar="S", help="of the simulated surveys (default: three)")
    parser.set_defaults(run=lambda options: _sample_size(options, bars))


def add_gap(actions: argparse._SubParsersAction) -> None:
    """The action ``grid gap``."""
    parser = actions.add_parser("gap", help="measure the synthetic gap on real stars of known parameters")
    parser.add_argument("path", nargs="+", help="files of spectra of two stars")
    parser.add_argument("--phoenix", required=True, metavar="DIR", help="folder of the library")
    parser.add_argument("--bundle", default="common-r50000", help="whose resolution is taken")
    parser.add_argument("--output", required=True, metavar="FILE", help="description of the gap, .json")
    parser.set_defaults(run=_gap)


def _evaluate(options: argparse.Namespace, bars: Callable) -> int:
    from dtl.bundle.store import load_bundle, save_bundle
    from dtl.evaluation.evaluate import evaluate, with_metrics
    from dtl.spectrum import UnusableInput

    bundle = load_bundle(options.bundle)
    if options.write and not Path(options.bundle).is_dir():
        raise UnusableInput(f"{options.bundle}: figures are written into the folder of a bundle; give its path.")
    with bars() as progress:
        report = evaluate(
            bundle,
            library=options.library,
            spectra=options.spectra,
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
    return 0


def _print(report: dict) -> None:
    print(report["bundle"])
    for name, value in _flat(report["metrics"]):
        print(f"  {name:60s} {value:.5g}" if isinstance(value, float) else f"  {name:60s} {value}")


def _flat(value: object, name: str = "") -> list[tuple[str, object]]:
    if not isinstance(value, dict):
        return [(name, value)]
    return [row for key, part in value.items() for row in _flat(part, f"{name} {key}".strip())]


def _sample_size(options: argparse.Namespace, bars: Callable) -> int:
    import torch

    from dtl.bundle.store import load_bundle
    from dtl.evaluation.sample_size import COUNTS, SEEDS, SampleSizes, measure_sample_sizes, read_sample_sizes
    from dtl.spectrum import UnusableInput

    if options.output.suffix != ".json" or not options.output.parent.is_dir():
        raise UnusableInput(f"{options.output}: cannot be written; name a .json file in a folder that exists.")
    known = read_sample_sizes(options.output)
    torch.set_num_threads(1)
    with bars() as show:
        table = measure_sample_sizes(
            load_bundle(options.bundle),
            counts=options.counts or COUNTS,
            seeds=options.seeds or SEEDS,
            known=known.table if known else None,
            keep=lambda table: options.output.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8"),
            progress=lambda fraction, text: show("sample size", fraction, text),
        )
    enough = SampleSizes(table).enough()
    print(f"{options.output}: smaller errors in all parameters {f'from {enough} spectra on' if enough else 'nowhere'}")
    return 0


def _gap(options: argparse.Namespace) -> int:
    from dtl.bundle.store import load_bundle
    from dtl.evaluation.observed_gap import gap_of_stars
    from dtl.grid.build import GridSettings

    bundle = load_bundle(options.bundle)
    settings = bundle.card["training"]["settings"]["grid"]
    grid = GridSettings(**{k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()})
    gap = gap_of_stars(options.path, options.phoenix, bundle, grid)
    gap.save(options.output)
    print(f"{options.output}: {len(gap.centre)} lines, measured on {gap.source}")
    return 0
