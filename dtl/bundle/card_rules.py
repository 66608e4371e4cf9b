"""What the entries of a bundle's card have to be, where the program uses them; a card that is otherwise is damaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

from dtl.bundle.card import NAME_LENGTH, is_plain_name, lookup
from dtl.result import PARAMETERS

__all__ = ["check_card"]


class _Kind(NamedTuple):
    """What a value may be: the test of it, and the same in words."""

    allows: Callable[[Any], bool]
    words: str


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def _is_range(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value)) and value[0] < value[1]


def _between(low: float, high: float) -> _Kind:
    return _Kind(lambda value: _is_number(value) and low <= value <= high, f"a number from {low:g} to {high:g}")


#: How deep a card's sets of names and lists lie in each other: pages and checksums go through all of them.
_MAX_DEPTH = 20
#: Most layers of an encoder, most latents, and most of their widths and of lines.
_MAX_LAYERS, _MAX_LATENTS, _MAX_WIDTH, _MAX_LINES = 16, 1024, 100_000, 1000
_ANY = _Kind(lambda value: True, "anything")
_TEXT = _Kind(lambda value: isinstance(value, str), "a text")
_FILLED = _Kind(lambda value: isinstance(value, str) and bool(value.strip()), "a text that is not empty")
_NAME = _Kind(
    lambda value: isinstance(value, str) and is_plain_name(value),
    f"a name of 1 to {NAME_LENGTH} printable letters, none a slash or a backslash,",
)
_RANGE = _Kind(_is_range, "a lower and an upper end")
_LIST = _Kind(lambda value: isinstance(value, list) and len(value) <= _MAX_LINES, "a list of usual length")
_WAVELENGTH = _between(1e3, 1e6)
#: A figure that was measured, or could not be.
_FIGURE = _Kind(lambda value: value is None or _is_number(value), "a number")
_FIGURES = _Kind(lambda value: isinstance(value, list) and all(map(_is_number, value)), "a list of numbers")
_WIDTHS = _Kind(
    lambda value: (
        isinstance(value, list) and 0 < len(value) <= _MAX_LAYERS and all(_is_count(v, _MAX_WIDTH) for v in value)
    ),
    f"a list of 1 to {_MAX_LAYERS} widths",
)

#: Place in the card -> what stands there, if anything does; ``*`` is any name, or any part of a list.
_RULES: dict[str, _Kind] = {
    "name": _NAME,
    "version": _FILLED,
    "lines": _LIST,
    "lines.*.species": _TEXT,
    "lines.*.air": _WAVELENGTH,
    "lines.*.reference": _TEXT,
    "telluric_lines": _LIST,
    "telluric_lines.*": _WAVELENGTH,
    "step": _between(1e-5, 100.0),
    "resolution": _between(1e3, 1e6),  # spectra are broadened to it: memory goes as the width of what blurs them
    "parameters.*.unit": _TEXT,
    "parameters.*.range": _RANGE,
    "nodes.count": _between(1, 1e7),
    "hull.*": _ANY,
    "architecture.layout": _TEXT,
    "architecture.hidden": _WIDTHS,
    "architecture.n_latent": _Kind(lambda value: _is_count(value, _MAX_LATENTS), f"a count from 1 to {_MAX_LATENTS}"),
    "architecture.regressor": _TEXT,
    "training.seed": _between(0, 2**32 - 1),
    "training.settings.*": _ANY,
    "data.*": _ANY,
    "limits": _LIST,
    "limits.*": _TEXT,
    "calibration.*.scale": _between(1e-3, 1e3),
    "calibration.*.floor": _between(0.0, 1e4),
    "trust.percentile": _between(0.0, 101.0),
    "trust.false_alarms": _between(0.0, 1.0),
    "trust.scores.*": _TEXT,
    "prior.mean_mh": _between(-5.0, 5.0),
    "prior.spread_mh": _between(1e-3, 5.0),
    "prior.logg_scatter": _between(1e-3, 5.0),
    "transfer.spectra": _FIGURE,
    "transfer.history.*.*": _ANY,
    "search.rows.*.*": _ANY,
    "versions.*": _ANY,
    "projector_error.*.*": _FIGURE,
    "metrics.test_nodes": _FIGURE,
    "metrics.autoencoder_mse": _FIGURE,
    "metrics.pca_mse.*": _FIGURE,
    "metrics.rmse_noise_free.*": _FIGURE,
    "metrics.rmse_snr100.*": _FIGURE,
    "metrics.survey.stars": _FIGURE,
    "metrics.survey.before.*.*": _FIGURE,
    "metrics.survey.after.*.*": _FIGURE,
    "metrics.survey_at_snr.*.*.*": _FIGURE,
    "metrics.gap.*": _FIGURE,
    "metrics.gain.*": _FIGURE,
    "metrics.coverage_1_sigma.*.*": _FIGURE,
    "metrics.false_alarms.*": _FIGURE,
    "metrics.unseen_gaps.*.errors.*.*": _FIGURE,
    "metrics.unseen_gaps.*.coverage.*": _FIGURE,
    "metrics.unseen_gaps.*.flagged": _FIGURE,
    "metrics.adapted_gaps.*": _ANY,
    "metrics.trust.flagged.*": _FIGURE,
    "metrics.trust.left_out.*": _TEXT,
    "metrics.real_stars.stars.*.flags.*": _FIGURE,
    "metrics.real_stars.refused.*": _TEXT,
    "metrics.ablation.*.*.*": _FIGURES,
    "adapted.spectra": _FIGURE,
    "adapted.verdict.*": _ANY,
    "adapted.left_out.*": _TEXT,
    "adapted.merged.*": _TEXT,
    "adapted.mean_change.*": _FIGURE,
    "adapted.history.*.*": _ANY,
}
#: What every card has, and what a card has that says anything of a matter: the first bundles did not say all.
_NEEDED = (
    "name", "version", "resolution", "architecture.hidden", "architecture.n_latent",
    *(f"calibration.{name}.{part}" for name in PARAMETERS for part in ("scale", "floor")),
)  # fmt: skip
_NEEDED_WITH = {
    "parameters": tuple(f"parameters.{name}.range" for name in PARAMETERS),
    "trust": ("trust.percentile",),
    "prior": ("prior.mean_mh", "prior.spread_mh", "prior.logg_scatter"),
}


def check_card(card: Mapping[str, Any]) -> None:
    """Make sure that a card says what the program needs, in numbers, texts and lists that make sense.

    The window is judged by `dtl.bundle.window.window_of`.

    Raises:
        ValueError: with what is wrong, as the middle of a sentence.
    """
    _check_values(card, _MAX_DEPTH)
    for place, kind in _RULES.items():
        _check(card, place.split("."), kind)
    needed = [*_NEEDED, *(place for part, places in _NEEDED_WITH.items() if part in card for place in places)]
    for place in needed:
        if lookup(card, *place.split(".")) is None:
            raise ValueError(f"its card says nothing of {place}")


def _check_values(value: object, depth: int) -> None:
    """Make sure that anything in a card can be shown and written: texts of whole letters, and numbers that floats hold.

    Raises:
        ValueError: where it cannot; UnicodeEncodeError is one.
        OverflowError: for a whole number with hundreds of digits.
    """
    if not depth:
        raise ValueError("its card holds sets of names within each other that no card has")
    if isinstance(value, Mapping | list):
        for key, part in value.items() if isinstance(value, Mapping) else enumerate(value):
            _check_values(str(key), depth - 1)
            _check_values(part, depth - 1)
    elif isinstance(value, str):
        value.encode()
    elif isinstance(value, int):
        float(value)


def _check(value: object, path: Sequence[str], kind: _Kind, place: str = "") -> None:
    """Test what stands at a path from a part of the card, whose ``place`` is named in messages."""
    if not path:
        if not kind.allows(value) or (isinstance(value, float) and not isfinite(value) and kind is not _FIGURE):
            raise ValueError(f"its card gives {place} as {str(value)[:40]}, where {kind.words} belongs")
        return
    name, *rest = path
    if isinstance(value, list) and name == "*":
        parts: Mapping[Any, Any] = dict(enumerate(value))
    elif isinstance(value, Mapping):
        parts = value
    else:
        raise ValueError(f"its card gives {place or 'itself'} as {str(value)[:40]}, where a set of names belongs")
    for key in parts if name == "*" else [name] if name in parts else []:
        _check(parts[key], rest, kind, f"{place}.{key}" if place else str(key))
