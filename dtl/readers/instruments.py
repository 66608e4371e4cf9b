"""Spectrographs that the readers know: resolution, medium and how a header names them."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["INSTRUMENTS", "Instrument", "find_instrument"]


@dataclass(frozen=True)
class Instrument:
    """A spectrograph.

    Attributes:
        name: as people write it.
        resolution: nominal lambda/FWHM near 8800 Angstrom; None where modes or slits of different resolution exist, or
            where no value near there is published.
        medium: ``vacuum`` or ``air``, of the wavelengths its pipeline writes.
        words: what an ``INSTRUME`` card or a title may hold, lower case.
        latitude, longitude, altitude: of the telescope, degrees north, degrees east, metres;
            None where nothing is computed from them.
        reference: where the resolution is published.
        frame: ``barycentric`` or ``observatory`` as its pipeline leaves the wavelengths, empty where products differ.
        sure: whether the medium is documented, or at least what programs that read its files take it for.
    """

    name: str
    resolution: float | None
    medium: str
    words: tuple[str, ...]
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    reference: str = ""
    frame: str = ""
    sure: bool = True


# Medium and frame are those that the readers of SERVAL (Zechmeister et al. 2018, A&A 609, A12) and viper, by the same
# authors, take: FIES, TRES, UVES and SOPHIE in air; MAROON-X in vacuum and as observed; ESPRESSO's S2D files with
# WAVEDATA_VAC_BARY, and WAVEDATA_AIR_BARY beside it; the tables of HIRES in Keck's archive in vacuum and heliocentric,
# others as observed. HERMES: "log_merged" is barycentric, "wavelength_merged" as observed. GHOST: the recipe of DRAGONS
# ends with barycentricCorrect. HPF, CARMENES, FEROS, CHIRON: as their files say.
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
        "observatory",
    ),
    Instrument("NEID", None, "vacuum", ("neid",), 31.9584, -111.5987, 2091.0, "Schwab et al. 2016, SPIE 9908, 99087H"),
    Instrument("UVES", None, "air", ("uves",), -24.6253, -70.4032, 2635.0, "Dekker et al. 2000, SPIE 4008, 534"),
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
    Instrument("GRACES", None, "air", ("graces",), 19.8238, -155.4690, 4213.0, "Chene et al. 2014, SPIE 9151, 915147"),
    Instrument(
        "ESPRESSO",
        None,
        "vacuum",
        ("espresso",),
        -24.6253,
        -70.4032,
        2635.0,
        "Pepe et al. 2021, A&A 645, A96",
        "barycentric",
    ),
    Instrument(
        "PEPSI", None, "air", ("pepsi",), 32.7013, -109.8891, 3221.0, "Strassmeier et al. 2015, AN 336, 324", sure=False
    ),
    Instrument(
        "SALT HRS",
        None,
        "air",
        ("hrs",),
        -32.3760,
        20.8107,
        1798.0,
        "Crause et al. 2014, SPIE 9147, 91476T",
        sure=False,
    ),
    Instrument("TRES", None, "air", ("tres",), 31.6811, -110.8780, 2320.0, "Szentgyorgyi & Furesz 2007, RMxAC 28, 129"),
    Instrument("HIRES", None, "vacuum", ("hires",), 19.8260, -155.4747, 4145.0, "Vogt et al. 1994, SPIE 2198, 362"),
    Instrument(
        "MIKE", None, "air", ("mike",), -29.0146, -70.6926, 2402.0, "Bernstein et al. 2003, SPIE 4841, 1694", sure=False
    ),
    Instrument("HERMES", None, "air", ("hermes",), 28.7624, -17.8792, 2333.0, "Raskin et al. 2011, A&A 526, A69"),
    Instrument("FIES", None, "air", ("fies",), 28.7573, -17.8851, 2382.0, "Telting et al. 2014, AN 335, 41"),
    Instrument(
        "GHOST",
        None,
        "air",
        ("ghost",),
        -30.2407,
        -70.7367,
        2722.0,
        "Kalari et al. 2024, AJ 168, 208",
        "barycentric",
        sure=False,
    ),
    Instrument(
        "Veloce", None, "vacuum", ("veloce",), -31.2770, 149.0661, 1164.0, "Gilbert et al. 2018, SPIE 10702", sure=False
    ),
    Instrument("KPF", None, "vacuum", ("kpf",), 19.8260, -155.4747, 4145.0, "Gibson et al. 2024, SPIE 13096"),
    Instrument(
        "HARPS-N",
        None,
        "air",
        ("harps-n", "harpsn", "harpn"),
        28.7540,
        -17.8891,
        2387.0,
        "Cosentino et al. 2012, SPIE 8446, 84461V",
    ),
    Instrument(
        "HARPS3",
        None,
        "air",
        ("harps3",),
        28.7619,
        -17.8776,
        2344.0,
        "Thompson et al. 2016, SPIE 9908, 99086F",
        sure=False,
    ),
    Instrument("HARPS", None, "air", ("harps",), -29.2543, -70.7346, 2335.0, "Mayor et al. 2003, Msngr 114, 20"),
    Instrument("SOPHIE", None, "air", ("sophie",), 43.9308, 5.7133, 650.0, "Perruchot et al. 2008, SPIE 7014, 70140J"),
)


def find_instrument(text: str) -> Instrument | None:
    """The instrument that ``text`` (an INSTRUME card, a title) names, or None."""
    lowered = text.lower()
    return next((i for i in INSTRUMENTS if any(re.search(_word(word), lowered) for word in i.words)), None)


def _word(word: str) -> str:
    """A short name must stand alone: "tres" is no part of a longer word."""
    return re.escape(word) if len(word) > 5 else rf"(?<![a-z]){re.escape(word)}(?![a-z])"
