"""``dtl simulate``: a simulated survey of known truth."""

from __future__ import annotations

import argparse
from pathlib import Path

from dtl.cli.arguments import add_bundle, count, positive, seed
from dtl.cli.progress import Progress

__all__ = ["add"]


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    parser = commands.add_parser("simulate", help="spectra of made-up stars at published parameters, and the truth")
    parser.add_argument("count", type=count, metavar="N", help="stars, 286 at most")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="new folder")
    add_bundle(parser, "gives the domain and, without a library, the spectra")
    parser.add_argument("--library", metavar="DIR", help="folder of a library to take the spectra from")
    parser.add_argument("--seed", type=seed, default=0, metavar="S", help="of everything random (default: 0)")
    parser.add_argument("--snr", nargs=2, type=positive, metavar=("LOW", "HIGH"), help="per pixel (default: 50 300)")
    parser.add_argument("--no-gap", action="store_true", help="stars like the models, without the synthetic gap")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from dtl.bundle.store import load_bundle
    from dtl.grid.recognition import read_library, wavelengths_around
    from dtl.simulation.gap import gap_of
    from dtl.simulation.survey_files import check_place, simulate_stars, write_survey

    check_place(options.output)
    bundle = load_bundle(options.bundle)
    library = read_library(options.library, reach=wavelengths_around(bundle.window)) if options.library else None
    with Progress() as progress:
        stars = simulate_stars(
            options.count,
            bundle,
            library,
            gap=None if options.no_gap else gap_of(bundle.card),
            snr=tuple(options.snr) if options.snr else None,
            seed=options.seed,
            progress=lambda fraction: progress("simulate", fraction),
        )
    write_survey(stars, options.output)
    print(f"{options.output}: {options.count} spectra in spectra/, their true parameters in truth.ecsv")
    return 0
