"""A flag in a few words: which value, and by how much it broke which limit."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from dtl.flags import Doubt
from dtl.result import PARAMETERS, InferenceResult
from dtl.rounding import decimals, format_number, rounded

__all__ = ["named", "remarks", "short_reason"]


def short_reason(doubt: Doubt, *, beside_value: bool = False) -> str:
    """Why a value is flagged, in a few words with its figures; the sentence of the doubt says all.

    Args:
        doubt: the flag with what raised it.
        beside_value: whether the words stand with the value, so that they need not repeat it.
    """
    if beside_value and doubt.flag in _BESIDE:
        return _BESIDE[doubt.flag]
    if beside_value and doubt.flag == "outside_grid" and (words := _at_end(doubt)):
        return _as_sentence(words)
    if doubt.flag in _WORDS:
        try:
            return _WORDS[doubt.flag](doubt)
        except TypeError:  # a doubt without the figures
            pass
    return doubt.flag.replace("_", " ").capitalize()


def remarks(result: InferenceResult) -> str:
    """All flags of a spectrum, each with its figures where they are known, or ``none``."""
    known = {doubt.flag: short_reason(_cut(doubt, result)) for doubt in reversed(result.doubts)}
    words = [known.get(flag, flag.replace("_", " ")) for flag in result.flags]
    return "; ".join(map(_as_sentence, words)) or "none"


def named(sentence: str) -> str:
    """A sentence of the program that says which flags a spectrum has, with names for their codes."""
    return _FLAGGED.sub(lambda found: ", ".join(map(_name, found[0].split(", "))), sentence)


def _name(flag: str) -> str:
    return _NAMES.get(flag, flag.replace("_", " "))


def _as_sentence(words: str) -> str:
    """Words with a capital, unless they begin with the name of a parameter, as log g."""
    named = words.startswith(tuple(label for label, _, _ in PARAMETERS.values()))
    return words if named else words[:1].upper() + words[1:]


def _cut(doubt: Doubt, result: InferenceResult) -> Doubt:
    """A doubt about the value of a parameter with that value as the cards have it: cut by its interval."""
    estimate = result.estimates[doubt.parameters[0]] if doubt.parameters else None
    if estimate is None or estimate.withheld or doubt.value != estimate.value:
        return doubt
    places = PARAMETERS[doubt.parameters[0]][2]
    return replace(doubt, value=rounded(estimate.value, decimals(min(estimate.lower, estimate.upper), places)))


def _at_end(doubt: Doubt) -> str:
    """That a value, or its interval alone, lies beyond an end of the models; empty where the doubt is another."""
    if doubt.limit is None or not doubt.parameters:
        return ""
    _, unit, places = PARAMETERS[doubt.parameters[0]]
    end = f"the end of the models, {format_number(doubt.limit, places)} {unit}"
    if "beyond the end of the models" in doubt.sentence:
        return f"beyond {end}"
    return f"interval reaches {end}" if "where the models end" in doubt.sentence else ""


def _outside(doubt: Doubt) -> str:
    if words := _at_end(doubt):
        label, _, places = PARAMETERS[doubt.parameters[0]]
        value = "" if doubt.value is None else f" {format_number(doubt.value, places)}"
        return f"{label}{value}, {words}"
    if "below the main sequence" in doubt.sentence and doubt.value is not None:
        return f"log g {format_number(doubt.value, 2)}, a dwarf has more than {format_number(doubt.limit, 2)}"
    if doubt.value is not None:
        return f"No model within {format_number(doubt.value, 1)} units (limit {format_number(doubt.limit, 0)})"
    return "Outside the models"


def _missing(doubt: Doubt) -> str:
    missing, limit = format_number(100 * doubt.value, 1), format_number(100 * doubt.limit, 0)
    return f"{missing} % of the window missing (limit {limit} %)"


#: The codes after these words, as `dtl.transfer.sample` says why a spectrum is left out.
_FLAGGED = re.compile(r"(?<= is flagged )[a-z_]+(?:, [a-z_]+)*(?=; it was left out|, which most others are not)")
#: Names of the flags whose code is none.
_NAMES = {
    "outside_grid": "outside the models",
    "out_of_distribution": "unlike any model",
    "low_snr": "low S/N",
    "snr_implausible": "S/N implausible",
    "rv_uncertain": "radial velocity uncertain",
    "rv_implausible": "radial velocity implausible",
}
#: Words beside a value that tells the rest.
_BESIDE = {"upper_limit_vsini": "95 % limit, not resolved"}
_WORDS: dict[str, Callable[[Doubt], str]] = {
    "outside_grid": _outside,
    "out_of_distribution": lambda doubt: (
        f"Unlike any model, more so than {'all' if doubt.value >= 99.95 else f'{format_number(doubt.value, 1)} % of'} "
        f"good spectra (limit {format_number(doubt.limit, 1)} %)"
    ),
    "low_snr": lambda doubt: f"S/N {format_number(doubt.value, 0)}, below {format_number(doubt.limit, 0)}",
    "snr_implausible": lambda doubt: f"S/N {doubt.value:,.0f}, above {doubt.limit:,.0f}",
    "resolution_too_low": lambda doubt: f"Resolution {doubt.value:,.0f}, models {doubt.limit:,.0f}",
    "window_incomplete": _missing,
    "rv_uncertain": lambda doubt: f"Radial velocity uncertain: match {format_number(doubt.value, 2)} of 1",
    "rv_implausible": lambda doubt: (
        f"Radial velocity implausible: {format_number(doubt.value, 0)} km/s (limit {format_number(doubt.limit, 0)})"
    ),
    "wavelengths_doubtful": lambda doubt: "Two steps of the wavelengths",
    "upper_limit_vsini": lambda doubt: f"v sin i < {format_number(doubt.limit, 1)} km/s, not resolved",
    "value_withheld": lambda doubt: "No star has this value",
    "logg_from_main_sequence": lambda doubt: "log g by the main sequence",
}
