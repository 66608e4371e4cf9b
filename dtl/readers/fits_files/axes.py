"""Wavelengths that a FITS header gives as a formula of the pixel.

Linear and logarithmic axes with CRVAL1 and CDELT1, CD1_1 or PC1_1 (Greisen & Calabretta 2002, A&A 395, 1061; Greisen
et al. 2006, A&A 446, 747), IRAF's DC-FLAG, COEFF0 and COEFF1 of SDSS, tables (-TAB), and MAKEE's polynomials (WV_0_01).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from dtl.readers.facts.cards import Cards
from dtl.readers.source import sanitise
from dtl.readers.words.units import holds_window, parse_unit, to_angstrom
from dtl.wavelengths import Window

__all__ = ["Axis", "cube_of_spectra", "find_axis", "has_axis", "has_steps", "turn_header"]

#: Relative difference of two steps that are one, written with fewer digits.
_SAME_STEP = 1e-6
#: Unit by the type of an axis, where no unit is stated, as the FITS standard has it; and types of wavelengths, whose
#: unit is left to their numbers, as that of the standard, m, is hardly ever meant.
_FALLING, _RISING = {"FREQ": "Hz", "WAVN": "1/m", "ENER": "J"}, ("WAVE", "AWAV")
#: Types of an axis of velocities (Greisen et al. 2006, table 1), and units of one.
_VELOCITIES, _SPEED = (
    ("VRAD", "VOPT", "VELO", "ZOPT", "BETA", "FELO"),
    re.compile(r"k?m\s*(/\s*s(ec)?|\.?\s*s\s*-\s*1)"),
)
#: Axes of wavelengths, frequencies or energies that are linear in another quantity, and those of grisms, and how many
#: parameters these have.
_CURVED, _MOST_PARAMETERS = re.compile(r"(WAVE|AWAV|FREQ|WAVN|ENER)-([A-Z]2[A-Z]|GR[IA])"), 7
#: Units of wavelengths in which no detector is measured.
_OF_LIGHT_ALONE = ("Angstrom", "nm")
#: Cards that MAKEE's polynomials begin with.
_OF_MAKEE = ("WV_0_01", "CO_0_01")
#: Cards of an axis, by the number behind them, and the elements of its matrix.
_OF_AXIS, _OF_MATRIX = ("CTYPE", "CUNIT", "CRVAL", "CRPIX", "CDELT"), ("CD", "PC")


@dataclass(frozen=True)
class Axis:
    """Wavelengths by a formula.

    Attributes:
        values: in ``unit``; shape ``(n,)``, or ``(orders, n)`` for polynomials of several orders.
        unit: of `dtl.readers.words.units`, empty where none is stated.
        where: the cards that say so.
        sampling: ``logarithmic``, ``table``, ``polynomial``, ``not even`` or empty for even steps.
        contradiction: of the cards of its step, with the one that was taken; empty where they agree.
    """

    values: np.ndarray
    unit: str
    where: str
    sampling: str = ""
    contradiction: str = ""


def has_axis(cards: Cards) -> bool:
    """Whether a header has cards of a spectral axis along its pixels."""
    if cards.number("COEFF0") is not None and cards.number("COEFF1") is not None:
        return True
    if cards.among(_OF_MAKEE):
        return True
    ctype = str(cards.get("CTYPE1", "")).upper()
    if ctype.startswith(("RA-", "DEC-", "MULTISPE", "GLON", "GLAT")):
        return False
    unit = str(cards.get("CUNIT1", "")).strip()
    if ctype.startswith("PIXEL") and unit and parse_unit(unit) not in _OF_LIGHT_ALONE:
        return False  # else the type was left as it had been
    return has_steps(cards)


def has_steps(cards: Cards) -> bool:
    """Whether a header has a first value and a step of more than the numbers of pixels, as 1, 2, 3 without a unit.

    IRAF leaves those where there is no dispersion, and long spectra have a pixel 8800 too.
    """
    start, step, ctype = cards.number("CRVAL1"), _step(cards), str(cards.get("CTYPE1", "")).strip().upper()
    if start is None or not step:
        return False
    unit = parse_unit(str(cards.get("CUNIT1", ""))) or parse_unit(_iraf_unit(cards)) or parse_unit(ctype)
    if unit in _OF_LIGHT_ALONE or cards.get("DC-FLAG") == 1 or "LOG" in ctype or ctype[4:8] == "-TAB":
        return True
    return step != round(step) or not (ctype.startswith("PIXEL") or 0.0 <= start <= step)


def turn_header(header: Any, shape: tuple[int, ...]) -> Any:
    """The header of an image with the axis of its pixels as the first, where all others have a length of one.

    One spectrum of a cube lies along its third axis; the rest of a program asks for CRVAL1.
    """
    long = [place for place, n in enumerate(shape) if n > 1]
    if len(long) != 1 or long[0] == len(shape) - 1:
        return header
    number = len(shape) - long[0]
    if Cards(header).number(f"CRVAL{number}") is None:  # written for an axis of its own, whichever way the pixels lie
        return header
    turned = header.copy()
    pairs = [(f"{key}{number}", f"{key}1") for key in _OF_AXIS]
    pairs += [(f"{key}{number}_{number}", f"{key}1_1") for key in _OF_MATRIX]
    for old, new in pairs:
        turned.remove(new, ignore_missing=True)
        if old in header:
            turned[new] = header[old], header.comments[old]
    return turned


def cube_of_spectra(cards: Cards, shape: tuple[int, ...]) -> str:
    """How many spectra a cube holds beside each other, as ``3 × 4``; empty where its third axis is not spectral."""
    lengths = [n for n in shape if n > 1]
    ctype = str(cards.get("CTYPE3", "")).strip().upper()
    if len(lengths) != 3 or not (ctype[:4] in (*_FALLING, *_RISING) or parse_unit(str(cards.get("CUNIT3", "")))):
        return ""
    return f"{lengths[2]} × {lengths[1]}"


def find_axis(cards: Cards, shape: tuple[int, ...], window: Window, tables: dict[str, Any]) -> Axis | None:
    """The wavelengths of an image, None where its header gives none that can be used.

    Args:
        cards: of the image.
        shape: of the image; wavelengths run along its last axis.
        window: that decides between readings of a logarithm.
        tables: table extensions by name, for -TAB.

    Raises:
        ValueError: an axis of a kind that is not understood; the message names it.
    """
    makee = cards.among(_OF_MAKEE)
    if makee:
        return _makee(cards, shape, makee[0][:2])
    ctype = str(cards.get("CTYPE1", "")).strip().upper()
    if ctype[4:8] == "-TAB":
        return _table(cards, ctype, tables)
    n, start, step = shape[-1], cards.number("CRVAL1"), _step(cards)
    if _CURVED.fullmatch(ctype) and start is not None and step:
        return _curved(cards, ctype, n)
    zero, slope = cards.number("COEFF0"), cards.number("COEFF1")
    if zero is not None and slope is not None and (start is None or "DC-FLAG" not in cards):
        return Axis(zero + slope * np.arange(n), "log10 Angstrom", "cards COEFF0 and COEFF1", "logarithmic")
    if start is None or not step:
        return None
    pixel = cards.number("CRPIX1")
    offset = np.arange(1, n + 1) - (1.0 if pixel is None else pixel)
    values = start + step * offset
    unit, where = _unit(cards, ctype)
    flag = cards.get("DC-FLAG") == 1
    logarithmic = flag or "LOG" in ctype
    sampling = "logarithmic" if logarithmic else ""
    if ctype[4:] == "-LOG" and not holds_window(values, f"log10 {unit or 'Angstrom'}", window):
        # Greisen et al. 2006, equation 5: steps in the logarithm around CRVAL1
        with np.errstate(over="ignore", invalid="ignore"):
            values = start * np.exp(step * offset / start) if start else values
    elif logarithmic:
        kinds = [unit] if unit and " " in unit else [f"{kind} {unit or 'Angstrom'}" for kind in ("log10", "ln")]
        unit = next((kind for kind in kinds if holds_window(values, kind, window)), kinds[0])
        where = "card DC-FLAG = 1" if flag else f"card CTYPE1 = '{sanitise(ctype, 20)}'"
        plain = unit.split(" ")[1]
        if not holds_window(values, unit, window) and holds_window(values, plain, window):
            unit, sampling = plain, ""  # the flag is wrong: the numbers are wavelengths
    if unit and not np.isfinite(to_angstrom(values, unit)).any():
        unit = None
    return Axis(values, unit or "", where, sampling, _contradiction(cards))


def _unit(cards: Cards, ctype: str) -> tuple[str | None, str]:
    """The unit of an axis by its cards, None where none is stated, and where that stands.

    Raises:
        ValueError: it is an axis of velocities.
    """
    word = str(cards.get("CUNIT1", "")).strip() or _iraf_unit(cards)
    stated = parse_unit(word)
    if (ctype[:4] in _VELOCITIES and not stated) or _SPEED.fullmatch(word.lower()):
        raise ValueError(f"an axis of velocities (CTYPE1 = '{sanitise(ctype, 20)}') in place of wavelengths")
    if stated:
        return stated, f"card CUNIT1 = '{sanitise(word, 20)}'"
    # specutils and some pipelines write the unit into the type of the axis
    by_type = parse_unit(ctype)
    if by_type:
        return by_type, f"card CTYPE1 = '{sanitise(ctype, 20)}', as CUNIT1 is missing"
    if ctype[:4] in _FALLING:
        return _FALLING[ctype[:4]], f"card CTYPE1 = '{sanitise(ctype, 20)}'"
    return None, "cards CRVAL1 and CDELT1"


def _contradiction(cards: Cards) -> str:
    """Where CD1_1 and CDELT1 are two steps: the standard has no CDELT1 beside a CD1_1 (Greisen & Calabretta 2002)."""
    delta, matrix = cards.number("CDELT1"), cards.number("CD1_1")
    if not matrix or delta in (None, 0.0, 1.0) or abs(delta / matrix - 1.0) < _SAME_STEP:
        return ""
    return f"card CD1_1 = {matrix:.8g} is taken, as the FITS standard has it, and CDELT1 = {delta:.8g} contradicts it"


def _step(cards: Cards) -> float | None:
    """Step from pixel to pixel: CD1_1 before CDELT1, which IRAF writes beside it, else CDELT1 times PC1_1."""
    delta, matrix, turn = (cards.number(key) for key in ("CDELT1", "CD1_1", "PC1_1"))
    if matrix:
        return matrix
    if delta is None:
        return turn if turn and "CRVAL1" in cards and turn != 1.0 else None
    return delta * (turn or 1.0)


def _iraf_unit(cards: Cards) -> str:
    """The unit in IRAF's WAT1_001, as 'wtype=linear label=Wavelength units=angstroms'."""
    words = str(cards.get("WAT1_001", "")).split()
    return next((word.partition("=")[2] for word in words if word.startswith("units=")), "")


def _table(cards: Cards, ctype: str, tables: dict[str, Any]) -> Axis:
    """The coordinates of a -TAB axis (Greisen et al. 2006, section 6), one to a pixel."""
    name, column = str(cards.get("PS1_0", "")).strip().upper(), str(cards.get("PS1_1", "")).strip()
    table = tables.get(name)
    if table is None or column not in table.columns.names:
        raise ValueError(f"an axis {ctype} whose table '{sanitise(name, 20)}' is missing")
    values = np.ravel(np.array(table.data[column], dtype=float))
    unit = parse_unit(str(table.columns[column].unit or cards.get("CUNIT1", "")))
    return Axis(values, unit or "", f"column '{sanitise(column, 20)}' of the table '{name}'", "table")


def _curved(cards: Cards, ctype: str, n: int) -> Axis:
    """An axis that is linear in another quantity, or of a grism (Greisen et al. 2006, sections 3 and 5).

    Raises:
        ValueError: its cards do not allow it.
    """
    from astropy.wcs import WCS

    wcs = WCS(naxis=1)
    _unit(cards, ctype)  # refuses one of velocities
    stated = parse_unit(str(cards.get("CUNIT1", "")))
    wcs.wcs.ctype, wcs.wcs.cunit = [ctype], [stated or ""]
    wcs.wcs.crval, wcs.wcs.cdelt = [cards.number("CRVAL1")], [_step(cards)]
    pixel = cards.number("CRPIX1")
    wcs.wcs.crpix = [1.0 if pixel is None else pixel]
    wcs.wcs.restwav, wcs.wcs.restfrq = (cards.number(key) or 0.0 for key in ("RESTWAV", "RESTFRQ"))
    wcs.wcs.set_pv([(1, i, value) for i in range(_MOST_PARAMETERS) if (value := cards.number(f"PV1_{i}")) is not None])
    try:
        (values,) = wcs.wcs_pix2world(np.arange(1.0, n + 1), 1)
    except Exception as error:  # of wcslib, one for each fault
        raise ValueError(f"an axis {ctype} whose cards do not fit together") from error
    if not np.isfinite(values).any():
        raise ValueError(f"an axis {ctype} whose cards do not fit together")
    unit = _FALLING.get(ctype[:4], "m" if stated else "")  # of the standard, which hardly anybody means without a word
    return Axis(values, unit, f"card CTYPE1 = '{ctype}'", "not even")


def _makee(cards: Cards, shape: tuple[int, ...], prefix: str) -> Axis | None:
    """MAKEE's polynomials: WV_0_nn and WV_4_nn hold eight coefficients of powers of the pixel, from 0."""
    rows = []
    for order in range(1, (shape[0] if len(shape) > 1 else 1) + 1):
        words = " ".join(str(cards.get(f"{prefix}_{part}_{order:02d}", "")) for part in (0, 4))
        numbers = [float(w) for w in re.findall(r"[-+]?\d*\.?\d+(?:[EeDd][-+]?\d+)?", words.replace("D", "E"))]
        if not numbers:
            return None
        rows.append(np.polynomial.polynomial.polyval(np.arange(shape[-1], dtype=float), numbers[:8]))
    values = np.array(rows)
    return Axis(values if len(shape) > 1 else values[0], "Angstrom", f"cards {prefix}_0_nn and {prefix}_4_nn of MAKEE",
                "polynomial")  # fmt: skip
