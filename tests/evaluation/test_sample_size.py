"""How many spectra help: read off the measured numbers, and the measurement itself in small."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from dtl.evaluation import sample_size
from dtl.evaluation.sample_size import COUNTS, SEEDS, SampleSizes, measure_sample_sizes, read_begun, read_sample_sizes
from dtl.result import PARAMETERS
from dtl.spectrum import UnusableInput
from dtl.training.transfer_settings import SurveyPlan


def errors(teff: float, other: float = 0.5) -> dict[str, dict[str, float]]:
    return {name: {"rmse": teff if name == "teff" else other, "bias": 0.0} for name in PARAMETERS}


def sizes(*teff: float, counts: tuple[int, ...] = (4, 8, 16)) -> SampleSizes:
    """Two surveys whose rmse of Teff without an adaptation is 50 and 70 K."""
    surveys = [
        {"seed": seed, "judged": 9, "models_alone": errors(t, 1.0), "shipped": errors(30)}
        for seed, t in ((1, 50), (2, 70))
    ]
    runs = [
        {"stars": n, "seed": s, "errors": errors(t + d)}
        for n, t in zip(counts, teff, strict=True)
        for s, d in ((1, -5), (2, 5))
    ]
    return SampleSizes({"counts": list(counts), "surveys": surveys, "runs": runs, "bundle": "x 1"})


def test_enough_is_where_it_helps_from_there_on():
    assert sizes(90, 55, 50).enough("teff") == 8
    assert sizes(55, 61, 50).enough("teff") == 16  # what helped once by luck does not count
    assert sizes(55, 50, 60).enough("teff") is None  # 60 is the mean without
    assert sizes(90, 55, 50).enough() == 8 and sizes(90, 55, 50).enough("mh") == 4
    assert sizes(90, 29, 28).enough("teff", "shipped") == 8 and sizes(90, 55, 50).enough("teff", "shipped") is None
    assert sizes(90, 55, 50).rmse(8, "teff") == [50, 60] and sizes(90, 55, 50).unadapted("teff") == [50, 70]
    assert sizes(90, 55, 50).unadapted("teff", "shipped") == [30, 30]


def test_a_survey_that_is_not_complete_is_left_out():
    table = dict(sizes(90, 55, 50).table)
    table["runs"] = table["runs"][:-1]
    assert SampleSizes(table).rmse(4, "teff") == [85] and len(SampleSizes(table).surveys) == 1


def test_no_survey_is_one_that_anything_was_chosen_or_judged_with():
    plan = SurveyPlan()
    used = {seed for kind in ("test", "transfer", "calibration") for seed in plan.seeds(kind)}
    assert not used & set(SEEDS)
    assert min(COUNTS) == 4 and max(COUNTS) < 286


def test_what_comes_with_the_program_can_be_read():
    found = read_sample_sizes()
    assert found is not None and found.surveys
    for survey in found.surveys:
        assert survey["judged"] == 286 - max(found.counts)
    for name in PARAMETERS:
        assert all(0 < value < 500 for count in found.counts for value in found.rmse(count, name))


def test_a_file_that_is_no_table(tmp_path):
    path = tmp_path / "sizes.json"
    assert read_sample_sizes(path) is None
    for text in ("[1", "[]", '{"runs": 3}'):
        path.write_text(text)
        read_sample_sizes.cache_clear()
        with pytest.raises(UnusableInput, match="is no table of sample sizes"):
            read_sample_sizes(path)
    read_sample_sizes.cache_clear()


def test_a_table_that_is_only_begun_is_gone_on_with(tmp_path):
    """Where no survey is complete there is nothing to tell, but all to go on with."""
    path, begun = tmp_path / "begun.json", {"counts": [4, 8], "surveys": [], "runs": [{"seed": 1, "stars": 4}]}
    path.write_text(json.dumps(begun))
    assert read_begun(path) == begun and read_sample_sizes(path) is None
    assert read_begun(tmp_path / "none.json") is None


def test_the_measurement_goes_on_where_it_stood(monkeypatch):
    """Adaptations are replaced by a count of the spectra they see; stars by their numbers."""
    seen = []
    truth = np.arange(48.0).reshape(12, 4)
    simulator = SimpleNamespace(
        observe=lambda bundle, seed: (list(range(12)), truth), settings=SampleSizes({"a": 1}), stars=12
    )
    monkeypatch.setattr(sample_size, "survey_simulator", lambda *given: simulator)
    monkeypatch.setattr(sample_size, "infer_in_parts", lambda spectra, bundle: (bundle, spectra))
    monkeypatch.setattr(
        sample_size, "parameter_errors", lambda found, truth: errors(float(len(found[1])), float(truth.sum()))
    )

    def adapt(bundle: object, spectra: list[int], **more: object) -> str:
        seen.append(spectra)
        return "adapted"

    monkeypatch.setattr(sample_size, "adapt", adapt)
    bundle = SimpleNamespace(name="x", version="1", source="source")
    kept: list[str] = []
    full = measure_sample_sizes(bundle, counts=(4, 6), seeds=(1, 2), keep=lambda table: kept.append(json.dumps(table)))
    assert [len(spectra) for spectra in seen] == [4, 6, 4, 6] and set(seen[0]) < set(seen[1])
    assert all(survey["judged"] == 6 for survey in full["surveys"]) and len(kept) == 6
    judged = set(range(12)) - set(seen[1])
    assert full["runs"][0]["errors"]["mh"]["rmse"] == truth[sorted(judged)].sum()
    seen.clear()
    again = measure_sample_sizes(bundle, counts=(4, 6), seeds=(1, 2), known=json.loads(kept[2]))
    assert again == full and len(seen) == 2  # the first survey was known
    seen.clear()
    measure_sample_sizes(bundle, counts=(4, 8), seeds=(1,), known=full)
    assert len(seen) == 2  # others judge now: nothing can be kept
