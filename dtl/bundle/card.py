"""What a bundle's card says, brought into the order in which it is read. An older card may lack any of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from dtl.result import PARAMETERS

__all__ = [
    "CARD_FILE",
    "NAME_LENGTH",
    "PUBLISHED",
    "Comparison",
    "closest",
    "comparisons",
    "flattened",
    "is_plain_name",
    "least_error",
    "lookup",
    "mean_error",
    "number",
    "plain_name",
    "star_name",
    "survey_errors",
]

#: Name of the card in a bundle's folder.
CARD_FILE = "card.json"
#: Most letters of the name of a bundle.
NAME_LENGTH = 80
#: Mas-Buitrago et al. (2024): test MSE of the autoencoder, rmse of the worst of the 80 regressors kept, mean distance
#: of an observed spectrum to the nearest synthetic one in flux and (after the transfer) in latent space, MSE of
#: observed spectra before and after the transfer; and the weights of their autoencoders, counted from their layers.
PUBLISHED: dict[str, Any] = {
    "autoencoder_mse": 5e-5,
    "rmse": {"teff": 18.8, "logg": 0.065, "mh": 0.040, "vsini": 0.23},
    "gap": {"flux": 2.72, "latent_after": 0.086, "mse_before": 3e-3, "mse_after": 4e-4},
    "autoencoder_parameters": (9_874_125, 25_118_669),
}


def is_plain_name(text: str) -> bool:
    """Whether a text may be the name of a bundle, which is shown, and which files and folders are called after."""
    return bool(text.strip()) and text.isprintable() and not set(text) & set("/\\") and len(text) <= NAME_LENGTH


def plain_name(text: str, end: str = "") -> str:
    """A text as the name of a bundle, with something at its end that is kept where the whole is too long."""
    plain = "".join(c if c.isprintable() and c not in "/\\" else "-" for c in text)
    return (plain.strip() or "networks")[: NAME_LENGTH - len(end)] + end


def lookup(card: object, *keys: str) -> Any:
    """What stands under nested keys, None where any of them is absent."""
    for key in keys:
        if not isinstance(card, Mapping) or key not in card:
            return None
        card = card[key]
    return card


def number(card: object, *keys: str) -> float | None:
    """The finite number under nested keys, None where there is none."""
    value = lookup(card, *keys)
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        return float(value)
    return None


def survey_errors(card: object, parameter: str) -> dict[str, list[float]]:
    """Variant of the transfer -> rmse of a parameter on each survey, in the card's order."""
    found = {
        variant: [float(value) for value in lookup(row, parameter, "rmse") or []]
        for variant, row in (lookup(card, "metrics", "ablation") or {}).items()
    }
    return {variant: values for variant, values in found.items() if values}


def mean_error(card: object, variant: str, parameter: str, kind: str = "rmse") -> float | None:
    """Mean over the surveys of an ``rmse`` or ``bias``, or of the ``mean`` of ``latent_distance``."""
    values = lookup(card, "metrics", "ablation", variant, parameter, kind)
    return sum(values) / len(values) if values else None


def closest(card: object) -> str | None:
    """The variant of the transfer that brings observed spectra nearest to the models in latent space."""
    return _least(card, "latent_distance", "mean")


def least_error(card: object, parameter: str) -> str | None:
    """The variant of the transfer with the smallest rmse of a parameter."""
    return _least(card, parameter, "rmse")


def _least(card: object, name: str, kind: str) -> str | None:
    variants = lookup(card, "metrics", "ablation") or {}
    means = {variant: mean_error(card, variant, name, kind) for variant in variants}
    known = {variant: mean for variant, mean in means.items() if mean is not None}
    return min(known, key=known.__getitem__) if known else None


@dataclass(frozen=True)
class Comparison:
    """One parameter of one real star.

    Attributes:
        star: name.
        parameter: name of `PARAMETERS`.
        value, interval: of the networks, median over the spectra, in the parameter's unit.
        literature: published value, None where none is known.
        worst_pair: largest difference of two spectra of the star in units of their intervals, None for a single one.
        anchor: whether what the networks know of the synthetic gap was measured on this star.
        limit: whether all its spectra give v sin i as an upper limit.
    """

    star: str
    parameter: str
    value: float
    interval: float
    literature: float | None
    worst_pair: float | None
    anchor: bool
    limit: bool

    @property
    def difference(self) -> float | None:
        """Networks minus literature."""
        return None if self.literature is None else self.value - self.literature


def star_name(name: str) -> str:
    """The name of a star of a card as it is written: ``GJ 699`` for GJ699, as a folder of its spectra is called."""
    return re.sub(r"^([A-Za-z]+)(?=\d)", r"\1 ", name)


def comparisons(card: object) -> list[Comparison]:
    """Every parameter of every real star that the card has, star by star."""
    rows = []
    for star, entry in (lookup(card, "metrics", "real_stars", "stars") or {}).items():
        limits, spectra = number(entry, "flags", "upper_limit_vsini") or 0, number(entry, "spectra") or 1
        for name in PARAMETERS:
            value, interval = number(entry, name, "value"), number(entry, name, "interval")
            if value is None or interval is None:
                continue
            rows.append(
                Comparison(
                    star_name(star),
                    name,
                    value,
                    interval,
                    number(entry, name, "literature"),
                    number(entry, name, "worst_pair"),
                    bool(lookup(entry, "anchor")),
                    name == "vsini" and limits >= spectra,
                )
            )
    return rows


def flattened(values: object, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Nested settings as pairs of ``outer.inner`` and a plain value or list."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield from flattened(value, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, values
