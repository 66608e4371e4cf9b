"""Units, medium and frame of wavelengths: the words that files use for them, and the guess where they say nothing."""

from __future__ import annotations

import re

import numpy as np

from dtl.readers.contents import Claim
from dtl.wavelengths import SPEED_OF_LIGHT, Window

__all__ = [
    "INVERSE",
    "UNITS",
    "ends_of",
    "guess_unit",
    "holds_window",
    "parse_frame",
    "parse_medium",
    "parse_unit",
    "show_unit",
    "to_angstrom",
]

#: Angstrom in one of each unit.
UNITS = {"Angstrom": 1.0, "pm": 0.01, "nm": 10.0, "um": 1e4, "mm": 1e7, "cm": 1e8, "m": 1e10}
#: Angstrom times one of each unit that falls as the wavelength rises: frequencies, wavenumbers, energies of photons.
_LIGHT, _PHOTON = SPEED_OF_LIGHT * 1e13, 12398.419843320026  # Angstrom Hz, Angstrom eV
INVERSE = {"Hz": _LIGHT, "kHz": _LIGHT / 1e3, "MHz": _LIGHT / 1e6, "GHz": _LIGHT / 1e9, "THz": _LIGHT / 1e12}
INVERSE |= {"1/cm": 1e8, "1/m": 1e10, "1/um": 1e4, "1/nm": 10.0, "1/Angstrom": 1.0}
INVERSE |= {"eV": _PHOTON, "keV": _PHOTON / 1e3, "J": _PHOTON * 1.602176634e-19, "Ry": _PHOTON / 13.605693122994}
_SYMBOLS = {"Angstrom": "Å", "um": "µm", "1/cm": "cm⁻¹", "1/m": "m⁻¹", "1/um": "µm⁻¹"}
_WORDS = {
    "Angstrom": (
        "angstrom",
        "angstroms",
        "angstroem",
        "ångström",
        "ångstrom",
        "ang",
        "a",
        "å",
        "\u212b",
        "aa",
        "10**-10m",
        "0.1nm",
    ),
    "nm": ("nm", "nanometer", "nanometers", "nanometre", "nanometres", "10**-9m"),
    "um": ("um", "µm", "μm", "micron", "microns", "micrometer", "micrometers", "micrometre", "micrometres", "10**-6m"),
    "pm": ("pm", "picometer", "picometers", "picometre", "picometres"),
    "cm": ("cm", "centimeter", "centimetre"),
    "mm": ("mm", "millimeter", "millimetre"),
    "m": ("m", "meter", "meters", "metre", "metres"),
    "Hz": ("hz", "hertz", "s-1", "1/s", "s**-1"),
    "kHz": ("khz",),
    "MHz": ("mhz",),
    "GHz": ("ghz",),
    "THz": ("thz",),
    "1/cm": ("cm-1", "1/cm", "cm**-1", "cm^-1", "cm^{-1}", "kayser", "kaysers", "invcm", "cm⁻¹"),
    "1/m": ("m-1", "1/m", "m**-1", "m^-1", "m⁻¹"),
    "1/um": ("um-1", "1/um", "um**-1", "um^-1", "1/micron", "micron-1", "µm-1"),
    "1/nm": ("nm-1", "1/nm", "nm**-1", "nm^-1"),
    "1/Angstrom": ("angstrom-1", "1/angstrom", "angstrom**-1", "angstrom^-1", "1/a", "a-1"),
    "eV": ("ev", "electronvolt", "electronvolts"),
    "keV": ("kev",),
    "J": ("j", "joule", "joules"),
    "Ry": ("ry", "ryd", "rydberg", "rydbergs"),
}
_BY_WORD = {word: unit for unit, words in _WORDS.items() for word in words}
#: Tried in this order where a file says nothing: plain units first, as logarithms are rare.
_GUESSES = ("Angstrom", "nm", "um", "log10 Angstrom", "ln Angstrom", "m", "cm", "log10 nm", "log10 um", "log10 m")
_GUESSES += ("ln nm", "ln m", "log10 cm", "Hz")
_FRAMES = {
    "observatory": ("observatory", "topo", "geocent", "observed", "observer", "telescope", "earth"),
    "barycentric": ("barycent", "heliocent", "bary", "ssb"),
    "rest": ("rest", "source", "stellar", "lab"),
}


def parse_unit(text: str) -> str | None:
    """The unit that a word of a header or of a person names, or None.

    Logarithms are understood as ``log(Angstrom)``, ``log10(nm)`` or ``ln(um)``.
    """
    word = text.strip().lower().replace("_", " ")
    logarithm = re.match(r"^(log10|log|dex|ln|loge)\b[\s(\[]*(.*?)[)\]]*$", word)
    if logarithm:
        base = _BY_WORD.get(logarithm[2].strip().replace(" ", ""))
        return f"{'ln' if logarithm[1] in ('ln', 'loge') else 'log10'} {base}" if base else None
    inverse = re.sub(r"\s+", "", word).strip("()[]")
    if inverse in _BY_WORD:
        return _BY_WORD[inverse]
    # "Angstrom (air)", "nm in vacuum": the medium is parsed apart
    word = re.sub(r"\b(in )?(the )?(air|vacuum|vac)\b|[()\[\],;]", " ", word)
    return _BY_WORD.get(re.sub(r"\s+", "", word))


def show_unit(unit: str) -> str:
    """A unit as people write it."""
    *logarithm, base = unit.split(" ")
    symbol = _SYMBOLS.get(base, base)
    return f"{logarithm[0]}({symbol})" if logarithm else symbol


def parse_medium(text: str) -> str | None:
    """``vacuum`` or ``air`` where a text holds just one of the words, else None."""
    words = set(re.split(r"[^a-z]+", text.lower()))
    vacuum, air = bool(words & {"vacuum", "vac", "vakuum", "vide"}), bool(words & {"air", "luft"})
    return None if vacuum == air else ("vacuum" if vacuum else "air")


def parse_frame(text: str) -> str | None:
    """``observatory``, ``barycentric`` or ``rest`` for the words of a header or of a person, else None."""
    word = text.strip().lower()
    return next((frame for frame, words in _FRAMES.items() if word.startswith(words)), None)


def to_angstrom(values: np.ndarray, unit: str) -> np.ndarray:
    """Wavelengths in Angstrom, any shape; logarithms are undone."""
    *logarithm, base = unit.split(" ")
    values = np.asarray(values, dtype=float)
    with np.errstate(over="ignore", invalid="ignore"):
        if logarithm:
            values = np.exp(values) if logarithm[0] == "ln" else 10.0**values
        if base in INVERSE:
            return np.where(values > 0, INVERSE[base] / np.where(values > 0, values, 1.0), np.nan)
        return values * UNITS[base]


def holds_window(values: np.ndarray, unit: str, window: Window) -> bool:
    """Whether wavelengths, any shape, would reach over the middle of the window if they were in ``unit``."""
    finite = values[np.isfinite(values) & ((values > 0) | (" " in unit))]
    finite = finite[finite != 0]
    if finite.size == 0:
        return False
    low, high = np.sort(to_angstrom(np.array([finite.min(), finite.max()]), unit))
    return bool(low < window.upper and high > window.lower and high - low < 1e7)


def ends_of(values: np.ndarray) -> np.ndarray:
    """Of many wavelengths those that `holds_window` looks at: the ends of all, and of the positive ones."""
    finite = values[np.isfinite(values) & (values != 0)]
    parts = [part for part in (finite, finite[finite > 0]) if part.size]
    return np.array([end for part in parts for end in (part.min(), part.max())])


def guess_unit(values: np.ndarray, window: Window) -> Claim:
    """Guess the unit from the numbers: the unit in which they hold the window.

    Where none or several do, the size of the median decides: above 2000 Angstrom, above 100 nm, below that
    micrometre.

    Args:
        values: wavelengths as they stand in the file, any shape.
        window: that they should hold.
    """
    finite = values[np.isfinite(values) & (values > 0)]
    if not finite.size:
        finite = values[np.isfinite(values)]
    median = float(np.median(finite)) if finite.size else 0.0
    by_size = "Angstrom" if median > 2000 else "nm" if median > 100 else "um" if median > 0.01 else "m"
    ends = ends_of(values)
    fitting = next((unit for unit in (by_size, *_GUESSES) if holds_window(ends, unit, window)), None)
    span = f"from {finite.min():.6g} to {finite.max():.6g}" if finite.size else "nothing"
    what = f"have a median of {median:.6g}"
    if fitting:
        what = f"hold the window of {window.lower:.0f}–{window.upper:.0f} Å in {show_unit(fitting)}"
    return Claim(fitting or by_size, "guessed", f"no unit in the file; the numbers run {span} and {what}")
