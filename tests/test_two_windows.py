"""A bundle of another window beside the shipped ones, in one process: nothing but a bundle knows its window."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dtl.bundle.selector import BundleSelector
from dtl.bundle.store import load_bundle, save_bundle
from dtl.cli.main import main
from dtl.evaluation.contaminants import KINDS, draw
from dtl.figures.spectrum import preparation_figure, reconstruction_figure
from dtl.inference.analyse import analyse
from dtl.inference.attribution import explain_spectrum
from dtl.preparation.masks import telluric_lines
from dtl.result import InferenceResult
from dtl.simulation.exposures import SimulationInputs
from dtl.simulation.gap import gap_of, read_gap
from dtl.simulation.survey_files import simulate_stars
from dtl.spectrum import UnusableInput
from dtl.wavelengths import doppler_shift
from tests.builders import WINDOW, shipped
from tests.conftest import ROOT
from tests.other_window import LINE, OTHER, STAR, TELLURIC, other_bundle, other_file, other_star

EXAMPLE = ROOT / "assets" / "examples" / "simulated-m3.fits"


@pytest.fixture(scope="module")
def result() -> InferenceResult:
    """Of a star in the other window."""
    return analyse(other_file(), name="other.txt", bundle=other_bundle())


def test_each_bundle_reads_and_answers_in_its_own_window(result: InferenceResult) -> None:
    first, again = analyse(EXAMPLE, bundle=shipped()), analyse(EXAMPLE, bundle=shipped())
    assert result.prepared.window == OTHER and first.prepared.window == WINDOW
    assert result.prepared.wavelength[[0, -1]].tolist() == [8650.0, 8690.0] and len(result.prepared.wavelength) == 4001
    assert not result.prepared.flags and result.prepared.rv == pytest.approx(-37.0, abs=0.3)
    for name, true, error in zip(("teff", "mh", "vsini"), STAR[[0, 2, 3]], (75.0, 0.1, 2.0), strict=True):
        assert result.estimates[name].value == pytest.approx(true, abs=error), name
    assert first.row()["teff"] == again.row()["teff"]


def test_a_file_of_one_window_is_refused_for_the_other() -> None:
    with pytest.raises(UnusableInput, match="8650–8690 Å"):
        analyse(EXAMPLE, bundle=other_bundle())
    with pytest.raises(UnusableInput, match="8800–8835 Å"):
        analyse(other_file(), name="other.txt", bundle=shipped())


def test_what_a_file_reaches_chooses_among_bundles() -> None:
    bundles = {"common-r50000": shipped(), "other-window": other_bundle()}
    selector = BundleSelector(
        bundles.__getitem__,
        {name: bundle.resolution for name, bundle in bundles.items()},
        {name: bundle.window for name, bundle in bundles.items()},
    )
    assert analyse(other_file(), name="other.txt", bundle=selector).bundle == "other-window 1.0"
    assert analyse(EXAMPLE, bundle=selector).bundle.startswith("common-r50000 ")


def test_figures_take_window_and_lines_from_the_result(result: InferenceResult) -> None:
    figure = reconstruction_figure(result)
    assert figure.layout.xaxis.range == figure.layout.xaxis2.range == (8650.0, 8690.0)
    assert [note.text for note in figure.layout.annotations] == ["Ca II 8664.5"]
    for step in result.prepared.steps:
        assert preparation_figure(step, result.prepared.window).data[0].y.size > 100, step.name
    shares = explain_spectrum(result.prepared, other_bundle()).shares("teff")
    assert shares[0].label == LINE.label and sum(share.share for share in shares) == pytest.approx(1.0)


def test_telluric_lines_of_its_card_are_masked() -> None:
    seen = analyse(other_star(frame="observatory"), bundle=other_bundle()).prepared
    assert telluric_lines(seen) == pytest.approx([doppler_shift(np.array(TELLURIC), -seen.rv)])
    masked = seen.wavelength[np.isfinite(seen.masked) & (np.abs(seen.wavelength - OTHER.centre) < 19.0)]
    assert masked.size and np.abs(masked - telluric_lines(seen)[0]).max() < 0.3


def test_stars_are_simulated_in_it() -> None:
    """All but those that need a library; the measured gap ends with its own window."""
    bundle = other_bundle()
    assert not read_gap().curve(bundle.wavelength, 3300.0, 50_000.0).any() and gap_of(bundle.card) is None
    assert "no synthetic gap, for none was measured in 8650–8690 Å" in bundle.card["limits"][-1]
    made = dict(draw(SimulationInputs(bundle), 1, 5))
    assert made.keys() == KINDS.keys() - {"cool", "giant", "other_range"}
    survey = simulate_stars(3, bundle, gap=gap_of(bundle.card), seed=2).survey
    for spectrum in [*made.values(), *survey.spectra]:
        assert OTHER.holds(spectrum.wavelength).mean() > 0.4, spectrum.file


def test_from_a_folder_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    save_bundle(other_bundle(), tmp_path / "bundle")
    read = load_bundle(tmp_path / "bundle")
    assert (read.window, read.lines, read.target.telluric_lines) == (OTHER, (LINE,), (TELLURIC,))
    (tmp_path / "other.txt").write_bytes(other_file())
    assert main(["predict", str(tmp_path / "other.txt"), "--bundle", str(tmp_path / "bundle"), "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["teff"] == pytest.approx(STAR[0], abs=75.0)
    assert main(["predict", str(EXAMPLE), "--bundle", str(tmp_path / "bundle"), "--json"]) == 2
    assert "8650–8690 Å" in capsys.readouterr().err


def test_a_card_of_another_window_than_the_wavelengths_is_refused(tmp_path: Path) -> None:
    save_bundle(other_bundle(), tmp_path / "bundle")
    path = tmp_path / "bundle" / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    card["window"]["upper"] = 8700.0
    path.write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(UnusableInput, match="its card gives the window 8650–8700 Å, its wavelengths another"):
        load_bundle(tmp_path / "bundle")
