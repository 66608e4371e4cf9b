"""The Python that gives a result again: short scripts of nothing but what `import dtl` offers."""

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
        shipped: whether it is an example that comes with the program.
    """

    file: str
    options: ReadOptions = ReadOptions()
    bundle: str | None = None
    shipped: bool = False

    @property
    def literal(self) -> str:
        """The file as an expression of Python."""
        return f"dtl.example({_quoted(self.file)})" if self.shipped else _quoted(self.file)


def parameters(source: Source) -> str:
    """Parameters of a spectrum with their intervals, and its flags."""
    return _script(
        f"result = {_predicted(source)}[0]",
        "for name, estimate in result.estimates.items():",
        '    print(f"{name:6s}{estimate.value:10.3f}  -{estimate.lower:.3f} +{estimate.upper:.3f}")',
        'print("flags:", ", ".join(result.flags) or "none")',
        'print("model version:", result.bundle)',
    )


def table(sources: Sequence[Source], output: str = "results.ecsv") -> str:
    """A table of many spectra, in a file whose ending names its format."""
    return _script(*_all_predicted(sources), "print(results.table())", f"results.write({_quoted(output)})")


def latent(source: Source, which: str = "latent") -> str:
    """Place of a spectrum on a map, ``latent`` or ``flux``, and the models nearest to it."""
    return _script(
        f"result = {_predicted(source)}[0]",
        f'print("place on the map:", result.map_{"flux" if which == "flux" else "latent"})',
        "for model in result.neighbours:",
        "    print(model)",
    )


def opinion(source: Source, bundle: str) -> str:
    """The least-squares fit of the models of a bundle."""
    return _script(
        f"result = {_predicted(source)}[0]",
        f"fit = dtl.fit_least_squares(result, {_quoted(bundle)})",
        "for name, estimate in fit.estimates.items():",
        '    print(f"{name:6s}{estimate.value:10.3f} +- {estimate.upper:.3f}")',
        'print("reduced chi2:", round(fit.reduced_chi2, 2))',
    )


def explanation(source: Source, bundle: str, parameter: str, kind: str = "contribution") -> str:
    """What each wavelength does to a parameter: its ``contribution`` or its ``sensitivity``."""
    if parameter not in PARAMETERS:
        raise ValueError(f"no parameter is called {parameter}")
    kind = "sensitivity" if kind == "sensitivity" else "contribution"
    return _script(
        f"result = {_predicted(source)}[0]",
        f"explanation = dtl.explain(result, {_quoted(bundle)})",
        f"wavelength, change = explanation.elements({_quoted(parameter)}, {_quoted(kind)})",
        "for where, what in zip(wavelength, change):",
        '    print(f"{where:.2f} A  {what:+.4f}")',
    )


def diagram(
    sources: Sequence[tuple[Source, LuminosityInput | None]], which: str = "hr", stars: Sequence[str | None] = ()
) -> str:
    """A diagram of `dtl.draw_diagram` with stars of the user.

    Args:
        sources: each with a luminosity that was given, None for the published one of its star, if there is any.
        which: kind of the diagram.
        stars: the published star that each was said to be of, None for that of its name; empty where none was said.
    """
    given = ", ".join(repr(None if known is None else (float(known.value), float(known.error))) for _, known in sources)
    said = [f"stars = {[*stars]!r}  # None leaves it to the name in the file"] * any(s is not None for s in stars)
    return _script(
        *_all_predicted([source for source, _ in sources]),
        f"luminosities = [{given}]  # with errors, in solar units; None takes the published one",
        *said,
        f"figure = dtl.draw_diagram(results, luminosities, {_quoted(which)}{', stars' * bool(said)})",
        'figure.write_html("diagram.html")',
    )


def _script(*lines: str) -> str:
    return "\n".join(["import dtl", "", *lines]) + "\n"


def _all_predicted(sources: Sequence[Source]) -> list[str]:
    """Lines that make ``results``, in one call where all files were read alike."""
    if len({(source.options, source.bundle) for source in sources}) == 1:
        files = [f"    {source.literal}," for source in sources]
        return ["files = [", *files, "]", f"results = {_call('files', sources[0])}"]
    each = [f"    {_predicted(source)}[0]," for source in sources]
    return ["results = dtl.Results([", *each, "])"]


def _predicted(source: Source) -> str:
    return _call(source.literal, source)


def _call(what: str, source: Source) -> str:
    """The prediction of a file; what is left to the program is left out."""
    arguments = [what] + ([f"bundle={_quoted(source.bundle)}"] if source.bundle else [])
    arguments += [
        f"{field.name}={_value(getattr(source.options, field.name))}"
        for field in fields(ReadOptions)
        if getattr(source.options, field.name) is not None
    ]
    return f"dtl.predict({', '.join(arguments)})"


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_value, value)) + ")"
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(text: str) -> str:
    """Text as a literal of Python in double quotes where that is possible; what is no letter is escaped."""
    literal = repr(text)
    return f'"{literal[1:-1]}"' if literal[0] == "'" and '"' not in literal and "\\'" not in literal else literal
