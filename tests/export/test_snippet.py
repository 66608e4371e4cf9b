"""The scripts that are shown run, and give the numbers that the app has."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from astropy.table import Table

from dtl.bundle.store import load_bundle
from dtl.catalogue import published_stars
from dtl.catalogue.luminosity import LuminosityInput
from dtl.export import snippet
from dtl.figures.hr_diagram import hr_diagram
from dtl.figures.plotted_star import PlottedStar
from dtl.inference.analyse import analyse
from dtl.readers import ReadOptions
from tests.conftest import ROOT

EXAMPLE = ROOT / "assets" / "examples" / "simulated-m3.fits"
SOURCES = [
    snippet.Source(str(EXAMPLE)),
    snippet.Source(str(EXAMPLE), ReadOptions(resolution=60000.0, medium="air"), "common-r50000"),
]


def run(code: str) -> dict:
    """The names of a script after it ran."""
    names: dict = {}
    exec(compile(code, "snippet", "exec"), names)
    return names


@pytest.fixture(scope="module")
def expected():
    return [
        analyse(str(s.file), options=s.options, bundle=load_bundle(s.bundle) if s.bundle else None) for s in SOURCES
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_parameters(number, expected, capsys):
    names = run(snippet.parameters(SOURCES[number]))
    row, wanted = names["result"].row(), expected[number].row()
    assert row == wanted
    assert f"{wanted['teff']:.3f}" in capsys.readouterr().out


def test_table(expected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(snippet.table(SOURCES))
    table = Table.read(tmp_path / "results.ecsv")
    assert list(table["teff"]) == pytest.approx([result.row()["teff"] for result in expected])
    alike = snippet.table([SOURCES[1], SOURCES[1]])
    assert alike.count("dtl.predict") == 1  # files that were read alike stand in one call
    assert [result.row() for result in run(alike)["results"]] == [expected[1].row()] * 2


def test_latent(expected, capsys):
    names = run(snippet.latent(SOURCES[0], "flux"))
    assert np.array_equal(names["result"].map_flux, expected[0].map_flux)
    assert capsys.readouterr().out.count("Neighbour(") == len(expected[0].neighbours)


def test_opinion_and_explanation(expected):
    from dtl.inference.attribution import explain_spectrum
    from dtl.inference.interpolation import node_spectra
    from dtl.inference.least_squares import fit_least_squares

    name = expected[0].bundle.rpartition(" ")[0]
    bundle = load_bundle(name)
    fit = fit_least_squares(expected[0].prepared, node_spectra(bundle))
    assert run(snippet.opinion(SOURCES[0], name))["fit"].estimates == fit.estimates
    bars = explain_spectrum(expected[0].prepared, bundle).elements("mh", "sensitivity")
    names = run(snippet.explanation(SOURCES[0], name, "mh", "sensitivity"))
    assert np.allclose(names["change"], bars[1], rtol=1e-5)


def test_diagram(tmp_path, monkeypatch, expected):
    """The figure is that of the module, with the luminosity that was given."""
    monkeypatch.chdir(tmp_path)
    given = LuminosityInput(0.0123, 0.001)
    figure = run(snippet.diagram([(SOURCES[0], given), (SOURCES[1], None)]))["figure"]
    stars = [PlottedStar.from_result(expected[0], *given), PlottedStar.from_result(expected[1])]
    assert figure.to_json() == hr_diagram(published_stars.stars(), stars).to_json()
    assert (tmp_path / "diagram.html").stat().st_size > 100_000


@pytest.mark.parametrize("which", ["spectroscopic", "kiel"])
def test_other_diagrams(which, tmp_path, monkeypatch, expected):
    monkeypatch.chdir(tmp_path)
    figure = run(snippet.diagram([(source, None) for source in SOURCES], which))["figure"]
    drawn = {x for trace in figure.data for x in np.ravel(trace.x) if x is not None}
    assert {result.estimates["teff"].value for result in expected} <= drawn


@pytest.mark.parametrize("kind", ["parameters", "latent", "table", "opinion", "explanation", "diagram"])
def test_scripts_import_dtl_alone(kind):
    more = {"opinion": ("b",), "explanation": ("b", "teff")}.get(kind, ())
    about = {"table": SOURCES, "diagram": [(source, None) for source in SOURCES]}.get(kind, SOURCES[1])
    code = getattr(snippet, kind)(about, *more)
    assert [line for line in code.splitlines() if "import" in line] == ["import dtl"]


def test_a_shipped_example_is_found_from_any_folder(tmp_path, monkeypatch, expected):
    monkeypatch.chdir(tmp_path)
    names = run(snippet.parameters(snippet.Source(EXAMPLE.name, shipped=True)))
    assert names["result"].row() == expected[0].row()


@pytest.mark.parametrize(
    "file", ['a"b.txt', "it's.txt", '"""+1\n', 'x");import os#', "\u202etxt.fits", "a\\", "é Å.fits"]
)
def test_a_file_name_stays_a_name(file):
    (line,) = (line for line in snippet.parameters(snippet.Source(file)).splitlines() if line.startswith("result ="))
    assert asked_for(line) == ((file,), {})
    assert all(c.isprintable() for c in line)


def test_columns_and_other_words_of_the_user():
    options = ReadOptions("nm", "air", "rest", 70000.0, ("wave", "flux", None))
    code = snippet.parameters(snippet.Source("x.txt", options, 'my "own"'))
    (line,) = (line for line in code.splitlines() if line.startswith("result ="))
    arguments, known = asked_for(line)
    assert arguments == ("x.txt",) and known.pop("bundle") == 'my "own"' and ReadOptions(**known) == options


def asked_for(line: str) -> tuple[tuple, dict]:
    """The arguments with which a line calls `dtl.predict`."""
    asked: list[tuple[tuple, dict]] = []

    def predict(*arguments, **known):
        asked.append((arguments, known))
        return [None]

    exec(line, {"dtl": SimpleNamespace(predict=predict)})
    return asked[0]
