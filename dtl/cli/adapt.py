"""``dtl adapt``: a bundle adapted to spectra of your own, without labels."""

from __future__ import annotations

import argparse
from pathlib import Path

from dtl.cli.arguments import add_reading, filled, number, reading, seed
from dtl.cli.paths import expand_paths
from dtl.cli.progress import Progress

__all__ = ["add"]


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    parser = commands.add_parser("adapt", help="adapt a bundle to spectra of your own, without labels")
    parser.add_argument(
        "path",
        nargs="+",
        type=filled,
        help="files of spectra, four at least, better thirty or more of one sample; folders; @list.txt, a path a line",
    )
    parser.add_argument(
        "--bundle", required=True, type=filled, metavar="NAME", help="name of a shipped bundle, or a folder"
    )
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="new folder, which names the bundle")
    sample = parser.add_mutually_exclusive_group()
    sample.add_argument("--mean-mh", type=number, metavar="X", help="mean [M/H] of the sample (default: -0.05)")
    sample.add_argument(
        "--no-population",
        action="store_true",
        help="take nothing as known of the sample: no mean [M/H], no main sequence, no slow rotators",
    )
    parser.add_argument("--seed", type=seed, default=42, metavar="S", help="of everything random (default: 42)")
    add_reading(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from dtl.bundle.store import check_new_place, load_bundle, save_bundle
    from dtl.transfer.adaptation import adapt, check_spectra, notes, read_spectra
    from dtl.transfer.fine_tuning import TransferSettings
    from dtl.transfer.population import Population

    check_new_place(options.output)
    known = reading(options)
    bundle = load_bundle(options.bundle)
    population = Population(mean_mh=None, main_sequence=False, slow=None) if options.no_population else Population()
    if options.mean_mh is not None:
        population = replace(population, mean_mh=options.mean_mh)
    settings = TransferSettings(population=population)
    with Progress() as progress:
        spectra, digests, unusable = read_spectra(
            expand_paths(options.path),
            bundle,
            options=known,
            every=options.row == "all",
            progress=lambda f, text: progress("reading", f, text),
        )
        for sentence in unusable:
            progress.say(sentence)
        check_spectra(spectra, bundle, settings)
        for sentence in notes(len(spectra), settings):
            progress.say(sentence)
        options.output.mkdir(parents=True, exist_ok=True)  # where it cannot be made, that is said before the work
        adapted = adapt(
            bundle,
            spectra,
            name=options.output.resolve().name,
            digests=digests,
            settings=settings,
            seed=options.seed,
            progress=lambda fraction, text: progress("adapt", fraction, text),
        )
    save_bundle(adapted, options.output)
    gap = adapted.card["adapted"]["gap"]
    before, after = ((100 * gap["residual_rms"][when], gap["latent_distance"][when]) for when in ("before", "after"))
    print(
        f"{options.output}: adapted to {len(spectra)} spectra; residual rms {before[0]:.2f} % before, "
        f"{after[0]:.2f} % after; latent distance {before[1]:.2f} and {after[1]:.2f}"
    )
    return 2 if unusable else 0
