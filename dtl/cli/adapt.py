"""Commands for many stars: ``adapt`` and ``simulate``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from dtl.cli.arguments import add_reading, count, number, positive, reading, seed

__all__ = ["add_adapt", "add_simulate"]


def add_adapt(commands: argparse._SubParsersAction, bars: Callable) -> None:
    """The command ``adapt``; ``bars`` makes a context manager that shows progress."""
    adapt = commands.add_parser("adapt", help="adapt a bundle to spectra of your own, without labels")
    adapt.add_argument("path", nargs="+", help="files of spectra, four at least; better thirty or more of one sample")
    adapt.add_argument("--bundle", required=True, metavar="NAME", help="name of a shipped bundle, or a folder")
    adapt.add_argument("--output", required=True, type=Path, metavar="DIR", help="new folder, which names the bundle")
    sample = adapt.add_mutually_exclusive_group()
    sample.add_argument("--mean-mh", type=number, metavar="X", help="mean [M/H] of the sample (default: -0.05)")
    sample.add_argument(
        "--no-population",
        action="store_true",
        help="take nothing as known of the sample: no mean [M/H], no main sequence, no slow rotators",
    )
    adapt.add_argument("--seed", type=seed, default=42, metavar="S", help="of everything random (default: 42)")
    add_reading(adapt)
    adapt.set_defaults(run=lambda options: _adapt(options, bars))


def add_simulate(commands: argparse._SubParsersAction, bars: Callable) -> None:
    """The command ``simulate``; ``bars`` makes a context manager that shows progress."""
    simulate = commands.add_parser("simulate", help="spectra of made-up stars at published parameters, and the truth")
    simulate.add_argument("count", type=count, metavar="N", help="stars, 286 at most")
    simulate.add_argument("--output", required=True, type=Path, metavar="DIR", help="new folder")
    simulate.add_argument(
        "--bundle",
        default="common-r50000",
        metavar="NAME",
        help="gives the domain and, without a library, the spectra (default: common-r50000)",
    )
    simulate.add_argument("--library", metavar="DIR", help="folder of a library to take the spectra from")
    simulate.add_argument("--seed", type=seed, default=0, metavar="S", help="of everything random (default: 0)")
    simulate.add_argument("--snr", nargs=2, type=positive, metavar=("LOW", "HIGH"), help="per pixel (default: 50 300)")
    simulate.add_argument("--no-gap", action="store_true", help="stars like the models, without the synthetic gap")
    simulate.set_defaults(run=lambda options: _simulate(options, bars))


def _adapt(options: argparse.Namespace, bars: Callable) -> int:
    from dataclasses import replace

    from dtl.bundle.store import check_new_place, load_bundle, save_bundle
    from dtl.transfer.adaptation import adapt, check_spectra, notes, read_spectra
    from dtl.transfer.fine_tuning import TransferSettings
    from dtl.transfer.population import Population

    check_new_place(options.output)
    bundle = load_bundle(options.bundle)
    population = Population(mean_mh=None, main_sequence=False, slow=None) if options.no_population else Population()
    if options.mean_mh is not None:
        population = replace(population, mean_mh=options.mean_mh)
    settings = TransferSettings(population=population)
    with bars() as show:
        spectra, digests, refused = read_spectra(
            options.path, bundle, options=reading(options), progress=lambda f, text: show("reading", f, text)
        )
    for sentence in refused:
        print(sentence, file=sys.stderr)
    check_spectra(spectra, bundle, settings)
    for sentence in notes(len(spectra), settings):
        print(sentence, file=sys.stderr)
    options.output.mkdir(parents=True, exist_ok=True)  # where it cannot be made, that is said before the work
    with bars() as show:
        adapted = adapt(
            bundle,
            spectra,
            name=options.output.resolve().name,
            digests=digests,
            settings=settings,
            seed=options.seed,
            progress=lambda fraction, text: show("adapt", fraction, text),
        )
    save_bundle(adapted, options.output)
    gap = adapted.card["adapted"]["gap"]
    before, after = ((100 * gap["residual_rms"][when], gap["latent_distance"][when]) for when in ("before", "after"))
    print(f"{options.output}: adapted to {len(spectra)} spectra; misfit {before[0]:.2f} % before, {after[0]:.2f} % "
          f"after; latent distance {before[1]:.2f} and {after[1]:.2f}")  # fmt: skip
    return 2 if refused else 0


def _simulate(options: argparse.Namespace, bars: Callable) -> int:
    from dtl.bundle.store import load_bundle
    from dtl.grid.phoenix import read_library
    from dtl.simulation.gap import read_gap
    from dtl.simulation.survey_files import check_place, simulate_stars, write_survey

    check_place(options.output)
    bundle = load_bundle(options.bundle)
    library = read_library(options.library) if options.library else None
    with bars() as show:
        stars = simulate_stars(
            options.count,
            bundle,
            library,
            gap=None if options.no_gap else read_gap(),
            snr=tuple(options.snr) if options.snr else None,
            seed=options.seed,
            progress=lambda fraction: show("simulate", fraction, ""),
        )
    write_survey(stars, options.output)
    print(f"{options.output}: {options.count} spectra in spectra/, their true parameters in truth.ecsv")
    return 0
