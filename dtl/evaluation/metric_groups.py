"""Groups of a card's metrics that can be measured apart. Apart from what measures them, which is slow to import."""

from __future__ import annotations

__all__ = ["METRIC_GROUPS"]

#: Name -> what it is measured on.
METRIC_GROUPS: dict[str, str] = {
    "models": "model spectra",
    "surveys": "simulated surveys",
    "gaps": "kinds of synthetic gaps that networks have not met (minutes)",
    "adapted": "the same kinds, by networks adapted to thirty of their stars (half an hour)",
    "ablation": "simulated surveys, by every way of transfer (minutes)",
    "trust": "spectra that must not pass",
    "stars": "real stars",
}
