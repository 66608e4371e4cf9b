"""Small files in the layout of each format, written from one invented spectrum of which the truth is known."""

from __future__ import annotations

import io

import numpy as np
from astropy.io import fits

from dtl.wavelengths import vacuum_to_air

#: Depth of the invented lines; any smooth curve would do.
LINES = ((8809.0, 0.4, 0.6), (8822.3, 0.5, 0.9), (8827.5, 0.3, 0.5), (8790.0, 0.2, 1.2), (8850.0, 0.3, 1.5))


def truth(wavelength: np.ndarray) -> np.ndarray:
    """The invented flux at vacuum Angstrom, any shape."""
    flux = np.ones_like(np.asarray(wavelength, dtype=float))
    for centre, depth, width in LINES:
        flux -= depth * np.exp(-0.5 * ((wavelength - centre) / width) ** 2)
    return flux


def grid(low: float = 8770.0, high: float = 8865.0, step: float = 0.05) -> np.ndarray:
    """Vacuum Angstrom in even steps; shape ``(n,)``."""
    return np.arange(low, high, step)


def to_bytes(*hdus: fits.PrimaryHDU | fits.ImageHDU | fits.BinTableHDU) -> bytes:
    """The extensions as the bytes of a FITS file."""
    handle = io.BytesIO()
    fits.HDUList(list(hdus)).writeto(handle, output_verify="silentfix")
    return handle.getvalue()


def echelle(orders: int = 28, pixels: int = 256, home: int = 6, width: float = 114.0) -> np.ndarray:
    """Vacuum Angstrom of orders of which number ``home`` holds the window and its neighbours overlap none of it."""
    start = 8781.6 + (np.arange(orders) - home) * (width + 14.0)
    return start[:, None] + np.linspace(0, width, pixels)


def hpf(pipeline: str = "team", wavelengths: str = "named", **cards: object) -> bytes:
    """An HPF file; ``wavelengths`` is ``named``, ``unnamed`` or ``missing``."""
    wave = echelle(pixels=1024)
    flux = (1000 * truth(wave)).astype(">f4")
    flux[:, :4] = np.nan
    sky_wave = wave + 0.003
    sky = (10 * np.sin(sky_wave)).astype(">f4")
    noise = np.full_like(flux, 5.0)
    primary = fits.PrimaryHDU()
    known = {
        "OBJECT": "GJ_699", "INSTRUME": "HPF", "DATE-OBS": "2019-03-19T11:49:14.485082", "ITIME": 191.7,
        "QRA": "17:57:48.50", "QDEC": "+04:41:36.11", "QPMRA": -802.803, "QPMDEC": 10362.5,
        "RA": 17.978472, "DEC": 4.740797,
    }  # fmt: skip
    for key, value in {**known, **cards}.items():
        if value is not None:
            primary.header[key] = value
    spread = ("Variance", noise**2) if pipeline == "team" else ("Error", noise)
    hdus = [primary, fits.ImageHDU(flux, name="Sci Flux"), fits.ImageHDU(sky, name="Sky Flux")]
    hdus.append(fits.ImageHDU(spread[1], name=f"Sci {spread[0]}"))
    if wavelengths == "named":
        hdus += [fits.ImageHDU(wave, name="Sci Wavl"), fits.ImageHDU(sky_wave, name="Sky Wavl")]
    elif wavelengths == "unnamed":
        hdus.append(fits.ImageHDU(wave))
    for hdu in hdus[1:]:  # the layout keeps the names in mixed case
        if hdu.name:
            hdu.header["EXTNAME"] = hdu.name.title()
    return to_bytes(*hdus)


def caracal_wavelengths() -> np.ndarray:
    """Orders 47 to 50 of CARMENES VIS as published: 48 ends in the window, 49 holds all of it."""
    edges = ((8490.0, 8655.0), (8634.0, 8810.0), (8784.0, 8937.0), (8948.0, 9100.0))
    return np.array([np.linspace(low, high, 4096) for low, high in edges])


def carmenes(noise: np.random.Generator | None = None) -> bytes:
    """A CARACAL exposure of four orders, with a blaze, a hot column and bad pixels in order 2."""
    wave = caracal_wavelengths()
    x = np.linspace(-1, 1, wave.shape[1])
    blaze = 500.0 * np.array([1.0, 0.8, 1.2, 1.0])[:, None] * (1.05 - x**2)
    sigma = 0.01 * 500.0 * np.sqrt(blaze / 500.0)
    flux = truth(wave) * blaze
    if noise is not None:
        flux = flux + sigma * noise.standard_normal(flux.shape)
    flux[2, 1200:1203] = np.nan
    sigma[2, 1300] = 0.0
    primary = fits.PrimaryHDU()
    primary.header["OBJECT"] = "J17578+046"
    primary.header["INSTRUME"] = "CARMENES"
    primary.header["HIERARCH CARACAL BERV"] = 12.345
    parts = (("SPEC", flux), ("CONT", blaze), ("SIG", sigma), ("WAVE", wave))
    return to_bytes(
        primary, *(fits.ImageHDU(data.astype("f4" if name != "WAVE" else "f8"), name=name) for name, data in parts)
    )


def serval() -> bytes:
    """A SERVAL template: natural logarithms, orders padded with zeros."""
    wave = caracal_wavelengths()
    flux, log = truth(wave), np.log(wave)
    flux[:, -50:], log[:, -50:] = 0.0, 0.0
    primary = fits.PrimaryHDU()
    primary.header["OBJECT"] = "J17578+046"
    primary.header["INSTRUME"] = "CARMENES"
    primary.header["HIERARCH CARACAL BERV"] = 12.345
    parts = (("SPEC", flux), ("SIG", np.full_like(flux, 0.005)), ("WAVE", log))
    return to_bytes(primary, *(fits.ImageHDU(data, name=name) for name, data in parts))


def eso(
    ucd: str = "em.wl;obs.atmos",
    specsys: str = "BARYCENT",
    error: float = np.nan,
    unit: str = "angstrom",
    **cards: object,
) -> bytes:
    """An ESO phase-3 product: a table of one row."""
    wave = grid(8700, 8900, 0.03)
    own = vacuum_to_air(wave) if "atmos" in ucd else wave
    n = len(wave)
    scale = {"angstrom": 1.0, "nm": 0.1}[unit]
    columns = [
        fits.Column("WAVE", f"{n}D", array=(own * scale)[None], unit=unit),
        fits.Column("FLUX", f"{n}E", array=truth(wave)[None]),
        fits.Column("ERR", f"{n}E", array=np.full((1, n), error)),
    ]
    table = fits.BinTableHDU.from_columns(columns, name="SPECTRUM")
    table.header["TUCD1"] = ucd
    primary = fits.PrimaryHDU()
    for key, value in {"OBJECT": "HD 1", "INSTRUME": "FEROS", "SPEC_RES": 48000.0, "SPECSYS": specsys, **cards}.items():
        primary.header[key] = value
    return to_bytes(primary, table)


def neid() -> bytes:
    """A NEID level-2 file: named image extensions, variances, some orders without wavelengths."""
    wave = echelle(orders=8, pixels=1024, home=5)
    wave[0] = 0.0
    primary = fits.PrimaryHDU()
    cards = {
        "OBJECT": "GJ 699",
        "INSTRUME": "NEID",
        "OBS-MODE": "HR",
        "QRA": "17:57:48.5",
        "QDEC": "+04:41:36",
        "EXPTIME": 600.0,
    }
    for key, value in {**cards, "DATE-OBS": "2021-06-01T08:00:00"}.items():
        primary.header[key] = value
    parts = (("SCIFLUX", truth(wave)), ("SCIVAR", np.full_like(wave, 1e-4)), ("SCIWAVE", wave))
    return to_bytes(primary, *(fits.ImageHDU(data, name=name) for name, data in parts))


def fits_table(
    names: tuple[str, ...] = ("wavelength", "flux", "error"), unit: str | None = "nm", **cards: object
) -> bytes:
    """A table with one row a pixel."""
    wave = grid()
    columns = {
        "wavelength": wave / 10 if unit == "nm" else wave,
        "loglam": np.log10(wave),
        "flux": truth(wave),
        "error": np.full(len(wave), 0.01),
        "ivar": np.full(len(wave), 1e4),
        "qual": (np.arange(len(wave)) == 900).astype(int),
    }
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column(n, "J" if n == "qual" else "D", array=columns[n], unit=unit if n == "wavelength" else None)
            for n in names
        ]
    )
    for key, value in cards.items():
        table.header[key] = value
    return to_bytes(fits.PrimaryHDU(), table)


def chiron() -> bytes:
    """A CHIRON cube of three orders: the last one begins near the window."""
    wave = np.array([np.linspace(a, b, 801) for a, b in ((8403.0, 8500.0), (8530.0, 8630.0), (8780.0, 8890.0))])
    cube = np.stack([vacuum_to_air(wave), 1000 * truth(wave)], axis=-1).astype("f4")
    primary = fits.PrimaryHDU(cube)
    cards = {
        "RESOLUTN": 27474.06, "OBJECT": "Barnard's Star", "FPA": "CHIRON", "RA": "17:57:50.13", "DEC": "04:44:03.4",
        "DATE-OBS": "2014-09-18T00:08:10.2", "EXPTIME": 600.0,
    }  # fmt: skip
    for key, value in cards.items():
        primary.header[key] = value
    return to_bytes(primary)


def wcs(kind: str = "linear", **cards: object) -> bytes:
    """A one-dimensional image: ``linear``, ``log10`` (DC-FLAG), ``ln`` (WAVE-LOG), ``cd`` (CD1_1 alone)."""
    n = 2000
    if kind in ("linear", "cd"):
        wave = 8765.0 + 0.05 * np.arange(n)
        axis = {"CRVAL1": 8765.0, "CRPIX1": 1.0, "CDELT1" if kind == "linear" else "CD1_1": 0.05}
    elif kind == "log10":
        wave = 10 ** (np.log10(8765.0) + 2.5e-6 * np.arange(n))
        axis = {"CRVAL1": np.log10(8765.0), "CRPIX1": 1.0, "CDELT1": 2.5e-6, "DC-FLAG": 1, "AIRORVAC": "vac"}
    else:
        wave = 8800.0 * np.exp(0.05 * (np.arange(1, n + 1) - 700.0) / 8800.0)
        axis = {"CRVAL1": 8800.0, "CRPIX1": 700.0, "CDELT1": 0.05, "CTYPE1": "WAVE-LOG", "CUNIT1": "Angstrom"}
    own = truth(wave)
    primary = fits.PrimaryHDU(own)
    for key, value in {**axis, **cards}.items():
        primary.header[key] = value
    return to_bytes(primary)


def multispec(air: bool = True) -> bytes:
    """An IRAF echelle spectrum: a linear, a Chebyshev and a Legendre order."""
    n = 2048
    x = np.linspace(-1, 1, n)
    waves = (
        8600.0 + 0.05 * np.arange(n),
        8820.0 + 55 * x + 1.5 * (2 * x**2 - 1),
        8950.0 + 55 * x + 1.0 * (3 * x**2 - 1) / 2,
    )
    specs = [
        f'spec1 = "1 41 0 8600. 0.05 {n} 0. 1. 2."',
        f'spec2 = "2 40 2 8766.5 0.05 {n} 0. 3. 4. 1. 0. 1 3 1. {n}. 8820. 55. 1.5"',
        f'spec3 = "3 39 2 8896. 0.05 {n} 0. 5. 6. 1. 0. 2 3 1. {n}. 8950. 55. 1."',
    ]
    text = "wtype=multispec " + " ".join(specs)
    flux = np.array([truth(w) if not air else _truth_of_air(w) for w in waves])
    primary = fits.PrimaryHDU(flux.astype("f4"))
    header = primary.header
    header["CTYPE1"], header["CTYPE2"] = "MULTISPE", "MULTISPE"
    header["WAT0_001"] = "system=multispec"
    header["WAT1_001"] = "wtype=multispec label=Wavelength units=angstroms"
    for number in range(0, len(text), 68):
        header[f"WAT2_{number // 68 + 1:03d}"] = text[number : number + 68]
    return to_bytes(primary)


def _truth_of_air(wavelength: np.ndarray) -> np.ndarray:
    from dtl.wavelengths import air_to_vacuum

    return truth(air_to_vacuum(wavelength))


def text(
    separator: str = " ", columns: int = 3, head: str = "", unit: float = 1.0, wave: np.ndarray | None = None
) -> bytes:
    """A text table; ``unit`` is in Angstrom."""
    wave = grid() if wave is None else wave
    parts = [wave / unit, truth(wave), np.full(len(wave), 0.01), np.zeros(len(wave))][:columns]
    rows = [separator.join(f"{value:.8f}" for value in row) for row in zip(*parts, strict=True)]
    return (head + "\n".join(rows) + "\n").encode()


def numpy_archive(**arrays: object) -> bytes:
    """Arrays in an archive; of the invented spectrum with its star where none are given."""
    handle = io.BytesIO()
    np.savez_compressed(handle, **(arrays or {"wave": grid(), "flux": truth(grid()), "star": "GJ 699"}))
    return handle.getvalue()


def numpy_array(values: np.ndarray | None = None) -> bytes:
    """One array; of the invented spectrum, a column each, where none is given."""
    handle = io.BytesIO()
    np.save(handle, np.column_stack([grid(), truth(grid())]) if values is None else values)
    return handle.getvalue()


def espadons(head: bool = True, columns: int = 2) -> bytes:
    """A Libre-ESpRIT file: thirty orders of nm in air that overlap."""
    rows = []
    for order in range(30):
        wave = np.linspace(8835.0 + (order - 25) * 160.0, 8835.0 + (order - 25) * 160.0 + 200.0, 2000)
        for own, flux in zip(vacuum_to_air(wave) / 10, truth(wave), strict=True):
            polar = "" if columns == 2 else " 1.0e-4 2.0e-4 3.0e-4"
            rows.append(f" {own:.4f} {flux:.4e}{polar} 1.0000e-02")
    first = f"***Reduced spectrum of 'GJ 699'\n {len(rows)} {columns}\n" if head else ""
    return (first + "\n".join(rows) + "\n").encode()
