"""Figures on simulated surveys: what they are is checked by hand on small ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dtl.bundle.store import save_bundle
from dtl.cli.main import main
from dtl.evaluation import evaluate as module
from dtl.evaluation.ablation import ablation, summary
from dtl.evaluation.evaluate import evaluate, with_metrics
from dtl.evaluation.survey_accuracy import distances, errors, prepared_flux, survey_simulator
from dtl.evaluation.survey_report import measure_on_surveys
from dtl.grid.build import GridSettings
from dtl.result import PARAMETERS
from dtl.training.transfer_settings import SurveyPlan
from tests.builders import shipped

PLAN = SurveyPlan(test_surveys=2, stars=5)


def test_errors_by_hand() -> None:
    truth = np.array([[3000.0, 5.0, 0.0, 2.0], [3100.0, 4.9, 0.1, 3.0]])
    found = truth + np.array([[30.0, 0.1, -0.1, 0.0], [-10.0, 0.1, 0.1, 2.0]])
    measured = errors(found, truth)
    assert measured["teff"] == pytest.approx({"rmse": np.sqrt(500), "bias": 10.0})
    assert measured["logg"] == pytest.approx({"rmse": 0.1, "bias": 0.1})
    assert measured["mh"] == pytest.approx({"rmse": 0.1, "bias": 0.0})
    assert measured["vsini"] == pytest.approx({"rmse": np.sqrt(2), "bias": 1.0})


def test_ablation_compares_on_the_same_spectra() -> None:
    bundle = shipped().source
    rng = np.random.default_rng(4)
    surveys = []
    for _ in range(2):
        rows = rng.choice(len(bundle.nodes), 6, replace=False)
        surveys.append((bundle.decode(bundle.latents[rows]), bundle.nodes[rows]))
    seeds = []
    variants = {
        "none": lambda bundle, flux, seed: bundle,
        "ours": lambda bundle, flux, seed: seeds.append(seed) or bundle,
    }
    table = ablation(bundle, surveys, variants=variants, seed=3)
    assert seeds == [3, 4]
    for i, (flux, truth) in enumerate(surveys):
        expected = errors(bundle.parameters(flux), truth)
        for name in PARAMETERS:
            assert table["none"][name]["rmse"][i] == pytest.approx(expected[name]["rmse"])
    assert summary(table) == pytest.approx(dict.fromkeys(PARAMETERS, 0.0))
    table["ours"]["mh"]["rmse"] = [value / 2 for value in table["none"]["mh"]["rmse"]]
    assert summary(table)["mh"] == pytest.approx(-0.5)


def test_distances_against_a_loop() -> None:
    bundle = shipped()
    flux = bundle.decode(bundle.latents[:4]) + 0.01
    found = distances(bundle, flux)
    models = bundle.decode(bundle.latents)
    assert found["flux"] == pytest.approx(
        np.mean([np.sqrt(((models - row) ** 2).sum(axis=1)).min() for row in flux]), rel=1e-2
    )
    latents = bundle.encode(flux)
    nearest = [np.sqrt(((bundle.latents - row) ** 2).sum(axis=1)).min() for row in latents]
    assert found["latent_after"] == pytest.approx(np.mean(nearest), rel=1e-2)  # float32, near zero
    assert found["mse_after"] == pytest.approx(np.mean((bundle.reconstruct(latents) - flux) ** 2), rel=1e-5)


def test_surveys_through_the_decoder() -> None:
    """Five stars of two surveys: every figure is there, and those that can be are what the parts give."""
    bundle = shipped()
    simulator = survey_simulator(bundle, GridSettings(), PLAN, None)
    report = measure_on_surveys(bundle, simulator, PLAN)
    assert report["survey"]["stars"] == 10
    parts = [simulator.observe(bundle, seed) for seed in PLAN.seeds("test")]
    found = np.concatenate([bundle.parameters(prepared_flux(bundle, prepared)) for prepared, _ in parts])
    expected = errors(found, np.concatenate([truth for _, truth in parts]))
    for name in PARAMETERS:
        assert report["survey"]["after"][name] == pytest.approx(expected[name], rel=1e-4)
    for table in ("coverage_1_sigma", "survey_at_snr", "false_alarms"):
        assert list(report[table]) == ["50", "100", "300"]
    assert all(0 <= part <= 1 for level in report["coverage_1_sigma"].values() for part in level.values())


def test_seeds_of_surveys_never_meet() -> None:
    plan = SurveyPlan(test_surveys=50, transfer_surveys=50, calibration_surveys=50)
    sets = [set(plan.seeds(kind)) for kind in ("test", "transfer", "calibration")]
    assert len(set.union(*sets)) == 150


def test_figures_from_the_card_where_the_library_is_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = with_metrics(shipped(), {"autoencoder_mse": 4e-7, "survey": {"stars": 1}})
    monkeypatch.setattr(module, "measure_on_surveys", lambda *a, **k: {"survey": {"stars": 2}})
    monkeypatch.setattr(module, "measure_trust", lambda *a, **k: {"all": 1.0})
    monkeypatch.setattr(module, "measure_transfer", lambda *a, **k: {})
    monkeypatch.setattr(module, "leave_out", lambda *a, **k: [])
    monkeypatch.setattr(module, "measure_unseen", lambda *a, **k: {})
    monkeypatch.setattr(module, "measure_adapted", lambda *a, **k: {})
    report = evaluate(bundle)
    assert report["metrics"] == {"autoencoder_mse": 4e-7, "survey": {"stars": 2}, "trust": {"all": 1.0}}
    assert report["source"] == {"autoencoder_mse": "card", "survey": "recomputed", "trust": "recomputed"}
    folder = save_bundle(bundle, tmp_path / "mine")
    assert main(["evaluate", "--bundle", str(folder), "--json", "--write"]) == 0
    assert json.loads(capsys.readouterr().out) == report
    assert json.loads((folder / "card.json").read_text())["metrics"] == report["metrics"]


def test_a_shipped_card_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--bundle", "common-r50000", "--write"]) == 2
    assert "folder" in capsys.readouterr().err
