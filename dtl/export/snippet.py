"""The Python that gives a result again: short scripts of nothing but the public functions of `dtl`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import NamedTuple

from dtl.catalogue.luminosity import LuminosityInput
from dtl.readers.options import ReadOptions
from dtl.result import PARAMETERS

__all__ = ["Source", "diagram", "explanation", "latent", "opinion", "parameters", "table"]


class Source(NamedTuple):
    """A file and how it was read.

    Attributes:
        file: its name, or its path from where the script is run.
        options: of its reading.
        bundle: name of the bundle that was asked for, None for that of the resolution.
    """

    file: str
    options: ReadOptions = ReadOptions()
    bundle: str | None = None


def parameters(source: Source) -> str:
    """Parameters of a spectrum with their intervals, and its flags."""
    return _script(
        ["from dtl.inference.analyse import analyse"],
        source,
        [
            "for name, estimate in result.estimates.items():",
            '    print(f"{name:6s}{estimate.value:10.3f}  -{estimate.lower:.3f} +{estimate.upper:.3f}")',
            'print("flags:", ", ".join(result.flags) or "none")',
            'print("networks:", result.bundle)',
        ],
    )


def table(sources: Sequence[Source], output: str = "results.ecsv") -> str:
    """A table of many spectra, in a file whose ending names its format."""
    imports = ["from dtl.export.tables import write_table", "from dtl.inference.analyse import analyse"]
    calls = ["results = ["] + [f"    {_call(source)}," for source in sources] + ["]"]
    return _joined(
        [*imports, *_imports(sources)],
        [*calls, f"write_table(results, {_quoted(output)})"],
    )


def latent(source: Source, which: str = "latent") -> str:
    """Place of a spectrum on a map, ``latent`` or ``flux``, and the models nearest to it."""
    return _script(
        ["from dtl.inference.analyse import analyse"],
        source,
        [
            f'print("place on the map:", result.map_{"flux" if which == "flux" else "latent"})',
            "for model in result.neighbours:",
            "    print(model)",
        ],
    )


def opinion(source: Source, bundle: str) -> str:
    """The least-squares fit of the models of a bundle."""
    return _script(
        [
            "from dtl.bundle.store import load_bundle",
            "from dtl.inference.interpolation import node_spectra",
            "from dtl.inference.analyse import analyse",
            "from dtl.inference.least_squares import fit_least_squares",
        ],
        source,
        [
            f"models = node_spectra(load_bundle({_quoted(bundle)}))",
            "opinion = fit_least_squares(result.prepared, models)",
            "for name, estimate in opinion.estimates.items():",
            '    print(f"{name:6s}{estimate.value:10.3f} +- {estimate.upper:.3f}")',
            'print("reduced chi2:", round(opinion.reduced_chi2, 2))',
        ],
    )


def explanation(source: Source, bundle: str, parameter: str, kind: str = "contribution") -> str:
    """What each wavelength does to a parameter: its ``contribution`` or its ``sensitivity``."""
    if parameter not in PARAMETERS:
        raise ValueError(f"no parameter is called {parameter}")
    kind = "sensitivity" if kind == "sensitivity" else "contribution"
    return _script(
        [
            "from dtl.bundle.store import load_bundle",
            "from dtl.inference.attribution import explain_spectrum",
            "from dtl.inference.analyse import analyse",
        ],
        source,
        [
            f"explanation = explain_spectrum(result.prepared, load_bundle({_quoted(bundle)}))",
            f"wavelength, change = explanation.elements({parameter!r}, {kind!r})",
            "for where, what in zip(wavelength, change):",
            '    print(f"{where:.2f} A  {what:+.4f}")',
        ],
    )


#: Diagram -> the module and the function that draw it.
DIAGRAMS = {
    "hr": ("hr_diagram", "hr_diagram"),
    "spectroscopic": ("spectroscopic_hr", "spectroscopic_hr_diagram"),
    "kiel": ("kiel", "kiel_diagram"),
}


def diagram(sources: Sequence[tuple[Source, LuminosityInput | None]], which: str = "hr") -> str:
    """One of `DIAGRAMS` with stars of the user, each with a luminosity that was given or None.

    Without one the published luminosity of the star named in the file is taken, if there is any.
    """
    module, name = DIAGRAMS[which]
    calls = ["results = ["] + [f"    {_call(source)}," for source, _ in sources] + ["]"]
    given = ", ".join(repr(None if known is None else (float(known.value), float(known.error))) for _, known in sources)
    return _joined(
        [
            "from dtl.catalogue import published_stars",
            f"from dtl.figures.{module} import {name}",
            "from dtl.figures.plotted_star import PlottedStar",
            "from dtl.inference.analyse import analyse",
            *_imports([source for source, _ in sources]),
        ],
        [
            *calls,
            f"given = [{given}]  # luminosities with errors, in solar units; None takes the published one",
            "stars = []",
            "for result, luminosity in zip(results, given):",
            "    known = published_stars.star_luminosity(result.prepared.spectrum, luminosity)",
            "    stars.append(PlottedStar.from_result(result, *(known or ())))",
            f"figure = {name}(published_stars.stars(), stars)",
            'figure.write_html("diagram.html")',
        ],
    )


def _script(imports: list[str], source: Source, lines: list[str]) -> str:
    return _joined([*imports, *_imports([source])], [f"result = {_call(source)}", *lines])


def _joined(imports: list[str], lines: list[str]) -> str:
    return "\n".join(sorted(set(imports))) + "\n\n" + "\n".join(lines) + "\n"


def _imports(sources: Sequence[Source]) -> list[str]:
    options = any(source.options != ReadOptions() for source in sources)
    bundles = any(source.bundle for source in sources)
    return ["from dtl.readers import ReadOptions"] * options + ["from dtl.bundle.store import load_bundle"] * bundles


def _call(source: Source) -> str:
    """The analysis of a file; what is left to the program is left out."""
    said = ", ".join(
        f"{field.name}={_value(getattr(source.options, field.name))}"
        for field in fields(ReadOptions)
        if getattr(source.options, field.name) is not None
    )
    arguments = [_quoted(source.file)]
    arguments += [f"options=ReadOptions({said})"] * bool(said)
    arguments += [f"bundle=load_bundle({_quoted(source.bundle or '')})"] * bool(source.bundle)
    return f"analyse({', '.join(arguments)})"


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_value, value)) + ")"
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(text: str) -> str:
    """Text as a literal of Python in double quotes where that is possible; what is no letter is escaped."""
    literal = repr(text)
    return f'"{literal[1:-1]}"' if literal[0] == "'" and '"' not in literal and "\\'" not in literal else literal
