"""Spectra that must not pass as an ordinary M dwarf, and how many of them carry a flag or are not usable."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from dtl.bundle.model import ModelBundle
from dtl.flags import doubts
from dtl.inference.infer import infer
from dtl.preparation.prepare import prepare
from dtl.result import InferenceResult
from dtl.simulation import faults, strange_stars
from dtl.simulation.exposures import SimulationInputs, draw_star, expose, finish, load_inputs
from dtl.spectrum import PreparedSpectrum, Spectrum, UnusableInput

__all__ = ["KINDS", "contaminants", "draw", "flagged_fractions", "is_flagged", "left_out", "ordinary", "outcomes"]

#: Makes one spectrum from random numbers and what stars are drawn from; raises where the inputs lack something.
Generator = Callable[[np.random.Generator, SimulationInputs], Spectrum]

KINDS: dict[str, Generator] = {
    "cool": strange_stars.cool,
    "hot": strange_stars.hot,
    "giant": strange_stars.giant,
    "binary": strange_stars.binary,
    "close_binary": strange_stars.close_binary,
    "veiled": strange_stars.veiled,
    "featureless": strange_stars.featureless,
    "noise": strange_stars.noise,
    "other_range": faults.other_range,
    "reversed": faults.reversed_window,
    "wrong_medium": faults.wrong_medium,
    "wrong_frame": faults.wrong_frame,
    "cosmic_storm": faults.cosmic_storm,
    "fringed": faults.fringed,
    "sky_emission": faults.sky_emission,
    "telluric": faults.telluric,
    "clipped": faults.clipped,
    "stretched": faults.stretched,
    "wrong_resolution": faults.wrong_resolution,
}

#: A doubt that does not say that the spectrum is no ordinary M dwarf; any other does.
_FAINT = "low_snr"


def ordinary(rng: np.random.Generator, inputs: SimulationInputs) -> Spectrum:
    """What should pass: one M dwarf with a synthetic gap, in the barycentric frame. The control of the suite."""
    return finish(rng, expose(rng, draw_star(rng, inputs)), inputs)


def contaminants(
    bundle: ModelBundle, count: int, seed: int, library: str | Path | None = None
) -> list[tuple[str, Spectrum]]:
    """The suite: ``count`` spectra of each kind that can be made.

    Args:
        bundle: whose decoder makes the stars.
        count: of each kind.
        seed: of all random numbers; a kind's spectra depend neither on the other kinds nor on ``count``.
        library: folder of a PHOENIX library. Without one the kinds ``cool`` and ``other_range`` are left out, as
            `left_out` says.

    Raises:
        UnusableInput: where the folder holds no library.
    """
    return draw(load_inputs(bundle, library), count, seed)


def draw(
    inputs: SimulationInputs, count: int, seed: int, kinds: Mapping[str, Generator] = KINDS
) -> list[tuple[str, Spectrum]]:
    """``count`` spectra of each kind that the inputs allow, with the name of their kind."""
    absent = left_out(inputs, kinds)
    return [
        (kind, replace(make(_random(seed, kind, i), inputs), file=f"{kind}-{i}"))
        for kind, make in kinds.items()
        if kind not in absent
        for i in range(count)
    ]


def left_out(inputs: SimulationInputs, kinds: Mapping[str, Generator] = KINDS) -> dict[str, str]:
    """Kind -> why it cannot be made of these inputs."""
    reasons = {}
    for kind, make in kinds.items():
        try:
            make(_random(0, kind, 0), inputs)
        except UnusableInput as error:
            reasons[kind] = str(error)
    return reasons


def _random(seed: int, kind: str, index: int) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(kind.encode()), index])


def outcomes(spectra: Iterable[Spectrum], bundle: ModelBundle) -> list[InferenceResult | UnusableInput]:
    """What becomes of each spectrum: an answer, or the refusal of the preparation."""
    prepared = [_prepared(spectrum, bundle) for spectrum in spectra]
    answers = iter(infer([p for p in prepared if not isinstance(p, UnusableInput)], bundle))
    return [p if isinstance(p, UnusableInput) else next(answers) for p in prepared]


def _prepared(spectrum: Spectrum, bundle: ModelBundle) -> PreparedSpectrum | UnusableInput:
    try:
        return prepare(spectrum, bundle.target)
    except UnusableInput as error:
        return error


def is_flagged(outcome: InferenceResult | UnusableInput) -> bool:
    """Whether a spectrum was not usable, or carries a flag that doubts it for more than faintness."""
    return isinstance(outcome, UnusableInput) or bool(set(doubts(outcome.flags)) - {_FAINT})


def flagged_fractions(spectra: Iterable[tuple[str, Spectrum]], bundle: ModelBundle) -> dict[str, float]:
    """Kind -> part of its spectra that is flagged or not usable, 0 to 1, in the order in which the kinds come."""
    pairs = list(spectra)
    found: dict[str, list[bool]] = {}
    for (kind, _), outcome in zip(pairs, outcomes((s for _, s in pairs), bundle), strict=True):
        found.setdefault(kind, []).append(is_flagged(outcome))
    return {kind: sum(each) / len(each) for kind, each in found.items()}
