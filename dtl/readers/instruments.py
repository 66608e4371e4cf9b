"""Spectrographs that the readers know: resolution, medium and how a header names them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["INSTRUMENTS", "Instrument", "find_instrument"]


@dataclass(frozen=True)
class Instrument:
    """A spectrograph.

    Attributes:
        name: as people write it.
        resolution: nominal lambda/FWHM near 8800 Angstrom.
        medium: ``vacuum`` or ``air``, of the wavelengths its pipeline writes.
        words: what an ``INSTRUME`` card or a title may hold, lower case.
        latitude, longitude, altitude: of the telescope, degrees north, degrees east, metres;
            None where nothing is computed from them.
        reference: where the resolution is published.
    """

    name: str
    resolution: float
    medium: str
    words: tuple[str, ...]
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    reference: str = ""


INSTRUMENTS: tuple[Instrument, ...] = (
    Instrument(
        "CARMENES",
        94600.0,
        "vacuum",
        ("carmenes", "carm_vis", "caracal"),
        37.2236,
        -2.5463,
        2168.0,
        "Quirrenbach et al. 2014, SPIE 9147, 91471F",
    ),
    Instrument(
        "HPF",
        55000.0,
        "vacuum",
        ("hpf", "habitable"),
        30.681444,
        -104.014722,
        2025.0,
        "Mahadevan et al. 2014, SPIE 9147, 91471G",
    ),
    Instrument("FEROS", 48000.0, "air", ("feros",), -29.2543, -70.7346, 2335.0, "Kaufer et al. 1999, Msngr 95, 8"),
    Instrument(
        "CHIRON", 28000.0, "air", ("chiron",), -30.1692, -70.8067, 2207.0, "Tokovinin et al. 2013, PASP 125, 1336"
    ),
    Instrument(
        "ESPaDOnS", 68000.0, "air", ("espadons",), 19.8253, -155.4689, 4204.0, "Donati et al. 2006, ASPC 358, 362"
    ),
    Instrument("NARVAL", 65000.0, "air", ("narval",), 42.9365, 0.1422, 2877.0, "Auriere 2003, EAS 9, 105"),
    Instrument(
        "MAROON-X",
        85000.0,
        "vacuum",
        ("maroon",),
        19.8238,
        -155.4690,
        4213.0,
        "Seifahrt et al. 2018, SPIE 10702, 107026D",
    ),
    Instrument(
        "NEID", 110000.0, "vacuum", ("neid",), 31.9584, -111.5987, 2091.0, "Schwab et al. 2016, SPIE 9908, 99087H"
    ),
    Instrument("UVES", 74000.0, "air", ("uves",), -24.6253, -70.4032, 2635.0, "Dekker et al. 2000, SPIE 4008, 534"),
    Instrument(
        "X-shooter",
        18000.0,
        "air",
        ("xshooter", "x-shooter"),
        -24.6253,
        -70.4032,
        2635.0,
        "Vernet et al. 2011, A&A 536, A105",
    ),
)


def find_instrument(text: str) -> Instrument | None:
    """The instrument that ``text`` (an INSTRUME card, a title) names, or None."""
    lowered = text.lower()
    return next((i for i in INSTRUMENTS if any(word in lowered for word in i.words)), None)
