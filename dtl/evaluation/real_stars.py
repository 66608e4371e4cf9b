"""Real stars: what a bundle makes of them, beside the literature, and whether exposures of one star agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from astropy.table import Table

from dtl.bundle.model import ModelBundle
from dtl.inference.infer import infer_in_parts
from dtl.preparation.prepare import prepare
from dtl.readers import read_spectrum
from dtl.resources import asset
from dtl.result import PARAMETERS, InferenceResult
from dtl.spectrum import PreparedSpectrum, Spectrum, UnusableInput
from dtl.wavelengths import Window

__all__ = ["LITERATURE", "compare", "literature", "read_stack", "star_key"]

LITERATURE = asset("survey", "real_stars.ecsv")


def star_key(name: str) -> str:
    """A star's name as `literature` has it: capitals, no blanks, no underscores."""
    return name.replace(" ", "").replace("_", "").upper()


def literature() -> dict[str, dict[str, object]]:
    """Name -> Teff [K], log g, [M/H], v sin i [km/s], anchor and reference."""
    table = Table.read(LITERATURE, format="ascii.ecsv")
    return {star_key(str(row["star"])): {name: row[name] for name in table.colnames} for row in table}


def read_stack(path: str | Path, window: Window) -> list[Spectrum]:
    """Exposures of one star from a ``.npz`` file, or the spectrum of any other file.

    Args:
        path: of a spectrum, or of a ``.npz`` with keys wave (vacuum Angstrom, observatory's frame), flux, sigma, sky,
            blaze, order (each ``(k, n)`` or ``(n,)``) and star. The resolution is taken as 55,000, that of HPF.
        window: that is wanted.

    Raises:
        UnusableInput: where there is no spectrum in the file.
    """
    path = Path(path)
    if path.suffix != ".npz":
        return [read_spectrum(path, window=window)]
    try:
        with np.load(path, allow_pickle=False) as data:
            star = str(data["star"])
            arrays = [np.atleast_2d(data[name]) for name in ("wave", "flux", "sigma", "sky", "blaze", "order")]
    except (OSError, KeyError, ValueError) as error:
        raise UnusableInput(f"{path} is no stack of exposures ({error}); give files of spectra.") from error
    spectra = []
    for i, (wave, flux, sigma, sky, blaze, order) in enumerate(zip(*arrays, strict=True)):
        # The order that holds the most of the window.
        inside = (wave > window.lower - window.margin) & (wave < window.upper + window.margin)
        best = order == max(np.unique(order), key=lambda o, inside=inside, order=order: np.sum(inside & (order == o)))
        ranked = np.flatnonzero(best)[np.argsort(wave[best])]
        scale = blaze[ranked] / np.nanmax(blaze[ranked])
        spectra.append(
            Spectrum(
                wave[ranked],
                flux[ranked] / scale,
                sigma[ranked] / scale,
                file=f"{path.name}[{i}]",
                star=star,
                instrument="HPF",
                resolution=55_000.0,
                frame="observatory",
                sky=sky[ranked] / scale,
            )
        )
    return spectra


def compare(bundle: ModelBundle, paths: Sequence[str | Path]) -> dict[str, object]:
    """Results of files beside the literature, star by star.

    Returns:
        ``stars``: name -> number of spectra, median of each parameter with its median interval, literature where known,
        flags with how often they occur; for three spectra and more the scatter of each parameter in units of the
        interval (`scatter`), and the largest difference of two in units of their intervals (`worst_pair`). Values that
        are withheld do not count; ``withheld`` says how many, and without any other there is no value.
        ``refused``: sentences.
    """
    prepared: list[PreparedSpectrum] = []
    refused: list[str] = []
    for path in paths:
        try:
            prepared += [replace(prepare(s, bundle.target), steps=()) for s in read_stack(path, bundle.window)]
        except UnusableInput as error:
            refused.append(str(error))
    groups: dict[str, list[InferenceResult]] = {}
    for result in infer_in_parts(prepared, bundle):
        spectrum = result.prepared.spectrum
        groups.setdefault(star_key(spectrum.star or spectrum.file), []).append(result)
    known = literature()
    return {"stars": {name: _star(results, known.get(name)) for name, results in groups.items()}, "refused": refused}


def _star(results: list[InferenceResult], known: dict[str, object] | None) -> dict[str, object]:
    entry: dict[str, object] = {"spectra": len(results), "snr": float(np.median([r.prepared.snr for r in results]))}
    for name in PARAMETERS:
        given = [r.estimates[name] for r in results if not r.estimates[name].withheld]
        values = np.array([estimate.value for estimate in given])
        half = np.array([0.5 * (estimate.lower + estimate.upper) for estimate in given])
        entry[name] = {"value": float(np.median(values)), "interval": float(np.median(half))} if given else {}
        if len(given) < len(results):
            entry[name]["withheld"] = len(results) - len(given)
        if known:
            entry[name]["literature"] = float(known[name])  # type: ignore[arg-type]
        if len(given) > 1:
            difference_in_sigma = np.abs(values[:, None] - values) / np.hypot(half[:, None], half)
            entry[name]["worst_pair"] = float(difference_in_sigma.max())
        if len(given) > 2:
            entry[name]["scatter"] = float(np.std(values, ddof=1) / np.median(half))
    words, counts = np.unique([flag for r in results for flag in r.flags], return_counts=True)
    entry["flags"] = {str(word): int(count) for word, count in zip(words, counts, strict=True)}
    if known:
        entry["reference"] = str(known["reference"])
        entry["anchor"] = bool(known["anchor"])
    return entry
