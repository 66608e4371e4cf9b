"""A made-up bundle and pipeline, so that pages can be tried in any state without networks or files.

A file for the made-up pipeline is text: ``fake`` and words as ``teff=3300``, ``flags=low_snr,outside_grid``,
``star=GJ_1``, ``simulated``. Anything else is refused in the manner of the readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace

import numpy as np

from dtl.bundle.calibration import Reference
from dtl.exploration.position import LatentPosition
from dtl.inference.attribution import Explanation
from dtl.inference.least_squares import LeastSquaresFit
from dtl.readers.options import ReadOptions
from dtl.result import PARAMETERS, Estimate, InferenceResult, Neighbour
from dtl.spectrum import AnalysisFailed, Finding, PreparationStep, PreparedSpectrum, Spectrum, UnusableInput
from dtl.wavelengths import doppler_shift
from tests.builders import LINES, TELLURIC_LINES, WINDOW

WAVELENGTH = np.linspace(8800.0, 8835.0, 3501)
LATENTS = 32


def model_flux(wavelength: np.ndarray, teff: float = 3400.0, mh: float = 0.0, vsini: float = 2.0) -> np.ndarray:
    """Something like an M dwarf: named lines and a forest; shape of ``wavelength``."""
    rng = np.random.default_rng(1)
    centres = np.concatenate([[line.wavelength for line in LINES], rng.uniform(8794, 8841, 140)])
    depths = np.concatenate([[0.45, 0.6, 0.65], rng.gamma(2.0, 0.05, 140)]) * (1 + 0.4 * mh)
    depths[3:] *= (4600 - teff) / 1100
    width = 0.09 + 0.02 * vsini
    absorbed = np.zeros_like(wavelength)
    for centre, depth in zip(centres, depths, strict=True):
        absorbed += depth * np.exp(-0.5 * ((wavelength - centre) / width) ** 2)
    return np.exp(-absorbed)


@lru_cache(maxsize=1)
def bundle() -> SimpleNamespace:
    """A bundle of 3,000 nodes with two maps that look like arcs."""
    rng = np.random.default_rng(2)
    nodes = np.column_stack(
        [rng.choice(np.arange(3000, 4301, 25), 3000), rng.uniform(4.7, 5.3, 3000), rng.uniform(-0.5, 0.5, 3000),
         rng.choice([1.5, 2, 3, 5, 10, 20, 30], 3000)]
    ).astype(np.float32)  # fmt: skip
    angle, radius = (nodes[:, 0] - 3000) / 1300 * 3, 3 + nodes[:, 2] * 2 + np.log(nodes[:, 3])
    place = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]).astype(np.float32)
    place += rng.normal(0, 0.08, place.shape).astype(np.float32)
    latents = rng.normal(size=(3000, LATENTS)).astype(np.float32)
    flux = model_flux(WAVELENGTH).astype(np.float32)
    return SimpleNamespace(
        name="made-up", version="0.1", card={}, wavelength=WAVELENGTH, resolution=50000.0, nodes=nodes, latents=latents,
        map_flux=place[:, ::-1].copy(), map_latent=place, target_encoder=object(),
        triples=np.unique(nodes[:, :3], axis=0), window=WINDOW, lines=LINES,
        references={"latent_distance": reference()},
        decode=lambda rows: flux + 0.01 * np.asarray(rows, dtype=np.float32)[:, :1] * (flux - 1),
        regress=lambda rows, name: np.stack([nodes[:, list(PARAMETERS).index(name)].mean() + rows[:, 0]] * 2),
    )  # fmt: skip


def reference() -> Reference:
    """Latent distances of simulated observations between 0.2 and 1.2, the same at every S/N."""
    return Reference(np.array([30.0, 300.0]), np.linspace(0.2, 1.2, 101)[None].repeat(2, axis=0))


def locate_spectra(prepared: Sequence[PreparedSpectrum], bundle: SimpleNamespace) -> list[dict[str, LatentPosition]]:
    """Stand-in for `dtl.exploration.position.locate_spectra`: it brings a star to the nodes of its Teff."""
    found = []
    for spectrum in prepared:
        result = make_result(file=spectrum.spectrum.file, teff=teff_of(spectrum))
        places = {}
        for state, order in (("before", 2999), ("after", result.neighbours[0].index)):
            near = tuple(
                replace(n, distance=n.distance + (1.0 if state == "before" else 0.0)) for n in result.neighbours
            )
            places[state] = LatentPosition(
                spectrum.flux.astype(np.float32), bundle.latents[order] + 0.1, bundle.map_flux[order],
                bundle.map_latent[order], near, near[0].distance > 1.2,
                dict.fromkeys(PARAMETERS, 0.0) | {"teff": teff_of(spectrum)},
            )  # fmt: skip
        found.append(places)
    return found


def node_spectra(bundle: SimpleNamespace) -> SimpleNamespace:
    """Stand-in for `dtl.inference.interpolation.node_spectra`: 300 of the made-up models, at every third point."""
    rows = bundle.latents[:300]
    return SimpleNamespace(
        bundle=bundle, every=slice(None, None, 3), flux=np.ascontiguousarray(bundle.decode(rows)[:, ::3])
    )


def teff_of(prepared: PreparedSpectrum) -> float:
    """The temperature a made-up spectrum was asked to have."""
    return float(prepared.steps[0].text.split()[-2])


def load_bundle(name: str) -> SimpleNamespace:
    """Stand-in for `dtl.bundle.store.load_bundle`."""
    return bundle()


def shipped_bundles() -> list[str]:
    """Stand-in for `dtl.bundle.shipped.shipped_bundles`."""
    return ["made-up"]


def shipped_resolutions() -> dict[str, float]:
    """Stand-in for `dtl.bundle.shipped.shipped_resolutions`."""
    return {"made-up": 50000.0}


class Stages:
    """Stand-in for `dtl.inference.analyse.Stages`."""


def analyse(
    source: bytes, *, name: str, options: ReadOptions, bundle: SimpleNamespace, stages: Stages | None = None
) -> InferenceResult:
    """Stand-in for `dtl.inference.analyse.analyse`."""
    if not source:
        raise UnusableInput(f"{name} is empty; save it again and upload the new copy.")
    if source.startswith(b"crash"):
        raise AnalysisFailed(f"{name}: an unexpected problem (RuntimeError)") from RuntimeError("secret detail")
    if source.startswith(b"\x89PNG"):
        raise UnusableInput(f"{name} is a PNG picture, not a spectrum; upload a FITS file or a table.")
    if options.columns and source[:1].isdigit():
        return make_result(file=name, teff=3500.0, options=options)
    if not source.startswith(b"fake"):
        raise UnusableInput(f"{name} holds no columns of numbers; upload a table of wavelength and flux.")
    if options.row == 9:
        raise UnusableInput(f"{name} has no usable flux in 8800-8835 Å; use another exposure.")
    if options.unit == "um":
        raise UnusableInput(f"{name} has no pixel in 8800-8835 Å; check the unit of its wavelengths.")
    words = dict(word.partition("=")[::2] for word in source.decode().split()[1:])
    return make_result(
        file=name,
        star=words.get("star", "").replace("_", " "),
        teff=float(words.get("teff", 3350)),
        flags=tuple(filter(None, words.get("flags", "").split(","))),
        simulated="simulated" in words,
        options=options,
        spectra=int(words.get("spectra", 1)),
        withheld=words.get("withheld", ""),
    )


def make_result(
    *,
    file: str = "star.txt",
    star: str = "",
    teff: float = 3350.0,
    flags: tuple[str, ...] = (),
    simulated: bool = False,
    options: ReadOptions | None = None,
    spectra: int = 1,
    withheld: str = "",
) -> InferenceResult:
    """A complete result around ``teff``, without the parameter that is withheld.

    Of several spectra in a file each is 100 K hotter than the one before.
    """
    options = options or ReadOptions()
    withheld = withheld or ("teff" if "value_withheld" in flags else "")
    flags = (*flags, "value_withheld") if withheld and "value_withheld" not in flags else flags
    if spectra > 1:
        teff += 100.0 * ((options.row or 1) - 1)
        flags = flags if options.row else (*flags, "several_spectra")
    rng = np.random.default_rng(int(teff))
    raw_wavelength = np.arange(8785.0, 8850.0, 0.02)
    observed = doppler_shift(raw_wavelength, -30.0)
    raw = model_flux(raw_wavelength, teff) * (1 + 0.1 * np.sin(raw_wavelength / 9)) * 4e3
    raw += rng.normal(0, 40, raw.size)
    spectrum = Spectrum(
        observed, raw, None, file, star, options.instrument or "CARMENES", options.resolution or 94600.0,
        options.frame or "barycentric",
        simulated=simulated,
        findings=(
            Finding("format", "table of 2 columns", "file", "3250 rows of numbers"),
            Finding("unit", options.unit or "Angstrom", "user" if options.unit else "guessed",
                    "the wavelengths lie between 8000 and 9000"),
            Finding("medium", options.medium or "vacuum", "user" if options.medium else "guessed",
                    "the lines fit vacuum better than air"),
            Finding("frame", options.frame or "barycentric", "file", "keyword <b>SPECSYS</b> = BARYCENT"),
        ),
        orders=((49, 8784.0, 8937.0), (48, 8700.0, 8810.0)),
        spectra=spectra,
    )  # fmt: skip
    flux = model_flux(WAVELENGTH, teff) + rng.normal(0, 0.01, WAVELENGTH.size)
    good = np.ones(WAVELENGTH.size, bool)
    good[1200:1240] = False
    masked = np.where(good, np.nan, flux)
    masked[1230:1240] = np.nan  # a gap beside pixels that are left out
    velocities = np.linspace(-200, 200, 401)
    peak = np.exp(-0.5 * ((velocities + 30) / 6) ** 2)
    steps = (
        PreparationStep("As read", f"3250 pixels between 8784 and 8849 Å of a star of {teff} K", observed, raw),
        PreparationStep("Velocity", "The star moves at -30.0 km/s.", velocities, peak,
                        {"Peak": (np.array([-30.0, -30.0]), np.array([0.0, 1.0]))}, "Velocity [km/s]"),
        PreparationStep("Continuum", "Divided by a smooth curve.", raw_wavelength, raw,
                        {"Continuum": (raw_wavelength, 4e3 * (1 + 0.1 * np.sin(raw_wavelength / 9)))}),
        PreparationStep("Resampling", "3501 points of 0.01 Å.", WAVELENGTH, flux),
    )  # fmt: skip
    prepared = PreparedSpectrum(
        spectrum=spectrum,
        wavelength=WAVELENGTH,
        flux=flux,
        uncertainty=np.full(WAVELENGTH.size, 0.01),
        good=good,
        pixel=0.02,
        snr=104.3,
        rv=-30.02,
        rv_frame="barycentric",
        rv_quality=0.93,
        steps=steps,
        flags=flags,
        masked=masked,
        window=WINDOW,
        lines=LINES,
        telluric_lines=TELLURIC_LINES,
    )
    nodes = bundle().nodes
    order = np.argsort(np.abs(nodes[:, 0] - teff) / 100 + np.abs(nodes[:, 2]))[:8]
    estimates = {
        "teff": Estimate(teff, 33.0, 41.0),
        "logg": Estimate(4.96, 0.04, 0.05),
        "mh": Estimate(-0.223, 0.072, 0.11),
        "vsini": Estimate(2.13, 0.31, 0.28, 2.9 if "upper_limit_vsini" in flags else None),
    }
    return InferenceResult(
        prepared,
        estimates | ({withheld: Estimate(np.nan, np.nan, np.nan)} if withheld else {}),
        np.zeros(LATENTS),
        model_flux(WAVELENGTH, teff) + 0.004 * np.sin(WAVELENGTH),
        1.4e-4,
        37.0,
        bundle().map_flux[order[0]],
        bundle().map_latent[order[0]],
        tuple(Neighbour(int(i), 0.3 + 0.1 * k, *map(float, nodes[i])) for k, i in enumerate(order)),
        flags,
        "made-up 0.1",
    )


def explain_spectrum(prepared: PreparedSpectrum, bundle: SimpleNamespace) -> Explanation:
    """Stand-in for `dtl.inference.attribution.explain_spectrum`: what is darker than the model raises all."""
    mean = model_flux(WAVELENGTH)
    contributions = {name: (mean - prepared.flux) * (100.0 if name == "teff" else 0.1) for name in PARAMETERS}
    return Explanation(
        wavelength=WAVELENGTH,
        baseline=mean,
        contributions=contributions,
        sensitivities={name: -np.ones(WAVELENGTH.size) for name in PARAMETERS},
        values={name: 5.0 + float(curve.sum()) for name, curve in contributions.items()},
        baseline_values=dict.fromkeys(PARAMETERS, 5.0),
        width=0.18,
        lines=LINES,
    )


def fit_least_squares(prepared: PreparedSpectrum, spectra: object) -> LeastSquaresFit:
    """Stand-in for `dtl.inference.least_squares.fit_least_squares`; refuses what is called ``short.txt``."""
    if prepared.spectrum.file == "short.txt":
        raise UnusableInput("short.txt has too few usable pixels in the window for a fit.")
    values = {"teff": (3420.0, 31.0), "logg": (5.1, 0.4), "mh": (-0.5, 0.12), "vsini": (2.4, 0.4)}
    estimates = {name: Estimate(value, sigma, sigma) for name, (value, sigma) in values.items()}
    return LeastSquaresFit(
        estimates=estimates | {"vsini": Estimate(2.4, 0.4, 0.4, 3.3)},
        reduced_chi2=15.9,
        residual_rms=0.0297,
        floor=0.0287,
        flux=model_flux(WAVELENGTH),
        edge=("mh",),
        undetermined=("logg",),
        outside=prepared.spectrum.file == "beside.txt",
    )
