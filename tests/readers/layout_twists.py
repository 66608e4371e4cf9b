"""Further habits of strangers, drawn for a layout on top of its container: what they do to columns, and to bytes."""

from __future__ import annotations

import gzip
import re

import numpy as np

__all__ = ["BYTES", "COLUMNS", "longer", "twist_bytes", "twist_columns"]

#: Habits that change arrays or names; those of text, those of any file.
COLUMNS = ("reversed", "index", "brackets", "second flux", "log flux", "described")
TEXT = ("exponent D", "windows lines", "byte order mark", "trailing marks", "footer", "double blanks")
BYTES = ("gzip",)
#: Words for what a column is, where its name only counts.
DESCRIPTIONS = {
    "wave": "Wavelength of the pixel", "flux": "Flux of the star", "sigma": "1-sigma uncertainty of the flux",
    "variance": "Variance of the flux", "ivar": "Inverse variance of the flux", "percent": "Error of the flux, percent",
    "relative": "Relative error of the flux", "snr": "Signal to noise ratio per pixel", "mask": "Mask of bad pixels",
}  # fmt: skip


def longer(
    rng: np.random.Generator, wavelength: np.ndarray, flux: np.ndarray, sigma: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, str]:
    """The spectrum on a longer axis, filled with zeros, NaN, one number, or continuum and noise; and how."""
    how = str(rng.choice(["", "", "", "", "zeros", "nan", "ones", "continuum"]))
    if not how:
        return wavelength, flux, sigma, "none"
    # less than 4 Angstrom of continuum is not told from a star's own, and moves [M/H] by 0.04 at most
    n, step = int(rng.integers(80, 400)), float(np.median(np.diff(wavelength)))
    before, after = step * np.arange(-n, 0), step * np.arange(1, n + 1)
    level = float(np.percentile(flux, 98))
    value = {"zeros": 0.0, "nan": np.nan, "ones": 1.0 * level, "continuum": level}[how]
    ends = np.full((2, n), value) + (np.median(sigma) * rng.normal(size=(2, n)) if how == "continuum" else 0.0)
    return (
        np.r_[wavelength[0] + before, wavelength, wavelength[-1] + after],
        np.r_[ends[0], flux, ends[1]],
        np.r_[np.full(n, sigma[0]), sigma, np.full(n, sigma[-1])],
        how,
    )


def twist_columns(
    rng: np.random.Generator, container: str, columns: list[tuple[str, np.ndarray, str]], flux_name: str, kind: str
) -> tuple[list[tuple[str, np.ndarray, str]], str, str]:
    """Columns with one habit or none; the habit, and the name of the flux.

    Args:
        rng: of the draw.
        container: of the layout.
        columns: name, values and unit of each; the first are wavelength and flux.
        flux_name: of the flux.
        kind: of the uncertainty, empty where there is none.
    """
    habit = str(rng.choice(["", *COLUMNS]))
    text = container in ("blanks", "commas", "tabs", "semicolons", "comma_decimals")
    if habit == "reversed" and container != "axis":
        return [(name, values[::-1], unit) for name, values, unit in columns], habit, flux_name
    if habit == "index" and text and container != "blanks":
        number = np.arange(len(columns[0][1]), dtype=float)
        return [(str(rng.choice(["", "Unnamed: 0", "id"])), number, ""), *columns], habit, flux_name
    if habit == "brackets" and container in ("commas", "semicolons", "tabs", "comma_decimals"):
        renamed = [(f"{name} [{unit}]" if unit else name, values, "") for name, values, unit in columns]
        return renamed, habit, flux_name
    if habit == "second flux" and container != "axis":
        level = np.nanmedian(np.abs(columns[1][1]))
        second = [("flux_normalized", columns[1][1] / level, "")]
        if kind in ("sigma", "variance", "ivar"):
            power = {"sigma": 1, "variance": 2, "ivar": -2}[kind]
            second.append((f"flux_normalized_{columns[2][0]}", columns[2][1] / level**power, ""))
        return [*columns, *second], habit, flux_name
    if habit == "log flux" and not kind and container not in ("axis", "rows", "pixels_by_few"):
        with np.errstate(all="ignore"):
            values = np.where(columns[1][1] > 0, np.log10(columns[1][1]), np.nan)
        return [columns[0], ("log_flux", values, ""), *columns[2:]], habit, "log_flux"
    if habit == "described" and container in ("table", "vectors"):
        return columns[: 3 if kind else 2], habit, flux_name
    return columns, "", flux_name


def twist_bytes(rng: np.random.Generator, name: str, data: bytes, decimals: bool) -> tuple[str, bytes, str]:
    """Name and bytes of a file with one habit or none, and the habit."""
    habit = str(rng.choice(["", "", *TEXT, *BYTES]))
    if habit == "gzip":
        return f"{name}.gz", gzip.compress(data, mtime=0), habit
    if habit == "" or not name.endswith(".txt"):
        return name, data, ""
    text = data.decode()
    if habit == "exponent D":
        text = re.sub(r"(?<=\d)e(?=[-+]?\d)", "D", text)
    elif habit == "windows lines":
        text = text.replace("\n", "\r\n")
    elif habit == "byte order mark":
        text = "\ufeff" + text
    elif habit == "trailing marks" and not decimals and "," in text:
        text = text.replace("\n", ",\n")
    elif habit == "footer":
        text += "# end of file\n"
    elif habit == "double blanks":
        text = re.sub(r"(?<=\d) (?=[-\d])", "   ", text)
    return name, text.encode(), habit
