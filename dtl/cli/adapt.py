"""``dtl adapt``: a bundle adapted to spectra of your own, without labels."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from dtl.cli.arguments import add_reading, filled, number, reading, seed
from dtl.cli.paths import expand_paths
from dtl.cli.progress import Progress

if TYPE_CHECKING:
    from dtl.bundle.model import ModelBundle
    from dtl.spectrum import PreparedSpectrum
    from dtl.transfer.anchors import Anchor
    from dtl.transfer.sample import Sample

__all__ = ["add"]


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    parser = commands.add_parser("adapt", help="adapt a bundle to spectra of your own, without labels")
    parser.add_argument(
        "path",
        nargs="+",
        type=filled,
        help="files of spectra of ten stars at least, better thirty or more of one sample and one instrument; folders; "
        "@list.txt, a path a line",
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
    parser.add_argument(
        "--mean-mh-error",
        type=number,
        metavar="X",
        help="1 sigma of the mean [M/H], which widens the intervals by what it does to them (default: 0.1)",
    )
    parser.add_argument(
        "--distinct",
        action="store_true",
        help="each spectrum is of another star, also where two look alike or have one name",
    )
    parser.add_argument(
        "--anchors",
        nargs="?",
        const="",
        metavar="FILE.csv",
        help="let stars of known parameters among them fix the zero points of Teff and [M/H]: published stars, "
        "recognised by name, or those of a table with the columns file, teff, teff_error, mh, mh_error",
    )
    parser.add_argument(
        "--scale", help="of the published stars: mann15, interferometry, marfil21 or passegger19 (default: mann15)"
    )
    parser.add_argument(
        "--yes",
        action="store_true",
        help="write the bundle also where it moves the sample's mean Teff by more than 40 K or mean [M/H] by 0.1",
    )
    parser.add_argument("--seed", type=seed, default=42, metavar="S", help="of everything random (default: 42)")
    add_reading(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from dtl.bundle.store import check_new_place, load_bundle, save_bundle
    from dtl.evaluation.adaptation_trust import adapt_to_sample, shift_in_words
    from dtl.spectrum import UnusableInput
    from dtl.transfer.adaptation import check_spectra, notes, read_spectra
    from dtl.transfer.fine_tuning import TransferSettings
    from dtl.transfer.population import Population
    from dtl.transfer.sample import select_sample

    check_new_place(options.output)
    table, paths = _anchor_table(options)
    known = reading(options)
    bundle = load_bundle(options.bundle)
    population = Population(mean_mh=None, main_sequence=False, slow=None) if options.no_population else Population()
    if options.mean_mh is not None:
        population = replace(population, mean_mh=options.mean_mh)
    if options.mean_mh_error is not None:
        if options.mean_mh_error <= 0:
            raise UnusableInput(f"--mean-mh-error {options.mean_mh_error:g} must be above 0 dex.")
        population = replace(population, mean_mh_error=options.mean_mh_error)
    settings = TransferSettings(population=population)
    with Progress() as progress:
        spectra, digests, unusable = read_spectra(
            expand_paths(paths),
            bundle,
            options=known,
            every=options.row == "all",
            progress=lambda f, text: progress("reading", f, text),
        )
        for sentence in unusable:
            progress.say(sentence)
        check_spectra(spectra, bundle, settings)
        sample = select_sample(spectra, bundle, distinct=options.distinct)
        for sentence in (*sample.left_out, *sample.merged, *notes(len(sample.spectra), settings)):
            progress.say(sentence)
        anchors = _anchors(options, table, sample, spectra)
        with _place(options.output):
            adapted = adapt_to_sample(
                bundle,
                sample,
                name=options.output.resolve().name,
                digests=[digests[i] for i in sample.best(spectra)],
                settings=settings,
                anchors=anchors,
                seed=options.seed,
                progress=lambda fraction, text: progress("adapt", fraction, text),
            )
            moved = shift_in_words(adapted)
            if moved and not options.yes:
                raise UnusableInput(f"{options.output} was not written. {moved} With --yes it is written as it is.")
            save_bundle(adapted, options.output)
    _tell(adapted, options.output)
    if moved:
        print(moved)
    return 2 if unusable else 0


@contextmanager
def _place(folder: Path) -> Iterator[None]:
    """A folder that is made before the work, so that where it cannot be that is said first; it stays if it is filled.

    Raises:
        OSError: where it cannot be made.
    """
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        if new:
            with suppress(OSError):  # it is filled
                folder.rmdir()


def _anchor_table(options: argparse.Namespace) -> tuple[str, list[str]]:
    """The table of anchors, empty where there is none, and the paths: a spectrum after the bare option is one of these.

    Raises:
        UnusableInput: for a scale without anchors, or one beside a table.
    """
    from dtl.spectrum import UnusableInput

    given, paths = options.anchors, list(options.path)
    if given and not given.casefold().endswith(".csv"):
        given, paths = "", [given, *paths]
    if options.scale is not None and (options.anchors is None or given):
        raise UnusableInput(
            "--scale goes with --anchors without a table: it says which published values the anchors have."
        )
    return given or "", paths


def _anchors(options: argparse.Namespace, table: str, sample: Sample, spectra: list[PreparedSpectrum]) -> list[Anchor]:
    from dtl.transfer.anchors import DEFAULT_SCALE, find_anchors, read_anchors

    if options.anchors is None:
        return []
    if table:
        return read_anchors(table, sample, spectra)
    return find_anchors(sample.spectra, options.scale or DEFAULT_SCALE)


def _tell(adapted: ModelBundle, output: Path) -> None:
    """The verdict, what anchors did, and how the gap changed."""
    from dtl.evaluation.anchored_adaptation import anchors_in_words

    entry = adapted.card["adapted"]
    gap = entry["gap"]
    before, after = ((100 * gap["residual_rms"][when], gap["latent_distance"][when]) for when in ("before", "after"))
    print(entry["verdict"]["sentence"])
    for sentence in anchors_in_words(entry["anchors"]) if "anchors" in entry else []:
        print(sentence)
    print(
        f"{output}: adapted to {entry['stars']} stars ({entry['exposures']} spectra); residual rms "
        f"{before[0]:.2f} % before, {after[0]:.2f} % after; latent distance {before[1]:.2f} and {after[1]:.2f}"
    )
