"""The quantities of stars that colour, size and histograms may show, with their ranges among the published stars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["QUANTITIES", "Quantity"]


@dataclass(frozen=True)
class Quantity:
    """A number that stars have.

    Attributes:
        label: its name, plain text.
        unit: empty where it has none.
        low, high: range of the colour scale.
        ticks: values written at the scale.
        sizes: values whose markers are shown as a key.
        step: width of a bin of its histogram, in dex where ``logarithmic``.
        places: decimals shown.
        logarithmic: whether colours, sizes and bins go by the logarithm.
    """

    label: str
    unit: str
    low: float
    high: float
    ticks: tuple[float, ...]
    sizes: tuple[float, ...]
    step: float
    places: int
    logarithmic: bool = False

    @property
    def title(self) -> str:
        """Name and unit, as ``[M/H] [dex]``."""
        return f"{self.label} [{self.value_unit}]" if self.unit else self.label

    @property
    def value_unit(self) -> str:
        """Unit of values in brackets: log g is that of cm s⁻², and differs by dex."""
        return "cm s⁻²" if self.label == "log g" else self.unit

    def scaled(self, values: float | np.ndarray) -> np.ndarray:
        """Values as they are, or their decadic logarithms where ``logarithmic``; any shape."""
        values = np.asarray(values, float)
        return np.log10(values) if self.logarithmic else values

    def edges(self, values: np.ndarray) -> np.ndarray:
        """Edges of the bins of a histogram of ``values``, shape ``(n,)``: multiples of ``step``, not scaled back."""
        scaled = self.scaled(values) / self.step
        first, last = np.floor(scaled.min() + 1e-9), np.floor(scaled.max() + 1e-9) + 1
        return np.arange(first, last + 1) * self.step

    def text(self, value: float) -> str:
        """A value with its decimals and a true minus sign."""
        text = f"{value:.3g}" if self.label == "Luminosity" else f"{value:.{self.places}f}"
        return text.replace("-", "\N{MINUS SIGN}")


#: Column of `dtl.catalogue.published_stars.stars` -> quantity. The range of [M/H] is that of the published figure.
QUANTITIES: dict[str, Quantity] = {
    "mh": Quantity(
        "[M/H]", "dex", -0.53, 0.25, (-0.5, -0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2), (-0.5, -0.1, 0.2), 0.1, 1
    ),
    "teff": Quantity("Teff", "K", 3050, 4290, (3200, 3400, 3600, 3800, 4000, 4200), (3100, 3600, 4200), 100, 0),
    "logg": Quantity("log g", "dex", 4.65, 5.11, (4.7, 4.8, 4.9, 5.0, 5.1), (4.7, 4.9, 5.1), 0.05, 1),
    "vsini": Quantity("v sin i", "km/s", 1.4, 38.4, (2, 3, 5, 10, 20, 30), (2, 10, 30), 0.1, 0, True),
    "luminosity": Quantity(
        "Luminosity", "L☉", 1e-3, 0.14, (0.001, 0.003, 0.01, 0.03, 0.1), (0.002, 0.02, 0.1), 0.2, 3, True
    ),
    "halpha_ew": Quantity("Hα emission", "Å", -0.6, 9.1, (0, 2, 4, 6, 8), (0, 2, 8), 0.5, 1),
    "distance": Quantity("Distance", "pc", 1.8, 38.1, (5, 10, 15, 20, 25, 30, 35), (3, 12, 30), 2, 0),
}
