"""What ``import dtl`` offers: the whole way from a file to an answer in a few functions.

`dtl.__init__` gives these names away without importing this module before one of them is asked for.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dtl.bundle.model import ModelBundle
from dtl.bundle.store import load_bundle
from dtl.interface.call_checks import Source, as_bundle, as_results, as_source, as_sources, as_star
from dtl.interface.results import Results
from dtl.readers.options import ReadOptions
from dtl.resources import asset
from dtl.result import InferenceResult
from dtl.spectrum import PreparedSpectrum, Spectrum, UnusableInput

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from dtl.inference.attribution import Explanation
    from dtl.inference.least_squares import LeastSquaresFit

__all__ = [
    "ModelBundle",
    "Results",
    "Spectrum",
    "UnusableInput",
    "adapt",
    "draw_diagram",
    "example",
    "examples",
    "explain",
    "fit_least_squares",
    "load_bundle",
    "predict",
    "prepare",
    "read",
]


def examples() -> list[Path]:
    """The simulated spectra that come with the program.

    >>> [path.name for path in dtl.examples()][:2]
    ['simulated-k7.fits', 'simulated-m1-fast.txt']
    """
    return sorted(asset("examples").glob("simulated-*"))


def example(name: str) -> Path:
    """One of the simulated spectra that come with the program, by the name of its file.

    >>> dtl.read(dtl.example("simulated-m3.fits")).star
    'Simulated M3 dwarf'

    Raises:
        UnusableInput: for a name that none of them has.
    """
    found = {path.name: path for path in examples()}
    wanted = Path(str(name)).name
    if wanted not in found:
        raise UnusableInput(f"{name} is no example; those that come with the program are {', '.join(found)}.")
    return found[wanted]


def read(
    path: str | os.PathLike | bytes,
    *,
    bundle: str | Path | ModelBundle | None = None,
    name: str | None = None,
    **known: Any,
) -> Spectrum:
    """Read a spectrum, around the window of a bundle, from a file of any format that the program knows.

    >>> spectrum = dtl.read(dtl.examples()[0], medium="vacuum", resolution=60_000.0)
    >>> spectrum.wavelength.shape == spectrum.flux.shape  # vacuum Angstrom
    True
    >>> [finding.value for finding in spectrum.findings if finding.name == "resolution"]
    ['60,000']

    Args:
        path: of the file, or its content.
        bundle: whose window is wanted; None for that of the shipped bundles.
        name: of the file for people, needed for content.
        known: what is known of the file and replaces what would be read or guessed: ``unit`` (``"Angstrom"``,
            ``"nm"``, ``"um"``), ``medium`` (``"vacuum"``, ``"air"``), ``frame`` (``"observatory"``,
            ``"barycentric"``, ``"rest"``), ``resolution`` (lambda/FWHM) and the other fields of
            `dtl.readers.options.ReadOptions`.

    Raises:
        UnusableInput: with one sentence that names the file, or the argument, what is wrong and what to do.
        TypeError: for an argument of another kind; so below.
    """
    from dtl.bundle.selector import shipped_by_resolution
    from dtl.inference.analyse import read_for

    options = ReadOptions.told(**known)
    if not isinstance(path, bytes | str | os.PathLike):
        raise TypeError(f"path: {type(path).__name__} is neither a path nor the content of a file; give either.")
    windows = shipped_by_resolution().windows if bundle is None else (as_bundle(bundle).window,)
    return read_for(windows, path, name=name, options=options)[0]


def prepare(spectrum: Source, bundle: str | Path | ModelBundle) -> PreparedSpectrum:
    """Bring a spectrum to the rest frame, the resolution and the wavelengths of a bundle, the continuum divided out.

    >>> prepared = dtl.prepare(dtl.read(dtl.examples()[0]), "common-r50000")
    >>> prepared.flux.shape == prepared.wavelength.shape  # normalised; vacuum Angstrom
    True

    Args:
        spectrum: as read, or its file.
        bundle: loaded, its name, or its folder.

    Raises:
        UnusableInput: where the spectrum does not serve, with one sentence.
    """
    from dtl.preparation.prepare import prepare as prepare_for

    source, bundle = as_source(spectrum, "spectrum"), as_bundle(bundle)
    read_spectrum = source if isinstance(source, Spectrum) else read(source, bundle=bundle)
    return prepare_for(read_spectrum, bundle.target)


def predict(
    sources: Source | Iterable[Source], bundle: str | Path | ModelBundle | None = None, **known: Any
) -> Results:
    """The stellar parameters of spectra, with intervals and flags.

    >>> results = dtl.predict(dtl.examples())
    >>> for result in results[:1]:
    ...     print(result.bundle, sorted(result.estimates))
    common-r50000 ... ['logg', 'mh', 'teff', 'vsini']

    Args:
        sources: files, spectra of `read`, or one of either.
        bundle: loaded, its name, or its folder; None chooses for each spectrum by its resolution.
        known: what is known of the files, as for `read`.

    Returns:
        One result for each spectrum. Of several files those that cannot be used are left out, named in a warning and
        in ``failures``.

    Raises:
        UnusableInput: where the one file that was given cannot be used, or the bundle or what is known of the files.
    """
    from dtl.bundle.selector import shipped_by_resolution
    from dtl.inference.analyse import analyse

    options = ReadOptions.told(**known)
    every = as_sources(sources)
    chosen = shipped_by_resolution() if bundle is None else as_bundle(bundle)
    if isinstance(sources, str | os.PathLike | Spectrum):
        return Results([analyse(every[0], bundle=chosen, options=options)])
    results, failures = [], []
    for source in every:
        try:
            results.append(analyse(source, bundle=chosen, options=options))
        except UnusableInput as error:
            failures.append(str(error))
            warnings.warn(str(error), stacklevel=2)
    return Results(results, failures)


def fit_least_squares(result: InferenceResult, bundle: str | Path | ModelBundle | None = None) -> LeastSquaresFit:
    """The least-squares fit of the models of a bundle to the spectrum of a result, without its encoder.

    >>> fit = dtl.fit_least_squares(dtl.predict(dtl.examples()[0])[0])
    >>> sorted(fit.estimates)
    ['logg', 'mh', 'teff', 'vsini']

    Args:
        result: of `predict`.
        bundle: the one that gave the result, where it is not a shipped one.
    """
    from dtl.inference.interpolation import node_spectra
    from dtl.inference.least_squares import fit_least_squares as fit

    as_results(result)
    return fit(result.prepared, node_spectra(_bundle_of(result, bundle)))


def explain(result: InferenceResult, bundle: str | Path | ModelBundle | None = None) -> Explanation:
    """What each wavelength contributes to each parameter of a result (integrated gradients), and its sensitivity.

    >>> explanation = dtl.explain(dtl.predict(dtl.examples()[0])[0])
    >>> wavelength, kelvin = explanation.elements("teff", "contribution")

    Args:
        result: of `predict`.
        bundle: the one that gave the result, where it is not a shipped one.
    """
    from dtl.inference.attribution import explain_spectrum

    as_results(result)
    return explain_spectrum(result.prepared, _bundle_of(result, bundle))


def draw_diagram(
    results: Iterable[InferenceResult],
    luminosities: Sequence[tuple[float, float] | None] | None = None,
    kind: Literal["hr", "spectroscopic", "kiel"] = "hr",
    stars: Sequence[str | None] | None = None,
) -> go.Figure:
    """Your stars among the 286 published ones; several exposures of one star are one star.

    >>> figure = dtl.draw_diagram(dtl.predict(dtl.examples()), kind="kiel")
    >>> figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]  # low gravity up
    True

    Args:
        results: of `predict`.
        luminosities: value and 1 sigma in solar luminosities for each result; None takes the published one of the
            star that the file names, if there is any.
        kind: ``hr`` (luminosity against temperature), ``spectroscopic`` (Teff^4/g) or ``kiel`` (log g).
        stars: name of the published star that each result is of, any of its names, where the file does not name it
            so; None leaves it to the name in the file, and an empty one says that it is none of them.

    Raises:
        ValueError: for another kind, others than one luminosity and one star for each result, or an unknown star.
    """
    from dtl.catalogue import published_stars
    from dtl.catalogue.epochs import group_epochs
    from dtl.catalogue.luminosity import LuminosityInput
    from dtl.figures.hr_diagram import hr_diagram
    from dtl.figures.kiel import kiel_diagram
    from dtl.figures.plotted_star import PlottedStar
    from dtl.figures.spectroscopic_hr import spectroscopic_hr_diagram

    kinds = {"hr": hr_diagram, "spectroscopic": spectroscopic_hr_diagram, "kiel": kiel_diagram}
    if kind not in kinds:
        raise ValueError(f"kind: {kind!r} is no diagram; give one of {', '.join(kinds)}.")
    every = as_results(results)
    if luminosities is not None and len(luminosities) != len(every):
        raise ValueError(f"luminosities: {len(luminosities)} for {len(every)} results; give one for each, or None.")
    if stars is not None and len(stars) != len(every):
        raise ValueError(f"stars: {len(stars)} for {len(every)} results; give one for each, or None.")
    plotted = []
    given = dict(zip(map(str, range(len(every))), luminosities or [None] * len(every), strict=True))
    said = {key: as_star(name) for key, name in zip(given, stars or (), strict=False) if name is not None}
    for star in group_epochs(dict(zip(given, every, strict=True)), said):
        told = next((LuminosityInput(*given[key]) for key in star.results if given[key] is not None), None)
        named = next((said[key] for key in star.results if key in said), None)
        known = published_stars.star_luminosity(star.combined.prepared.spectrum, told, named)
        plotted.append(PlottedStar.from_result(star.combined, *(known or ())))
    return kinds[kind](published_stars.stars(), plotted)


def adapt(
    sources: Sequence[Source],
    bundle: str | Path | ModelBundle,
    *,
    name: str | None = None,
    output: str | os.PathLike | None = None,
    mean_mh: float | None = -0.05,
    mean_mh_error: float = 0.1,
    population: bool = True,
    distinct: bool = False,
    anchors: str | os.PathLike | None = None,
    accept_shift: bool = False,
    seed: int = 42,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
    **known: Any,
) -> ModelBundle:
    """Adapt a bundle to spectra of unknown stars, by transfer without labels; minutes on two processors.

    >>> spectra = sorted(Path("my-sample").glob("*.fits"))  # of ten stars at least  # doctest: +SKIP
    >>> adapted = dtl.adapt(spectra, "common-r50000", output="my-networks")  # doctest: +SKIP
    >>> dtl.predict(spectra, bundle=adapted).write("my-sample.ecsv")  # doctest: +SKIP

    Args:
        sources: files or spectra of `read`, of ten stars at least, better thirty or more of one sample.
        bundle: to start from: loaded, its name, or its folder.
        name: of the new bundle; None for that of the folder, or of the bundle with ``-adapted``.
        output: new folder that the bundle is saved to, if any.
        mean_mh: mean [M/H] of the sample in dex, None where it is not known.
        mean_mh_error: 1 sigma of it in dex, which widens the intervals by what it does to them.
        population: use what is known of nearby stars: ``mean_mh``, the main sequence, a third of slow rotators.
        distinct: each spectrum is of another star, also where two look alike or have one name.
        anchors: stars of known parameters among them, which fix the zero points of Teff and [M/H]: the scale of the
            published ones, ``"mann15"``, ``"interferometry"``, ``"marfil21"`` or ``"passegger19"``, or a CSV file with
            the columns file, teff, teff_error, mh and mh_error; None for none.
        accept_shift: give the bundle also where it moves the sample's mean Teff by more than 40 K or [M/H] by 0.1.
        seed: of everything random.
        progress: called with the fraction done and a word.
        known: what is known of the files, as for `read`.

    Returns:
        The adapted bundle, with the verdict in its card. Spectra left out are named in a warning.

    Raises:
        UnusableInput: for fewer than ten stars, a shift of the sample that is not accepted, a mean [M/H] that no model
            has, a folder that cannot be used, or another argument that cannot be.
    """
    from dtl.bundle.store import check_new_place, save_bundle
    from dtl.interface.sample_adaptation import adapt_to_sources, check_adaptation, settings_of

    settings = settings_of(mean_mh if population else None, mean_mh_error, population=population)
    check_adaptation(name, anchors, seed)
    if output is not None:
        check_new_place(output)
        name = name or Path(output).resolve().name
    every, start, options = as_sources(sources), as_bundle(bundle), ReadOptions.told(**known)
    details = {"name": name, "seed": seed, "progress": progress, "distinct": distinct, "accept_shift": accept_shift}
    adapted = adapt_to_sources(every, start, options, settings, anchors=anchors, **details)
    if output is not None:
        save_bundle(adapted, output)
    return adapted


def _bundle_of(result: InferenceResult, bundle: str | Path | ModelBundle | None) -> ModelBundle:
    return as_bundle(result.bundle.rpartition(" ")[0] if bundle is None else bundle)
