"""Layouts drawn at random: one spectrum of which the answer is known, written as strangers write theirs.

Everything is drawn from a seed: the container, order and names of the columns, axes and units, kinds of uncertainty,
masks of either polarity, bad pixels, columns that are something else, separators, decimal marks, words on the medium,
and on top of that a habit of `tests.readers.layout_twists`.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import numpy as np
from astropy.io import fits
from astropy.table import Table

from dtl.wavelengths import SPEED_OF_LIGHT, vacuum_to_air
from tests.readers.layout_twists import DESCRIPTIONS, longer, twist_bytes, twist_columns
from tests.readers.layouts import to_bytes

__all__ = ["Layout", "draw_layout"]

WAVES = {
    "": ["wavelength", "Wave", "LAMBDA", "wl", "WAVE", "lambda", "wvl", "Wavelength"],
    "log10": ["loglam", "log_wave", "LOGLAM", "log_lambda"],
    "ln": ["ln_wave", "lnwave", "lnlambda"],
    "Hz": ["freq", "frequency", "nu"],
    "1/cm": ["wavenumber", "WAVENUMBER"],
}
FLUXES = ["flux", "Flux", "FLUX", "spec", "intensity", "counts", "flam", "SPECTRUM", "flux_cal", "science", "obj_flux"]
NAMES = {
    "sigma": ["err", "error", "sigma", "uncertainty", "flux_err", "e_flux", "FluxErr", "STD", "noise", "dflux", "unc"],
    "variance": ["var", "variance", "sigma2", "flux_var", "VAR", "err_squared"],
    "ivar": ["ivar", "inverse_variance", "IVAR", "invvar", "flux_ivar"],
    "percent": ["err_percent", "error_pct", "percent_error"],
    "relative": ["relative_error", "fractional_error", "rel_err"],
    "snr": ["snr", "S/N", "SNR", "s2n"],
}
MASKS = {"bad": ["mask", "bad", "bpm", "BADPIX"], "good": ["good", "mask", "valid"], "bits": ["dq", "qual", "flags"]}
WAVE_NAMES = {name for names in WAVES.values() for name in names}
MASK_NAMES = {name for names in MASKS.values() for name in names}
CONTAINERS = (
    "blanks", "commas", "tabs", "semicolons", "comma_decimals", "table", "vectors", "images", "rows", "pixels_by_few",
    "axis", "ecsv", "votable", "order_tables", "order_rows",
)  # fmt: skip


@dataclass
class Layout:
    """A file and what was drawn for it.

    Attributes:
        name: of the file.
        data: its bytes.
        words: what was drawn, for messages.
        medium: ``stated`` where the file says air or vacuum.
    """

    name: str
    data: bytes
    words: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return ", ".join(f"{key} {value}" for key, value in self.words.items())


def draw_layout(seed: int, wavelength: np.ndarray, flux: np.ndarray, sigma: np.ndarray) -> Layout:
    """Write one spectrum in a layout drawn from a seed.

    Args:
        seed: of the draw.
        wavelength: vacuum Angstrom, even steps; shape ``(n,)``.
        flux: shape ``(n,)``.
        sigma: 1 sigma; shape ``(n,)``.
    """
    rng = np.random.default_rng(seed)
    container = CONTAINERS[rng.integers(len(CONTAINERS))]
    scale = 10.0 ** rng.choice([0, 0, 0, -4, 3, -14])
    flux, sigma = flux * scale, sigma * scale
    words: dict[str, object] = {"seed": seed, "container": container, "scale": f"{scale:g}"}
    wavelength, flux, sigma, words["ends"] = longer(rng, wavelength, flux, sigma)
    medium = rng.choice(["air", "vacuum", ""])
    words["medium"] = medium or "unsaid"
    angstrom = vacuum_to_air(wavelength) if medium == "air" else wavelength
    axis = rng.choice(["", "", "", "nm", "um", "log10", "ln", "Hz", "1/cm"]) if container != "axis" else ""
    if axis in ("Hz", "1/cm"):
        angstrom, medium = wavelength, ""
        words["medium"] = "none"
    wave_name, wave, unit = _wave(rng, axis, angstrom)
    kind = rng.choice(["", "sigma", "sigma", "variance", "ivar", "percent", "relative", "snr"])
    words |= {"axis": axis or "Angstrom", "uncertainty": kind or "none"}
    mask_kind = rng.choice(["", "", "bad", "good", "bits"])
    flux, sigma, mask = _spoil(rng, flux, sigma, mask_kind, words, stated=kind in ("sigma", "variance", "ivar"))
    columns: list[tuple[str, np.ndarray, str]] = [(wave_name, wave, unit)]
    flux_name = str(rng.choice(FLUXES))
    columns.append((flux_name, flux, ""))
    if kind:
        columns.append((str(rng.choice(NAMES[kind])), _uncertainty(kind, flux, sigma), ""))
    if mask_kind:
        columns.append((str(rng.choice(MASKS[mask_kind])), mask, ""))
    columns, words["habit"], flux_name = twist_columns(rng, container, columns, flux_name, kind)
    if words["habit"] not in ("described", "reversed", "index"):
        columns += _others(rng, flux, sigma, words)
    named = container not in ("rows", "pixels_by_few") and (
        len(columns) > 3 or words["habit"] in ("described", "index", "brackets", "log flux") or rng.random() < 0.6
    )
    if not named:
        columns = [c for c in columns[:3] if c[0] not in MASK_NAMES or c is columns[2]]
        if kind in ("percent", "relative", "snr"):
            columns = columns[:2]
            words["uncertainty"] = "left out"
        words["names"] = "none"
    elif rng.random() < 0.5:
        columns = [columns[i] for i in rng.permutation(len(columns))]
    if words["habit"] == "described":
        roles = {wave_name: "wave", flux_name: "flux"}
        words["descriptions"] = {name: DESCRIPTIONS[roles.get(name, kind)] for name, _, _ in columns}
    words["columns"] = [name for name, _, _ in columns] if named else len(columns)
    layout = _write(
        rng, container, columns, medium=medium, named=named, words=words, wavelength=angstrom, flux_name=flux_name
    )
    name, data, words["bytes"] = twist_bytes(rng, layout.name, layout.data, container == "comma_decimals")
    return Layout(name, data, words)


def _wave(rng: np.random.Generator, axis: str, angstrom: np.ndarray) -> tuple[str, np.ndarray, str]:
    if axis in ("log10", "ln"):
        values = np.log10(angstrom) if axis == "log10" else np.log(angstrom)
        return str(rng.choice(WAVES[axis])), values, ""
    if axis == "Hz":
        return str(rng.choice(WAVES[axis])), SPEED_OF_LIGHT * 1e13 / angstrom, "Hz"
    if axis == "1/cm":
        return str(rng.choice(WAVES[axis])), 1e8 / angstrom, "cm-1"
    step = {"": 1.0, "nm": 10.0, "um": 1e4}[axis]
    return str(rng.choice(WAVES[""])), angstrom / step, rng.choice(["", {"": "Angstrom"}.get(axis, axis)])


def _spoil(
    rng: np.random.Generator,
    flux: np.ndarray,
    sigma: np.ndarray,
    mask_kind: str,
    words: dict[str, object],
    *,
    stated: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Some bad pixels, marked by a mask, or by their own numbers where there is none."""
    bad = np.zeros(flux.size, dtype=bool)
    fill = rng.choice(["", "zero", "-999", "nan", "huge", "sigma"])
    if fill == "sigma" and not stated:
        fill = ""  # nothing would mark them
    if fill or mask_kind:
        bad[rng.choice(flux.size, 8, replace=False)] = True
    level = np.nanmedian(flux)
    value = {"zero": 0.0, "-999": -999.0, "nan": np.nan, "huge": 1e30, "": 30 * level, "sigma": 2 * level}[fill]
    if fill == "-999" and not 1e-3 < level < 1e6:
        value = 0.0
    if not mask_kind and fill == "sigma":
        sigma = np.where(bad, 1e6 * sigma, sigma)
        value = level
    flux = np.where(bad, value, flux) if fill or mask_kind else flux
    words |= {"mask": mask_kind or "none", "bad pixels": fill or ("masked" if mask_kind else "none")}
    mask = {"bad": bad, "good": ~bad}.get(mask_kind, np.where(bad, 4, 0) + (0 if rng.random() < 0.5 else 16))
    return flux, sigma, mask.astype(int)


def _uncertainty(kind: str, flux: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return {
            "sigma": sigma,
            "variance": sigma**2,
            "ivar": 1.0 / sigma**2,
            "percent": 100 * sigma / np.abs(flux),
            "relative": sigma / np.abs(flux),
            "snr": np.abs(flux) / sigma,
        }[kind]


def _others(
    rng: np.random.Generator, flux: np.ndarray, sigma: np.ndarray, words: dict[str, object]
) -> list[tuple[str, np.ndarray, str]]:
    """Columns that are neither wavelength, flux nor its uncertainty."""
    n = flux.size
    level = np.nanmedian(flux)
    slope = np.linspace(-1, 1, n)
    known = {
        "template_flux": level * (1 + 0.3 * np.sin(40 * slope)),
        "sky": 0.01 * level * rng.normal(1, 0.1, n),
        "sky_err": np.full(n, 0.001 * level),
        "continuum": level * (1.1 + 0.01 * slope),
        "telluric": np.clip(1 - 0.01 * rng.random(n), 0, 1),
        "model_flux": level * (1 + 0.2 * np.cos(60 * slope)),
        "wave_err": np.full(n, 1e-4),
        "order": np.full(n, 61.0),
        "pixel": np.arange(1.0, n + 1),
        "residual": sigma * rng.normal(0, 1, n),
        "blaze": 1.0 - 0.3 * slope**2,
    }
    chosen = [str(name) for name in rng.choice(list(known), rng.integers(0, 4), replace=False)]
    words["others"] = ", ".join(chosen) or "none"
    return [(name, known[name], "") for name in chosen]


def _write(rng, container, columns, *, medium, named, words, wavelength, flux_name) -> Layout:
    name = f"layout-{words['seed']}"
    if container in ("blanks", "commas", "tabs", "semicolons", "comma_decimals"):
        return Layout(f"{name}.txt", _text(rng, container, columns, medium, named), words)
    cards = {} if not medium else {"air": {"AIRORVAC": "air"}, "vacuum": {"AIRORVAC": "vac"}}[medium]
    if container in ("ecsv", "votable"):
        table = Table({n: values for n, values, _ in columns})
        for n, _, unit in columns:
            table[n].unit = {"Angstrom": "0.1nm", "cm-1": "1/cm"}.get(unit, unit) or None
        if medium:
            table.meta["medium"] = str(medium)
        handle = io.BytesIO() if container == "votable" else io.StringIO()
        if container == "votable" and medium:
            table.meta["description"] = f"wavelengths in {medium}"
        table.write(handle, format="votable" if container == "votable" else "ascii.ecsv")
        data = handle.getvalue()
        return Layout(f"{name}.{container}", data if isinstance(data, bytes) else data.encode(), words)
    return Layout(f"{name}.fits", _fits(container, columns, cards, wavelength=wavelength, flux_name=flux_name,
                                       descriptions=words.get("descriptions", {})), words)  # fmt: skip


def _text(rng: np.random.Generator, container: str, columns: list, medium: str, named: bool) -> bytes:
    mark = {"blanks": " ", "commas": ",", "tabs": "\t", "semicolons": ";", "comma_decimals": ";"}[container]
    lines = []
    if medium:
        said = [
            f"medium: {medium}",
            f"wavelengths in {medium}",
            f"{medium} wavelengths",
            f"vacuum: {medium == 'vacuum'}",
        ]
        lines.append(f"# {rng.choice(said)}")
    if any(unit for _, _, unit in columns):
        unit = next(unit for _, _, unit in columns if unit)
        lines.append(f"# unit: {unit}")
    if named:
        header = mark.join(n for n, _, _ in columns)
        lines.append(header if rng.random() < 0.5 or mark != " " else f"# {header}")
    for row in zip(*(values for _, values, _ in columns), strict=True):
        line = mark.join("nan" if np.isnan(x) else f"{x:.12g}" for x in row)
        lines.append(line.replace(".", ",") if container == "comma_decimals" else line)
    return ("\n".join(lines) + "\n").encode()


def _fits(
    container: str, columns: list, cards: dict, *, wavelength: np.ndarray, flux_name: str, descriptions: dict[str, str]
) -> bytes:
    primary = fits.PrimaryHDU()
    n = len(columns[0][1])

    def table(parts: list, form: str) -> fits.BinTableHDU:
        names = [f"COL{i}" if descriptions else name for i, (name, _, _) in enumerate(parts, 1)]
        hdu = fits.BinTableHDU.from_columns(
            [fits.Column(n, form, array=v, unit=unit or None) for n, (_, v, unit) in zip(names, parts, strict=True)]
        )
        for number, (name, _, _) in enumerate(parts, 1):
            if name in descriptions:
                hdu.header[f"TCOMM{number}"] = descriptions[name]
        return hdu

    if container == "table":
        hdus = [primary, table(columns, "D")]
    elif container == "vectors":
        hdus = [primary, table([(a, b[None], c) for a, b, c in columns], f"{n}D")]
    elif container == "order_tables":
        hdus = [primary]
        for offset in (-60.0, 0.0, 60.0):
            hdus.append(table(_shifted(columns, wavelength, offset), "D"))
    elif container == "order_rows":
        parts = [_shifted(columns, wavelength, offset) for offset in (-60.0, 0.0, 60.0)]
        stacked = [(c[0], np.array([part[i][1] for part in parts]), c[2]) for i, c in enumerate(columns)]
        hdus = [primary, table(stacked, f"{n}D")]
    elif container == "images":
        hdus = [primary]
        for name, values, unit in columns:
            hdu = fits.ImageHDU(values.astype(float), name=name)
            if unit:
                hdu.header["BUNIT"] = unit
            hdus.append(hdu)
    elif container in ("rows", "pixels_by_few"):
        values = np.array([c[1] for c in columns], dtype=float)
        hdus = [fits.PrimaryHDU(values if container == "rows" else values.T)]
    else:  # an axis in the header, uncertainties and masks beside it
        step = float(np.median(np.diff(wavelength)))
        parts = {name: values for name, values, _ in columns}
        hdus = [fits.PrimaryHDU(parts[flux_name].astype(float))]
        even = wavelength[0] + step * np.arange(n)
        hdus[0].data = np.interp(even, wavelength, parts[flux_name]).astype(float)
        header = hdus[0].header
        header["CRVAL1"], header["CRPIX1"], header["CDELT1"], header["CUNIT1"] = wavelength[0], 1.0, step, "Angstrom"
        hdus += [
            fits.ImageHDU(v.astype(float), name=k) for k, v in parts.items() if k != flux_name and k not in WAVE_NAMES
        ]
    for key, value in cards.items():
        hdus[0].header[key] = value
    return to_bytes(*hdus)


def _shifted(columns: list, wavelength: np.ndarray, offset: float) -> list:
    """The columns with their wavelengths moved, as another order has them; the first column that runs is theirs."""
    moved = []
    known = WAVE_NAMES
    for name, values, unit in columns:
        if name in known and offset:
            factor = (wavelength + offset) / wavelength
            logarithm = {True: np.log10, False: np.log}[name in WAVES["log10"]]
            if name in WAVES["log10"] or name in WAVES["ln"]:
                moved.append((name, values + logarithm(factor), unit))
            else:
                moved.append((name, values / factor if unit in ("Hz", "cm-1") else values * factor, unit))
        else:
            moved.append((name, values, unit))
    return moved
