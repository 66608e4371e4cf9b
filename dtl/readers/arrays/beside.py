"""What a name means by those that stand beside it: the corrected one of two, an error of the mean beside a scatter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dtl.readers.arrays.called_after import called_after
from dtl.readers.arrays.several import has_light, share_lines
from dtl.readers.pixels.bad_pixels import is_mask
from dtl.readers.words.names import NO_NAME, Name, parse_name, split_words

__all__ = ["by_neighbours", "cost_of_words", "marks_faults"]

#: Transmission of the atmosphere as molecfit calls it (Smette et al. 2015, A&A 576, A77).
_TRANSMISSION = "mtrans"
#: What it writes before names of fluxes and uncertainties that were corrected by it, ``cflux``, ``tacflux``.
_CORRECTED = re.compile(r"tac_?|c")
#: Words for a flux before something was done to it and after, "RAW" beside "SUB"; alone, or with those of its role.
_BEFORE = {"raw", "gross", "observed", "obs", "original", "orig", "uncorrected", "boxcar", "box", "sum"}
_AFTER = {"sub", "subtracted", "corrected", "corr", "clean", "cleaned", "tc"}
#: The same of a way to extract it, which names of wavelengths and uncertainties have too.
_EXTRACTED = {"optimal", "opt"}
#: Words that something was done, where "corr" may stand for what it was done with, and factors that fluxes of one star
#: differ by at most, and by which a flux that is not normalised differs from one at least.
_DONE = {"subtracted", "removed", "corrected", "cleaned", "free", "without"}
_SAME_LEVEL, _NOT_NORMALISED = 3.0, 10.0
#: How much further from the plain word a flux is that was not corrected.
_UNCORRECTED = 0.3
#: What an uncertainty costs that is named after another flux, see `dtl.readers.arrays.roles`.
_OTHER_FLUX = 0.05
#: How much nearer to it is one that the sky was taken from.
_WITHOUT_SKY = 0.12
#: A difference, with the sky as what is taken away.
_MINUS = re.compile(r"(?<=\w)(?:\s*[-−]\s*|[\s_]+minus[\s_]+)(?=sky|bkg|background|bg)", re.IGNORECASE)
#: Words of what the sky or the lines of the air are no longer in.
_FREED = {"sub", "subtracted", "removed", "corrected", "corr", "free", "no", "without", "less"}
#: Part of the pixels that is kept, at least, where those that are not are faults.
_MOST = 0.5
#: Words of flags: of pixels that are used, of those that are not, and beside these.
_KEPT = {"use", "used", "ok", "okay", "keep", "kept", "include", "included", "accepted", "selected"}
_LEFT_OUT = {"cosmic", "cosmics", "cr", "crs", "crhit", "hit", "reject", "exclude", "excluded", "saturated"}
_LEFT_OUT |= {"saturation", "hot", "dead", "ignore", "ignored", "unused", "not", "contaminated"}
_LEFT_OUT |= {"flagged", "clipped", "nonlinear", "notused", "persistence"}
_OF_FLAGS = {"is", "has", "to", "be", "pixel", "pixels", "pix", "ray", "rays"}
#: Words of a mask of what belongs to the star or to the work with it, and of faults, as of lines of the sky.
_OF_STAR = {"line", "lines", "feature", "features", "absorption", "continuum", "cont", "fit", "fitted", "region"}
_OF_STAR |= {"regions", "segment", "segments", "order", "orders", "window", "molecular", "atomic", "molecule"}
_OF_STAR |= {"stellar", "triplet", "core", "cores", "wing", "wings", "ccf", "roi"}
_OF_STAR |= {"activity", "halpha", "tio", "vo", "feh"}
#: Elements and ions whose lines stars like these have, as in "CaII" and "Fe1".
_OF_STAR |= {"ca", "caii", "cai", "fe", "fei", "feii", "ti", "tii", "tiii", "nai", "mg", "mgi", "si", "al"}
_FAULTS = {"bad", "badpix", "sky", "telluric", "tellurics", "tell", "airglow", "oh", "reject", "rejected", "outlier"}
_FAULTS |= {"h2o", "o2", "water", "atm", "atmosphere", "atmospheric", "ghost", "ghosts", "persistence"}
#: A mask in one word: of bad pixels, or of what is used.
_MASK = re.compile(
    r"(?:bp|bad|cr|cosmic|hot|dead|pix|pixel|sat|sky|tell|telluric)(?:mask|flags?)|is(?:bad|masked)|(?:hot|dead)pix(?:els?)?"
)
_GOOD_MASK = re.compile(r"(?:use|used|ok|keep|good|valid)(?:mask|flags?|pix(?:els?)?)|is(?:good|ok|valid|used)")
#: Words of an error of the mean, and of the scatter of the exposures that it is the mean of.
_OF_MEAN, _OF_EACH = {"sem", "stderr"}, {"std", "stddev", "stdev", "sd", "rms", "deviation", "sigma"}


def by_neighbours(columns: Sequence[str], names: Sequence[Name], values: Sequence[np.ndarray]) -> list[Name]:
    """What the names of columns say, where others change it.

    Args:
        columns: names as in the file.
        names: what each says alone.
        values: their numbers, as a factor or a mask is called "corr" or "clean" too, which has not the lines of a flux.
    """
    names = called_after(columns, _flags(columns, names, values), values)
    names = _counted(columns, names)
    names = _corrected(columns, _calibrated(columns, _sigmas(columns, names), values), values)
    names = _treated(columns, _less_sky(columns, _stages(columns, names, values)), values)
    return _means(columns, _treated_alone(columns, names))


def cost_of_words(uncertainty: str, flux: str) -> float:
    """That of an uncertainty named after another word for a flux than this is, as ``counts_err`` beside ``flux``."""
    own, other = (
        {word for word in split_words(name) if parse_name(word).role == "flux"} for name in (flux, uncertainty)
    )
    return _OTHER_FLUX if own and other and not own & other else 0.0


def marks_faults(column: str) -> bool:
    """Whether 1 is bad in a mask by its name, as in ``bad_pixel`` and ``telluric_mask``, and in no ``mask`` alone."""
    words = set(split_words(column))
    return bool(words & (_FAULTS | _LEFT_OUT | {"flag", "flags", "dq", "bpm"})) and not words & (
        _KEPT | {"good", "not"}
    )


def _calibrated(columns: Sequence[str], names: Sequence[Name], values: Sequence[np.ndarray]) -> list[Name]:
    """Names where ``cal_flux`` is no lamp's, but was calibrated: it has another flux's lines, or is the only one."""
    found = list(names)
    for i, (column, name) in enumerate(zip(columns, names, strict=True)):
        words = set(split_words(column))
        if name.role != "lamp" or "cal" not in words or not any(parse_name(word).role == "flux" for word in words):
            continue
        fluxes = [j for j, other in enumerate(names) if other.role == "flux"]
        alone = not any(other.role in ("flux", "order", "") for other in names)
        if alone or any(share_lines(values[i], values[j]) for j in fluxes):
            found[i] = parse_name("flux_cal")
    return found


def _flags(columns: Sequence[str], names: Sequence[Name], values: Sequence[np.ndarray]) -> list[Name]:
    """Names where flags are called after what is done with their pixels, "keep" or "saturated", or mark no fault.

    Where few pixels are kept the others are no faults: those few were chosen for a measurement.
    """
    found = list(names)
    for i, (column, name) in enumerate(zip(columns, names, strict=True)):
        words = {word.rstrip("0123456789") for word in split_words(column)}
        if name.role == "mask" and words & _OF_STAR and not words & (_LEFT_OUT | _FAULTS):
            found[i] = NO_NAME
        masks, used = ({word for word in words if form.fullmatch(word)} for form in (_MASK, _GOOD_MASK))
        kept, left = words & _KEPT | used, words & _LEFT_OUT | masks
        if name.role in ("sky", "telluric") and set(np.unique(values[i])) == {0.0, 1.0}:  # no light, no transmission
            left |= words & (_FAULTS | {"line", "lines"})
        free = name.role in ("", "pixel") or bool(left & _FAULTS)
        if free and (kept or left) and words <= kept | left | _OF_FLAGS and is_mask(values[i]):
            good = bool(kept) and not left
            chosen = good and np.nanmean(values[i] > 0) < _MOST
            found[i] = NO_NAME if chosen else Name("mask", good=good)
    return found


def _stages(columns: Sequence[str], names: Sequence[Name], values: Sequence[np.ndarray]) -> list[Name]:
    """Names where none is a flux, but one is the word for it before something was done, and one after."""
    words = [set(split_words(column)) if not name.role else set() for column, name in zip(columns, names, strict=True)]
    stages = [(bool(own) and own <= _BEFORE, bool(own) and own <= _AFTER | _EXTRACTED) for own in words]
    if any(name.role == "flux" for name in names) or not all(map(any, zip(*stages, strict=True))):
        return list(names)
    first = [own for own, (before, _) in zip(values, stages, strict=True) if before]
    return [
        Name("flux", doubt=_UNCORRECTED)
        if before
        else Name("flux", stem=frozenset(said & _EXTRACTED or {"corrected"}))
        if after and any(share_lines(own, other) for other in first)
        else name
        for (before, after), name, own, said in zip(stages, names, values, words, strict=True)
    ]


def _treated(columns: Sequence[str], names: Sequence[Name], values: Sequence[np.ndarray]) -> list[Name]:
    """Names where ``telluric_corrected`` or ``sky_sub`` stands beside ``flux``: that of which this is said."""
    found = list(names)
    plain = next((i for i, name in enumerate(names) if name.role == "flux" and not name.stem), None)
    for i, (column, name) in enumerate(zip(columns, names, strict=True)):
        words = set(split_words(column))
        if plain is None or name.role not in ("sky", "telluric") or not words & _FREED:
            continue
        level, own = (abs(float(np.nanmedian(values[place]))) for place in (plain, i))
        if not (level < own * _SAME_LEVEL and own < level * _SAME_LEVEL and share_lines(values[i], values[plain])):
            continue
        model = any(other.role == name.role for j, other in enumerate(names) if j != i)
        if name.role == "sky" or words & _DONE or model or max(level, 1.0 / level) > _NOT_NORMALISED:
            found[i] = Name("flux", stem=frozenset({"corrected"}))
            found[plain] = replace(names[plain], doubt=names[plain].doubt + _UNCORRECTED)
    return found


def _counted(columns: Sequence[str], names: Sequence[Name]) -> list[Name]:
    """Names where all are one letter and a number, ``f0``, ``f1`` ... as numpy writes them: they say nothing, and what
    a description says stays."""
    words = [re.fullmatch(r"\s*([a-z])\d+\s*", name, re.IGNORECASE) for name in columns]
    counted = len(columns) > 1 and len({word[1].lower() if word else "" for word in words}) == 1 and all(words)
    return [
        NO_NAME if counted and said == parse_name(name) else said for name, said in zip(columns, names, strict=True)
    ]


def _sigmas(columns: Sequence[str], names: Sequence[Name]) -> list[Name]:
    """Names where ``err2`` stands beside ``err1``: that of a second flux, and no square."""
    words, found = {name.strip().lower() for name in columns}, list(names)
    for i, (column, name) in enumerate(zip(columns, names, strict=True)):
        word = column.strip().lower()
        if name.kind == "variance" and word.endswith("2") and f"{word[:-1]}1" in words:
            found[i] = replace(name, kind=parse_name(f"{column.strip()[:-1]}1").kind)
    return found


def _less_sky(columns: Sequence[str], names: Sequence[Name]) -> list[Name]:
    """Names where ``OBJ-SKY`` stands beside ``OBJ``: that difference is the light of the star."""
    words, found = [name.strip().lower() for name in columns], list(names)
    for i, word in enumerate(words):
        parts = [part.strip() for part in _MINUS.split(word)]
        if len(parts) != 2 or parts[0] not in words:
            continue
        whole, sky = names[words.index(parts[0])], parse_name(parts[1])
        if whole.role in ("flux", "") and sky.role == "sky":
            found[i] = replace(whole, role="flux", doubt=whole.doubt - _WITHOUT_SKY)
    return found


def _treated_alone(columns: Sequence[str], names: Sequence[Name]) -> list[Name]:
    """Names where nothing can be the flux but what the sky or the lines of the air were taken from, ``tell_corr``."""
    if any(name.role in ("flux", "order", "") for name in names):
        return list(names)
    return [
        Name("flux", doubt=_UNCORRECTED)
        if name.role in ("sky", "telluric") and (set(split_words(column)) & _FREED or _MINUS.search(column.strip()))
        else name
        for column, name in zip(columns, names, strict=True)
    ]


def _corrected(columns: Sequence[str], names: Sequence[Name], values: Sequence[np.ndarray]) -> list[Name]:
    """Names where ``flux_corr`` stands beside ``flux``, or with a transmission ``cflux`` or ``tacflux``: corrected.

    The same of their uncertainties, ``dflux`` and ``cdflux``.
    """
    by_air = any(name.role == "telluric" for name in names) or _TRANSMISSION in [c.strip().lower() for c in columns]
    words, found = [_words(column) for column in columns], list(names)
    for i in sorted(range(len(names)), key=lambda i: names[i].role == "uncertainty"):  # these follow their fluxes
        column, name = columns[i], names[i]
        own, done = words[i] - _AFTER, bool(words[i] & _AFTER)
        prefix = _CORRECTED.match(column.strip().lower()) if by_air and not done else None
        if prefix:
            own, done = _words(column.strip()[prefix.end() :]), True
        plain = [j for j, other in enumerate(words) if done and other - _BEFORE == own and not other & _AFTER]
        role = next((names[j].role for j in plain if names[j].role in ("flux", "uncertainty")), "none")
        plain = [j for j in plain if names[j].role == role and j != i]
        if name.role not in ("", role) or not plain:
            continue
        if name.role == "uncertainty" and name.stem and ("flux", name.stem) in [(n.role, n.stem) for n in found]:
            continue  # of a flux that was not found to be the corrected one
        if role == "flux" and not (has_light(values[i]) and any(share_lines(values[i], values[j]) for j in plain)):
            continue
        first = names[plain[0]]
        found[i] = replace(first, stem=(first.stem - _BEFORE) | {"corrected"})
        for j in plain:
            found[j] = replace(names[j], doubt=names[j].doubt + _UNCORRECTED)
    return found


def _words(column: str) -> set[str]:
    """Words of a name but for "flux", which goes without saying."""
    return set(split_words(column)) - {"flux"}


def _means(columns: Sequence[str], names: Sequence[Name]) -> list[Name]:
    """Names where the error of a mean stands beside a standard deviation: this is that of single exposures."""
    words = [
        set(split_words(name)) if said.role == "uncertainty" else set()
        for name, said in zip(columns, names, strict=True)
    ]
    if not any(own & _OF_MEAN for own in words):
        return list(names)
    each = [bool(own & _OF_EACH) and not own & _OF_MEAN for own in words]
    return [replace(said, stem=said.stem | {"each"}) if of else said for said, of in zip(names, each, strict=True)]
