"""The scripts that are shown run, and give the numbers that the app has."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.table import Table

from dtl.bundle.store import load_bundle
from dtl.catalogue.luminosity import LuminosityInput
from dtl.export import snippet
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
    opinion = fit_least_squares(expected[0].prepared, node_spectra(bundle))
    assert run(snippet.opinion(SOURCES[0], name))["opinion"].estimates == opinion.estimates
    bars = explain_spectrum(expected[0].prepared, bundle).elements("mh", "sensitivity")
    names = run(snippet.explanation(SOURCES[0], name, "mh", "sensitivity"))
    assert np.allclose(names["change"], bars[1], rtol=1e-5)


@pytest.mark.parametrize("which", list(snippet.DIAGRAMS))
def test_diagram(which, tmp_path, monkeypatch, expected):
    monkeypatch.chdir(tmp_path)
    names = run(snippet.diagram([(SOURCES[0], LuminosityInput(0.0123, 0.001)), (SOURCES[1], None)], which))
    assert names["stars"][0].luminosity_error == 0.001
    assert [star.luminosity for star in names["stars"]] == [0.0123, None]
    assert names["stars"][0].teff == expected[0].estimates["teff"].value
    assert (tmp_path / "diagram.html").stat().st_size > 100_000


@pytest.mark.parametrize(
    "file", ['a"b.txt', "it's.txt", '"""+1\n', 'x");import os#', "\u202etxt.fits", "a\\", "é Å.fits"]
)
def test_a_file_name_stays_a_name(file):
    code = snippet.parameters(snippet.Source(file))
    asked = []
    analyse_line = next(line for line in code.splitlines() if line.startswith("result ="))
    exec(analyse_line, {"analyse": asked.append})
    assert asked == [file]
    assert all(c.isprintable() for c in analyse_line)


def test_columns_and_other_words_of_the_user():
    options = ReadOptions("nm", "air", "rest", 70000.0, ("wave", "flux", None))
    code = snippet.parameters(snippet.Source("x.txt", options))
    line = next(line for line in code.splitlines() if line.startswith("result ="))
    given = {}
    exec(line, {"analyse": lambda name, options: given.update(options=options), "ReadOptions": ReadOptions})
    assert given["options"] == options
