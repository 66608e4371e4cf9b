"""What `import dtl` offers: the same answers as the modules beneath, the examples of its documentation, no delay."""

from __future__ import annotations

import ast
import doctest
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable

import dtl
import dtl.interface.functions
from dtl.export import snippet
from dtl.inference.analyse import analyse
from dtl.readers import ReadOptions
from dtl.result import COLUMNS
from tests import fakes
from tests.conftest import ROOT


@pytest.mark.parametrize("module", [dtl, dtl.interface.functions, dtl.interface.results])
def test_examples_of_the_documentation(module: object) -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    failed, attempted = doctest.testmod(module, extraglobs={"dtl": dtl}, optionflags=flags)
    assert attempted > 0 and failed == 0


def test_an_import_costs_nothing() -> None:
    """Nothing heavy comes along, and modules of the package alone that the name asked for needs."""
    code = (
        "import sys, dtl; heavy = {'numpy', 'torch', 'scipy', 'astropy', 'pandas', 'plotly'} & set(sys.modules); "
        "assert not heavy, heavy; assert [name for name in sys.modules if name.startswith('dtl.')] == []; dir(dtl)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_every_name_is_there_documented_and_typed() -> None:
    for name in dtl.__all__:
        assert getattr(dtl, name) is not None and name in dir(dtl)
        assert name == "__version__" or getattr(dtl, name).__doc__, name
    assert set(dtl.__all__) == {*dtl.interface.functions.__all__, "__version__"}
    stub = ast.parse((ROOT / "dtl" / "__init__.pyi").read_text(encoding="utf-8"))
    typed = {alias.asname for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert typed == set(dtl.interface.functions.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        dtl.nonsense  # noqa: B018


def test_predictions_are_those_of_an_analysis() -> None:
    path = dtl.examples()[1]
    options = ReadOptions(medium="vacuum", resolution=60_000.0)
    expected = analyse(path, options=options).row()
    assert dtl.predict(path, medium="vacuum", resolution=60_000.0)[0].row() == expected
    assert dtl.predict([dtl.read(path, medium="vacuum", resolution=60_000.0)])[0].row() == expected
    bundle = dtl.load_bundle("carmenes-r94600")
    for given in (bundle, "carmenes-r94600"):
        assert dtl.predict(str(path), given, resolution=1e5)[0].bundle == f"{bundle.name} {bundle.version}"


@pytest.mark.parametrize("make", [list, lambda values: values * u.one, np.ma.asarray])
def test_a_spectrum_may_be_made_of_any_arrays(make: Callable) -> None:
    own = dtl.read(dtl.examples()[0])
    same = dtl.Spectrum(make(own.wavelength), make(own.flux), make(own.uncertainty), own.file, own.star)
    same = replace(same, resolution=own.resolution, frame=own.frame)
    assert dtl.predict(same)[0].row() == dtl.predict([same])[0].row() == dtl.predict(own)[0].row()


def test_what_a_mask_leaves_out_is_left_out() -> None:
    """Whatever stands in the array behind it."""
    own = dtl.read(dtl.examples()[0])
    bad = np.isin(np.arange(own.flux.size) % 150, (3, 4))
    masked = replace(own, flux=np.ma.array(np.where(bad, -999.0, own.flux), mask=bad))
    expected = dtl.predict(replace(own, flux=np.where(bad, np.nan, own.flux)))[0].row()
    assert dtl.predict(masked)[0].row() == expected
    assert expected["teff"] == pytest.approx(dtl.predict(own)[0].row()["teff"], abs=10.0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"flux": np.ones(3)}, r"no rows of one length \(wavelength .*, flux \(3,\), "),
        ({"uncertainty": 0.1}, r"no rows of one length .*uncertainty \(\)"),
        *(({"flux": flux}, "flux is not numbers") for flux in ("words", [1 + 1j, 2])),
        ({"flux": None}, "its flux is missing"),
        ({"wavelength": [], "flux": [], "uncertainty": None}, "its wavelength is missing"),
        ({"frame": ["rest"]}, r"\['rest'\] is no frame"),
        *(({"resolution": value}, "is no resolution") for value in ("60000", float("nan"), [1], -5.0)),
        ({"frame": "helio"}, "'helio' is no frame; give one of barycentric"),
    ],
)
def test_a_spectrum_that_is_none_is_said_to_be_so(changes: dict[str, object], words: str) -> None:
    own = dtl.read(dtl.examples()[0])
    for call in (dtl.predict, lambda spectrum: dtl.prepare(spectrum, "common-r50000")):
        with pytest.raises(dtl.UnusableInput, match=f"^{own.file}: .*{words}"):
            call(replace(own, **changes))
    turned = replace(own, wavelength=own.wavelength[::-1], flux=own.flux[::-1], uncertainty=own.uncertainty[::-1])
    with pytest.raises(dtl.UnusableInput, match="do not rise from each pixel to the next; sort"):
        dtl.predict(turned)


@pytest.mark.parametrize("kind", [int, np.float32, np.array])
def test_a_resolution_may_be_any_number(kind: Callable[[float], object]) -> None:
    own = dtl.read(dtl.examples()[0])
    assert dtl.prepare(replace(own, resolution=kind(60_000.0)), "common-r50000").flux.size


def test_preparation_is_that_of_the_result() -> None:
    path = dtl.examples()[0]
    prepared = dtl.prepare(path, "common-r50000")
    assert np.array_equal(prepared.flux, dtl.predict(path, "common-r50000")[0].prepared.flux)


def test_a_bad_file_among_good_ones(tmp_path: Path) -> None:
    (tmp_path / "empty.fits").write_bytes(b"")
    with pytest.warns(UserWarning, match=r"empty\.fits"):
        results = dtl.predict([tmp_path / "empty.fits", dtl.examples()[0]])
    assert len(results) == 1 and "empty.fits" in results.failures[0]
    assert isinstance(results[:1], dtl.Results) and "1 spectra, 1 not usable" in repr(results)
    with pytest.raises(dtl.UnusableInput, match=r"empty\.fits"):
        dtl.predict(tmp_path / "empty.fits")


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file can be read: what is wrong with a call is said before."""

    def fail(*given: object, **named: object) -> None:
        raise AssertionError("a file was read")

    for module in ("dtl.readers.source", "dtl.readers.registry"):
        monkeypatch.setattr(f"{module}.open_source", fail)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda file: dtl.read(file, resolution="high"), dtl.UnusableInput, "The resolution 'high' .* a number from"),
        (lambda file: dtl.read(file, foo=1), TypeError, "'foo' is no argument; what may be told of a file: unit"),
        (lambda file: dtl.read(3), TypeError, "path: int is neither"),
        (lambda file: dtl.read(file, bundle=3), TypeError, "bundle: int is neither"),
        (lambda file: dtl.predict(3), TypeError, "sources: 3 is neither a file nor a spectrum"),
        (lambda file: dtl.predict(b"content"), TypeError, "sources: b'content' is neither"),
        (lambda file: dtl.predict([file, 3]), TypeError, "sources: 3 is neither"),
        (lambda file: dtl.predict(file, bundle=[]), TypeError, "bundle: list is neither"),
        (lambda file: dtl.predict([file, file], medium="vacum"), dtl.UnusableInput, "The medium 'vacum' .* or air"),
        (lambda file: dtl.predict([file], mediun="air"), TypeError, "'mediun' is no argument"),
        (lambda file: dtl.prepare(None, "common-r50000"), TypeError, "spectrum: None is neither"),
        (lambda file: dtl.prepare(file, None), TypeError, "bundle: NoneType is neither"),
        (lambda file: dtl.example("x"), dtl.UnusableInput, "x is no example; .* simulated-m3.fits"),
        (lambda file: dtl.adapt(3, "common-r50000"), TypeError, "sources: 3 is neither"),
        (lambda file: dtl.adapt([file], 3), TypeError, "bundle: int is neither"),
        (lambda file: dtl.adapt([file], "common-r50000", unit="mile"), dtl.UnusableInput, "The unit 'mile'"),
        (lambda file: dtl.adapt([file], "common-r50000", seed=-1), dtl.UnusableInput, "seed: -1 is none"),
        (lambda file: dtl.adapt([file], "common-r50000", seed="x"), dtl.UnusableInput, "seed: 'x' is none"),
        (lambda file: dtl.adapt([file], "common-r50000", mean_mh="x"), dtl.UnusableInput, "mean_mh: 'x' is no mean"),
        (lambda file: dtl.adapt([file], "common-r50000", mean_mh_error=0), dtl.UnusableInput, "mean_mh_error: 0 is no"),
        (lambda file: dtl.adapt([file], "common-r50000", name=3), TypeError, "name: 3 is no text"),
        (
            lambda file: dtl.adapt([file], "common-r50000", name="a/b"),
            dtl.UnusableInput,
            "name: 'a/b' is none that a bundle",
        ),
        (lambda file: dtl.adapt([file], "common-r50000", anchors=3), TypeError, "anchors: 3 is neither"),
        (lambda file: dtl.adapt([file], "common-r50000", anchors="mann"), dtl.UnusableInput, "no scale; .* mann15"),
        (lambda file: dtl.explain(3), TypeError, "results: 3 is no result"),
        (lambda file: dtl.fit_least_squares("x"), TypeError, "results: 'x' is no result"),
        (lambda file: dtl.draw_diagram([3]), TypeError, "results: 3 is no result"),
        (lambda file: dtl.draw_diagram([], kind="x"), ValueError, "kind: 'x' is no diagram; give one of hr"),
        (lambda file: dtl.draw_diagram([], [None]), ValueError, "luminosities: 1 for 0 results"),
        (lambda file: dtl.draw_diagram([], stars=["J17578+046"]), ValueError, "stars: 1 for 0 results"),
    ],
)
def test_a_wrong_argument_is_one_error(unread: None, call: Callable, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        call(dtl.examples()[0])
    assert "\n" not in str(caught.value)


def test_table_and_file(tmp_path: Path) -> None:
    results = dtl.predict(dtl.examples()[:2])
    table = results.table()
    assert isinstance(table, QTable) and table.colnames == list(COLUMNS)
    assert table["teff"][0] == results[0].estimates["teff"].value * u.K
    results.write(tmp_path / "results.ecsv")
    assert np.allclose(QTable.read(tmp_path / "results.ecsv")["vsini"], table["vsini"], rtol=1e-12)


def test_adaptation_refuses_before_it_works(tmp_path: Path) -> None:
    with pytest.raises(dtl.UnusableInput, match="Usable spectra: 3"), pytest.warns(UserWarning, match="is a copy of"):
        dtl.adapt([*dtl.examples()[:2], dtl.examples()[0], dtl.read(dtl.examples()[2])], "common-r50000")
    (tmp_path / "file").touch()
    with pytest.raises(dtl.UnusableInput, match="is a file"):
        dtl.adapt(dtl.examples(), "common-r50000", output=tmp_path / "file")


def test_adaptation_is_that_of_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dtl.evaluation import adaptation_trust
    from dtl.transfer import sample

    asked: dict[str, object] = {}

    def adapt(bundle, chosen, **details):
        asked.update(details, count=len(chosen.spectra))
        return replace(bundle, card=bundle.card | {"adapted": {"mean_change": {"teff": 50.0}}})

    monkeypatch.setattr(adaptation_trust, "adapt_to_sample", adapt)
    monkeypatch.setattr(sample, "MIN_STARS", 3)
    sources = [*dtl.examples()[:3], dtl.read(dtl.examples()[3])]
    with pytest.raises(dtl.UnusableInput, match=r"mean Teff by \+50 K .*accept_shift=True"):
        dtl.adapt(sources, "common-r50000", output=tmp_path / "mine", mean_mh=0.1, seed=7)
    assert not (tmp_path / "mine").exists()
    with pytest.warns(UserWarning, match="is flagged low_snr, which most others are not"):
        dtl.adapt(sources, "common-r50000", output=tmp_path / "mine", mean_mh=0.1, seed=7, accept_shift=True)
    assert (asked["name"], asked["seed"], asked["count"]) == ("mine", 7, 3)
    assert asked["settings"].population.mean_mh == 0.1 and asked["settings"].population.main_sequence
    assert [digest is None for digest in asked["digests"]] == [False] * 2 + [True]
    assert (tmp_path / "mine" / "card.json").is_file()
    dtl.adapt(sources, "common-r50000", population=False, accept_shift=True)
    assert asked["settings"].population.mean_mh is None and asked["settings"].population.slow is None


def test_a_diagram_knows_the_stars_that_were_named():
    """One star of two files, at its published luminosity; the script of the page says the same."""
    two = [fakes.make_result(file=name) for name in ("night1.fits", "night2.fits")]
    alone, named = (
        [t for t in dtl.draw_diagram(two, stars=stars).data if t.meta == "users"]
        for stars in (None, ["GJ 699", "J17578+046"])
    )
    assert not alone and len(named) == 1 and len(named[0].x) == 1
    assert "L 0.003523" in named[0].text[0]
    for nobody in ("Bernard's star", 699):
        with pytest.raises(ValueError, match="is none of the published stars"):
            dtl.draw_diagram(two, stars=[nobody, None])
    code = snippet.diagram([(snippet.Source("a.fits"), None)] * 2, "hr", ["J17578+046", None])
    assert "stars = ['J17578+046', None]" in code and 'draw_diagram(results, luminosities, "hr", stars)' in code
    assert "stars" not in snippet.diagram([(snippet.Source("a.fits"), None)], "hr", [None])
