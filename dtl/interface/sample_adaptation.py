"""What `dtl.adapt` consists of: what it is told is checked, spectra become a sample, the outcome is judged."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral, Real
from typing import Any

from dtl.bundle.card import NAME_LENGTH, is_plain_name
from dtl.bundle.model import ModelBundle
from dtl.evaluation import adaptation_trust
from dtl.interface.call_checks import Source, shown
from dtl.preparation.prepare import prepare
from dtl.readers.options import ReadOptions
from dtl.spectrum import Spectrum, UnusableInput
from dtl.transfer.adaptation import check_spectra, read_spectra
from dtl.transfer.anchors import SCALES, find_anchors, read_anchors
from dtl.transfer.fine_tuning import TransferSettings
from dtl.transfer.population import Population
from dtl.transfer.sample import select_sample

__all__ = ["adapt_to_sources", "check_adaptation", "settings_of"]


def settings_of(mean_mh: object, mean_mh_error: object, *, population: bool) -> TransferSettings:
    """Settings of the transfer with what `dtl.adapt` is told of the sample.

    Raises:
        UnusableInput: for a mean [M/H] or an error that cannot be.
    """
    if not (mean_mh is None or (_is_number(mean_mh) and -5.0 <= mean_mh <= 5.0)):
        raise UnusableInput(f"mean_mh: {shown(mean_mh)} is no mean [M/H]; give a number in dex, or None.")
    if not (_is_number(mean_mh_error) and 0.0 < mean_mh_error <= 5.0):
        raise UnusableInput(f"mean_mh_error: {shown(mean_mh_error)} is no error of a mean; give one above 0 dex.")
    nothing = Population(None, main_sequence=False, slow=None)
    return TransferSettings(population=Population(mean_mh, mean_mh_error) if population else nothing)


def check_adaptation(name: object, anchors: object, seed: object) -> None:
    """Make sure that further arguments of `dtl.adapt` can be.

    Raises:
        TypeError: for a name or anchors of another kind.
        UnusableInput: for what cannot be.
    """
    if not (name is None or isinstance(name, str)):
        raise TypeError(f"name: {shown(name)} is no text; give one, or None.")
    if name and not is_plain_name(name):
        raise UnusableInput(
            f"name: {shown(name)} is none that a bundle can have; give one of at most {NAME_LENGTH} printable letters "
            "without slashes."
        )
    if not (anchors is None or isinstance(anchors, str | os.PathLike)):
        raise TypeError(f"anchors: {shown(anchors)} is neither the name of a scale nor a file; give either, or None.")
    if not (anchors is None or str(anchors) in SCALES or os.path.isfile(anchors)):
        raise UnusableInput(
            f"anchors: {shown(anchors)} is no file and no scale; give a CSV file, or one of {', '.join(SCALES)}."
        )
    if isinstance(seed, bool) or not isinstance(seed, Integral) or not 0 <= seed < 2**32:
        raise UnusableInput(f"seed: {shown(seed)} is none; give a whole number from 0 to 4294967295.")


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def adapt_to_sources(
    sources: Sequence[Source],
    start: ModelBundle,
    options: ReadOptions,
    settings: TransferSettings,
    *,
    distinct: bool,
    anchors: str | os.PathLike | None,
    accept_shift: bool,
    **details: Any,
) -> ModelBundle:
    """A bundle adapted to one spectrum a star of what can be used; what cannot is named in warnings.

    Args:
        sources: files or spectra.
        start: the bundle to start from.
        options: what is known of the files.
        settings: of the transfer.
        distinct, anchors, accept_shift: as for `dtl.adapt`.
        details: of `dtl.evaluation.adaptation_trust.adapt_to_sample`.

    Raises:
        UnusableInput: as `dtl.adapt`.
    """
    files = [source for source in sources if not isinstance(source, Spectrum)]
    spectra, digests, unusable = read_spectra(files, start, options=options)
    given = [source for source in sources if isinstance(source, Spectrum)]
    spectra += [replace(prepare(spectrum, start.target), steps=()) for spectrum in given]
    digests += [None] * (len(spectra) - len(digests))
    for sentence in unusable:
        warnings.warn(sentence, stacklevel=3)
    check_spectra(spectra, start, settings)
    sample = select_sample(spectra, start, distinct=distinct)
    for sentence in (*sample.left_out, *sample.merged):
        warnings.warn(sentence, stacklevel=3)
    kept = [digests[i] for i in sample.best(spectra)]
    known = []
    if anchors is not None:
        named = str(anchors) in SCALES
        known = find_anchors(sample.spectra, str(anchors)) if named else read_anchors(anchors, sample, spectra)
    adapted = adaptation_trust.adapt_to_sample(start, sample, settings=settings, digests=kept, anchors=known, **details)
    if (moved := adaptation_trust.shift_in_words(adapted)) and not accept_shift:
        raise UnusableInput(f"{moved} With accept_shift=True the bundle is given as it is.")
    return adapted
