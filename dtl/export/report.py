"""The report of results: one archive with tables, figures, what was read and how, versions, and what to cite."""

from __future__ import annotations

import io
import json
import platform
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import dtl
from dtl.catalogue import published_stars
from dtl.catalogue.epochs import group_epochs
from dtl.catalogue.luminosity import LuminosityInput
from dtl.export import snippet
from dtl.export.citation import bibtex
from dtl.export.session import SavedSession, SavedSpectrum, card_digest, spectrum_key
from dtl.export.tables import table_bytes
from dtl.readers.options import ReadOptions
from dtl.result import InferenceResult
from dtl.spectrum import UnusableInput

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from dtl.figures.plotted_star import PlottedStar

__all__ = ["Reported", "bundles_used", "log_lines", "report_archive", "session_of"]

_PACKAGES = ("torch", "numpy", "scipy", "pandas", "astropy", "specutils", "plotly", "streamlit")
_README = """Stellar parameters of M dwarfs: report of {count} {spectra}
Made by dtl {version} on {date} (UTC).

results.ecsv   parameters with 1-sigma intervals, units and descriptions of the columns
results.csv    the same for spreadsheets
figures/       each as PDF and SVG for a paper, 88 mm wide, and as .html to be opened in a browser (keep
               plotly.min.js beside them)
log.txt        how each file was understood and prepared, and its flags
inputs.sha256  checksums of the files, for `sha256sum -c` in their folder
session.json   files, reading options and results; restore it in the app on the page Export
reproduce.py   gives the table again, in the folder of the files{networks}
versions.json  of the program, its packages and the networks
citations.bib  what to cite

The method is that of Mas-Buitrago et al. 2024, A&A 687, A205. A flag puts one value in doubt, or all of its row;
log.txt says which, and why. The files of the spectra themselves are not in this archive.
"""


class Reported(NamedTuple):
    """A result and the file it is of.

    Attributes:
        result: of the analysis.
        sha256: of the file.
        options: of its reading.
        bundle: name of the bundle that was asked for, None for that of the resolution.
        luminosity: where the user gave one.
        part: which spectrum of the file it is, where it holds several, see `dtl.readers.parts`.
        star: CARMENES identifier of its star, where the user gave one; empty for none of the published stars.
    """

    result: InferenceResult
    sha256: str
    options: ReadOptions = ReadOptions()
    bundle: str | None = None
    luminosity: LuminosityInput | None = None
    part: str = ""
    star: str | None = None

    @property
    def key(self) -> str:
        """By what a session knows it."""
        return spectrum_key(self.sha256, self.part)

    @property
    def file(self) -> str:
        """Name of the file, without what no line can hold."""
        return _printable(self.result.prepared.spectrum.file.removesuffix(f" [{self.part}]"))


def report_archive(
    reported: Sequence[Reported],
    *,
    session: SavedSession | None = None,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> bytes:
    """The archive as the bytes of a zip file.

    Args:
        reported: the results, one at least.
        session: to be put in; None for one of the results alone.
        progress: called with the fraction done and what is being done.

    Raises:
        UnusableInput: without results.
    """
    if not reported:
        raise UnusableInput("There is nothing to report; analyse a spectrum first.")
    results = [entry.result for entry in reported]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        progress(0.0, "tables")
        used = bundles_used(results)
        words = {"count": len(results), "spectra": "spectrum" if len(results) == 1 else "spectra"}
        words["networks"] = "".join(
            f",\n               with the networks {name} unpacked in a folder of this name beside them"
            for name, entry in used.items()
            if not entry["card_sha256"]
        )
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
        archive.writestr("README.txt", _README.format(**words, version=dtl.__version__, date=now))
        for ending in (".ecsv", ".csv"):
            archive.writestr(f"results{ending}", table_bytes(results, ending))
        archive.writestr("log.txt", "\n".join(line for entry in reported for line in log_lines(entry)))
        sums = dict.fromkeys(f"{entry.sha256}  {entry.file}\n" for entry in reported)
        archive.writestr("inputs.sha256", "".join(sums))
        archive.writestr("session.json", (session or session_of(reported)).to_json(embed=False))
        sources = [snippet.Source(entry.file, entry.options, entry.bundle) for entry in reported]
        archive.writestr("reproduce.py", snippet.table(sources))
        archive.writestr("versions.json", json.dumps(_versions() | {"networks": used}, indent=1) + "\n")
        archive.writestr("citations.bib", bibtex(dtl.__version__, ", ".join(sorted({r.bundle for r in results}))))
        _write_figures(archive, reported, progress)
    progress(1.0, "done")
    return packed.getvalue()


def session_of(reported: Sequence[Reported]) -> SavedSession:
    """The session that holds these results and nothing else."""
    unique = {
        entry.key: SavedSpectrum(
            entry.file, entry.sha256, entry.options, entry.bundle, entry.result.row(), part=entry.part
        )
        for entry in reported
    }
    return SavedSession(
        spectra=tuple(unique.values()),
        luminosities={entry.key: entry.luminosity for entry in reported if entry.luminosity is not None},
        stars={entry.key: entry.star for entry in reported if entry.star is not None},
        selected=next(iter(unique), None),
        bundles=bundles_used([entry.result for entry in reported]),
    )


def bundles_used(results: Sequence[InferenceResult]) -> dict[str, dict[str, str]]:
    """Name of each bundle that gave a result -> its ``version`` and ``card_sha256``, empty for one not shipped."""
    from dtl.bundle.shipped import read_card, shipped_bundles

    shipped, used = shipped_bundles(), {}
    for bundle in sorted({result.bundle for result in results}):
        name, _, number = bundle.rpartition(" ")
        used[name] = {"version": number, "card_sha256": card_digest(read_card(name)) if name in shipped else ""}
    return used


def log_lines(entry: Reported) -> list[str]:
    """How a file was understood and prepared, and its flags, line by line."""

    prepared, options = entry.result.prepared, entry.options
    said = {name: value for name, value in vars(options).items() if value is not None}
    return [
        f"{_file(entry)}  sha256 {entry.sha256}",
        f"  told by the user: {', '.join(f'{name} = {value}' for name, value in said.items()) or 'nothing'}",
        *(f"  {f.name}: {f.value} ({f.source}: {f.reason})" for f in prepared.spectrum.findings),
        *(f"  {step.name}: {step.text}" for step in prepared.steps),
        f"  networks: {entry.result.bundle}",
        *(f"  flag {flag}: {entry.result.explain(flag)}" for flag in entry.result.flags),
        "",
    ]


def _write_figures(
    archive: zipfile.ZipFile, reported: Sequence[Reported], progress: Callable[[float, str], None]
) -> None:
    from dtl.figures.hr_diagram import hr_diagram
    from dtl.figures.kiel import kiel_diagram
    from dtl.figures.page import SCRIPT, plotly_script
    from dtl.figures.spectrum import reconstruction_figure

    archive.writestr(f"figures/{SCRIPT}", plotly_script())
    for number, entry in enumerate(reported, 1):
        progress(number / (len(reported) + 2), f"figure of {_file(entry)}")
        name = f"{number:03d}-{re.sub(r'[^A-Za-z0-9_-]+', '-', Path(_file(entry)).stem)[:60]}"
        _write_figure(archive, reconstruction_figure(entry.result), name, _file(entry))
    progress(1 - 1 / (len(reported) + 2), "diagrams")
    stars, users = published_stars.stars(), _plotted(reported)
    for name, title, figure in (
        ("hr-diagram", "HR diagram", hr_diagram(stars, users)),
        ("kiel-diagram", "Kiel diagram", kiel_diagram(stars, users)),
    ):
        _write_figure(archive, figure, name, title)


def _write_figure(archive: zipfile.ZipFile, figure: go.Figure, name: str, title: str) -> None:
    """A figure for print and for the browser."""
    from dtl.figures.page import SCRIPT, figure_page
    from dtl.figures.paper import FORMATS, print_figure

    archive.writestr(f"figures/{name}.html", figure_page(figure, title, name=name, script=SCRIPT))
    for kind in FORMATS:
        archive.writestr(f"figures/{name}.{kind}", print_figure(figure, kind=kind, title=title))


def _plotted(reported: Sequence[Reported]) -> list[PlottedStar]:
    """The stars with the luminosities that were given, or else the published ones, if they are no simulations."""
    from dtl.figures.plotted_star import PlottedStar

    entries = dict(zip(map(str, range(len(reported))), reported, strict=True))
    said = {key: entry.star for key, entry in entries.items() if entry.star is not None}
    stars = []
    for star in group_epochs({key: entry.result for key, entry in entries.items()}, said):
        given = next((entries[key].luminosity for key in star.results if entries[key].luminosity is not None), None)
        named = next((said[key] for key in star.results if key in said), None)
        known = published_stars.star_luminosity(star.combined.prepared.spectrum, given, named)
        stars.append(PlottedStar.from_result(star.combined, *(known or ())))
    return stars


def _file(entry: Reported) -> str:
    """Name of the spectrum without what no line can hold: of its file, and which it is of several in it."""
    return _printable(entry.result.prepared.spectrum.file)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _versions() -> dict[str, object]:
    packages = {}
    for name in _PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "dtl": dtl.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": packages,
    }
