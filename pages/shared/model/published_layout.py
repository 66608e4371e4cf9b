"""The layout of the publication, trained on the same spectra, as the card says."""

from __future__ import annotations

from dtl.bundle.card import flattened, lookup
from dtl.result import PARAMETERS
from dtl.rounding import format_significant
from pages.shared.core import tables, wording
from pages.shared.model import card_parts

__all__ = ["published_layout"]


def published_layout(card: dict) -> None:
    """The layout of the publication, trained on the same spectra."""
    card_parts.heading(
        "The published layout, trained here",
        "published-layout",
        "Networks with the layers and losses of the publication, and a third of its steps, trained on the model "
        "spectra of this program.",
    )
    values = lookup(card, "metrics", "published_layout")
    if not values:
        card_parts.lacking("the published layout")
        return
    pairs = list(flattened(values))
    tables.text_table(
        {
            "Figure": [wording.plain(_words(name)) for name, _ in pairs],
            "Value": [wording.plain(_value(value)) for _, value in pairs],
        },
        "Figures of the published layout trained on the same spectra",
    )


def _words(name: str) -> str:
    """The name of a figure for a person: ``rmse_noise_free.teff`` as ``rmse noise free, Teff``."""
    parts = [PARAMETERS[part][0] if part in PARAMETERS else part.replace("_", " ") for part in name.split(".")]
    return ", ".join(part.replace("mse", "MSE") if part.endswith("autoencoder mse") else part for part in parts)


def _value(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else format_significant(value, 3)
