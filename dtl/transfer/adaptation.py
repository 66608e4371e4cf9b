"""Adapting a bundle to a user's own spectra, without labels: reading, transfer, and what the card says of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

import numpy as np
import torch

import dtl
from dtl.bundle.card import plain_name
from dtl.bundle.model import ModelBundle
from dtl.bundle.projection import nearest
from dtl.inference.infer import encode_with_gaps
from dtl.inference.prior import prior_of
from dtl.preparation.prepare import prepare
from dtl.readers import read_spectrum
from dtl.readers.options import ReadOptions
from dtl.readers.parts import name_part, parts_of
from dtl.result import PARAMETERS
from dtl.spectrum import PreparedSpectrum, UnusableInput
from dtl.training.augmentation import Augmentation
from dtl.transfer.fine_tuning import Transfer, TransferSettings, held_out, transfer
from dtl.transfer.population import Population
from dtl.transfer.sample import MIN_STARS
from dtl.transfer.trust_in_start import with_trust

__all__ = ["MIN_SPECTRA", "adapt", "check_spectra", "make_sample", "notes", "read_spectra"]

#: Spectra without which there is no gap to learn.
MIN_SPECTRA = 4


def read_spectra(
    paths: Sequence[str | os.PathLike],
    bundle: ModelBundle,
    *,
    options: ReadOptions = ReadOptions(),
    every: bool = False,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> tuple[list[PreparedSpectrum], list[str], list[str]]:
    """Read and prepare files for a bundle.

    Args:
        paths: of the files.
        bundle: whose resolution and wavelengths are wanted.
        options: the user's word on what the files are.
        every: whether all spectra of a file that holds several are taken, rather than one.
        progress: called with the fraction done and the name of a file.

    Returns:
        The spectra that can be used, without the steps of their preparation; the sha256 of the file of each; and one
        sentence for each file that cannot be used, a second copy of a file among them.
    """
    spectra: list[PreparedSpectrum] = []
    digests: list[str] = []
    unusable: list[str] = []
    for i, path in enumerate(map(Path, paths)):
        progress(i / len(paths), path.name)
        try:
            first = read_spectrum(path, window=bundle.window, options=options)
            with path.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
        except UnusableInput as error:
            unusable.append(str(error))
            continue
        if digest in digests:
            known = spectra[digests.index(digest)].spectrum.file
            unusable.append(f"{path} is a copy of {known}, which would count twice; it was left out.")
            continue
        parts = parts_of(first, options) if every and first.spectra > 1 else []
        for part in parts or [None]:
            try:
                spectrum = first
                if part is not None:
                    name = name_part(path.name, part.title)
                    spectrum = read_spectrum(path, window=bundle.window, name=name, options=part.options)
                spectra.append(replace(prepare(spectrum, bundle.target), steps=()))
            except UnusableInput as error:
                unusable.append(str(error))
                continue
            digests.append(digest)
    progress(1.0, "")
    return spectra, digests, unusable


def check_spectra(prepared: Sequence[PreparedSpectrum], bundle: ModelBundle, settings: TransferSettings) -> None:
    """Make sure that a bundle can be adapted to spectra.

    Raises:
        UnusableInput: for fewer than four, or a mean [M/H] that no model has.
    """
    if len(prepared) < MIN_SPECTRA:
        raise UnusableInput(
            f"Usable spectra: {len(prepared)}, too few to learn from them how real stars differ from models; "
            f"give spectra of {MIN_STARS} stars at least, better thirty."
        )
    mean, known = settings.population.mean_mh, bundle.nodes[:, 2]
    if mean is not None and not known.min() <= mean <= known.max():
        raise UnusableInput(
            f"A mean [M/H] of {mean:g} lies outside what {bundle.name} knows, {known.min():.2f} to {known.max():.2f}; "
            "give one inside, or leave the statements on the sample out."
        )


def notes(count: int, settings: TransferSettings) -> list[str]:
    """What has to be said of a transfer to so many spectra, one sentence each."""
    population = settings.population
    judges = held_out(count, settings)
    learned = count - judges
    if learned >= population.least or (population.mean_mh is None and population.slow is None):
        return []
    rest = f" (another {judges} only judge when to stop)" if judges else ""
    return [
        f"{learned} stars to learn from{rest} are fewer than the {population.least} that make a sample: what is "
        "known of the mean [M/H] and of slow rotators is not used, and the zero points of [M/H] and v sin i stay "
        "uncertain."
    ]


def make_sample(count: int, settings: TransferSettings = TransferSettings()) -> bool:
    """Whether of so many stars enough are learned from for statements on the sample, as of its mean [M/H]."""
    return count - held_out(count, settings) >= settings.population.least


def adapt(
    bundle: ModelBundle,
    prepared: Sequence[PreparedSpectrum],
    *,
    name: str | None = None,
    digests: Sequence[str] | None = None,
    settings: TransferSettings = TransferSettings(),
    start: ModelBundle | None = None,
    anchors: int = 0,
    seed: int = 42,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
    watch: Callable[[dict[str, float]], None] = lambda row: None,
) -> ModelBundle:
    """Adapt a bundle to spectra of unknown stars.

    The transfer starts from the networks as they are where they have learned from a family of gaps, which is near the
    truth for any sample; else from those that have learned from models alone. The card of the new bundle has an entry
    ``adapted`` with the spectra, the settings, the history of the transfer, the synthetic gap for models alone, before
    (with the bundle as given) and after, and by how much the parameters moved in the mean from before to after.

    Args:
        bundle: to start from.
        prepared: the spectra, as prepared for it.
        name: of the new bundle; None for that of the bundle with ``-adapted``.
        digests: sha256 of the file of each spectrum, for the card.
        settings: of the transfer.
        start: what the transfer goes on from instead: the bundle as adapted to the same spectra before.
        anchors: how many of the stars have known parameters, of which ``settings`` tell; for the card.
        seed: of everything random.
        progress: called with the fraction done and a word; what it raises ends the work.
        watch: called with each row of the history of the transfer as soon as it is known.

    Raises:
        UnusableInput: for fewer than four spectra, or a mean [M/H] that no model has.
    """
    check_spectra(prepared, bundle, settings)
    source = bundle.source
    flux, good = (np.stack([getattr(p, part) for p in prepared]) for part in ("flux", "good"))
    progress(0.0, "before")
    looks = {"models_alone": _look(source, flux, good)}
    looks["before"] = _look(bundle, flux, good) if bundle.target_encoder is not None else looks["models_alone"]
    augmentation = Augmentation()
    before = "the networks before the anchors" if start is not None else f"{source.name} {source.version}"
    start = start or (source if prior_of(bundle.card) is None else bundle)
    filled = looks["before"].filled
    said, given = notes(len(prepared), settings), settings.population
    settings = with_trust(start, filled, settings)
    learned = transfer(start, filled, settings, augmentation, seed=seed, progress=progress, watch=watch)
    looks["after"] = _look(learned.bundle, flux, good)
    entry = _entry(source, prepared, digests or [None] * len(prepared), looks, learned)
    entry |= {
        "settings": asdict(settings) | {"augmentation": asdict(augmentation)},
        "seed": seed,
        "notes": said,
    }
    called = plain_name(name) if name else plain_name(source.name, "-adapted")
    known = _known(settings, given, len(prepared), before)
    card = _card(source, prepared, known, called, entry, anchors=anchors)
    progress(1.0, "")
    return replace(learned.bundle, card=card)


@dataclass(frozen=True)
class _Look:
    """What a bundle makes of spectra.

    Attributes:
        filled: flux with its missing points filled; shape ``(k, n)``.
        residual_rms: of data minus reconstruction over the good points.
        distance: to the nearest node in latent space, median.
        means: of the parameters over the spectra; shape ``(4,)``.
    """

    filled: np.ndarray
    residual_rms: float
    distance: float
    means: np.ndarray


def _look(bundle: ModelBundle, flux: np.ndarray, good: np.ndarray) -> _Look:
    """Flux as prepared and which points are good; shape ``(k, n)`` each."""
    filled, latents = encode_with_gaps(flux, good, bundle)
    residual = (flux - bundle.reconstruct(latents))[good]
    distance = nearest(latents, bundle.latents, 1)[1]
    means = [float(bundle.regress(latents, name).mean()) for name in PARAMETERS]
    return _Look(filled, float(np.sqrt(np.mean(residual**2))), float(np.median(distance)), np.array(means))


def _entry(
    source: ModelBundle,
    prepared: Sequence[PreparedSpectrum],
    digests: Sequence[str | None],
    looks: dict[str, _Look],
    learned: Transfer,
) -> dict[str, Any]:
    """What the card says of the adaptation itself, the settings aside."""
    return {
        "from": f"{source.name} {source.version}",
        "spectra": len(prepared),
        "files": [
            {"file": p.spectrum.file, "sha256": digest, "simulated": p.spectrum.simulated}
            for p, digest in zip(prepared, digests, strict=True)
        ],
        "history": learned.history,
        "gap": {
            "rule": "rms of data minus reconstruction; median distance to the nearest model in latent space",
            "residual_rms": {when: look.residual_rms for when, look in looks.items()},
            "latent_distance": {when: look.distance for when, look in looks.items()},
            "strength": learned.strength,
        },
        "mean_change": dict(zip(PARAMETERS, (looks["after"].means - looks["before"].means).tolist(), strict=True)),
        "versions": {"dtl": dtl.__version__, "torch": torch.__version__, "numpy": np.__version__},
    }


def _card(
    source: ModelBundle,
    prepared: Sequence[PreparedSpectrum],
    known: list[str],
    name: str,
    entry: dict[str, Any],
    *,
    anchors: int,
) -> dict[str, Any]:
    """The card of the new bundle; ``entry`` describes the adaptation, ``known`` what was taken as known."""
    kind = "simulated" if all(p.spectrum.simulated for p in prepared) else "observed"
    labels = f", {anchors} of them of stars of known parameters" if anchors else " without labels"
    stars = f"spectra of {len(prepared)} stars" + (f", {anchors} of them with known parameters" if anchors else labels)
    return source.card | {
        "name": name,
        "created": datetime.now(UTC).strftime("%Y-%m-%d"),
        "data": source.card.get("data", {}) | {"observed": f"{len(prepared)} spectra{labels}, see adapted"},
        "limits": _limits(stars, source, known, entry["notes"]),
        "transfer": {"spectra": len(prepared), "what": f"{kind} spectra{labels}", "history": entry["history"]},
        "adapted": entry,
    }


def _known(settings: TransferSettings, given: Population, count: int, before: str) -> list[str]:
    """What was taken as known of a sample of so many stars, in words.

    Args:
        settings: as used.
        given: population as the user gave it.
        count: of the stars.
        before: what the transfer started from.
    """
    population, known = settings.population, []
    if population.mean_mh is not None and make_sample(count, settings):
        found = f", as found by {before}" if population.mean_mh != given.mean_mh else ""
        known.append(f"a mean [M/H] of {population.mean_mh:.2f} dex".replace("-", "\N{MINUS SIGN}") + found)
    if population.teff_offset is not None:
        word = f"{population.teff_offset:+.0f} K from that of" if population.teff_offset else "as found by"
        known.append(f"a mean Teff {word} {before}")
    if population.vsini_offset is not None:
        word = f"{population.vsini_offset:+.1f} km/s from that of" if population.vsini_offset else "as found by"
        known.append(f"a median v sin i {word} {before}")
    known += ["log g on the main sequence"] if population.main_sequence else []
    if population.slow is not None and make_sample(count, settings):
        known.append(f"{100 * population.slow:.0f} % of the stars with v sin i <= {population.slow_vsini:g} km/s")
    return known


def _limits(spectra: str, origin: ModelBundle, known: list[str], said: list[str]) -> list[str]:
    """What the new card says plainly: its own limits, then those that were said of the bundle before."""
    name = f"{origin.name} {origin.version}"
    return [
        f"Adapted to {spectra}. For stars unlike them, or observed by another spectrograph, it may be worse than "
        "before.",
        f"Taken as known of the sample: {', '.join(known) or 'nothing'}.",
        f"The metrics, and what counts as unlike the models, are those of {name}: they were not measured again.",
        *said,
        *(f"Said of {name}: {limit}" for limit in origin.card.get("limits", [])),
    ]
