"""From file to answer: the shipped examples, and real stars where the optional data are."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dtl.bundle import learned_gap
from dtl.bundle.model import ModelBundle
from dtl.inference import analyse as module
from dtl.inference.analyse import Stages, analyse
from dtl.readers import registry
from dtl.readers.options import ReadOptions
from dtl.result import PARAMETERS, InferenceResult
from dtl.spectrum import AnalysisFailed, UnusableInput
from tests.builders import shipped

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"
ENTRIES = json.loads((EXAMPLES / "index.json").read_text(encoding="utf-8"))
_DRAWN = re.compile(
    r"Teff (?P<teff>[\d.]+) K, log g (?P<logg>[\d.]+)(?: dex)?, \[M/H\] (?P<mh>-?[\d.]+)(?: dex)?, "
    r"v sin i (?P<vsini>[\d.]+) km/s, velocity (?P<rv>[+-][\d.]+) km/s"
)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_examples(entry: dict[str, str]) -> None:
    """The drawn parameters lie within four intervals."""
    drawn = {name: float(value) for name, value in _DRAWN.search(entry["text"]).groupdict().items()}
    result = analyse(EXAMPLES / entry["file"], bundle=shipped())
    for name in PARAMETERS:
        estimate = result.estimates[name]
        distance = estimate.upper if drawn[name] > estimate.value else estimate.lower
        assert abs(drawn[name] - estimate.value) < 4 * distance, (name, drawn[name], estimate)
    snr = float(re.search(r"S/N (\d+)", entry["text"])[1])
    # Lines that models lack pull the velocity: by up to 1 km/s, that is the accuracy.
    assert result.prepared.rv == pytest.approx(drawn["rv"], abs=1.0)
    assert result.prepared.snr == pytest.approx(snr, rel=0.15)
    assert ("low_snr" in result.flags) == (snr < 30)
    assert not {"outside_grid", "out_of_distribution", "window_incomplete", "rv_uncertain"} & set(result.flags)
    assert result.prepared.spectrum.simulated


def test_content_and_path_agree() -> None:
    path = EXAMPLES / ENTRIES[0]["file"]
    assert analyse(path.read_bytes(), name=path.name, bundle=shipped()).row() == analyse(path, bundle=shipped()).row()


@pytest.fixture
def stages(monkeypatch: pytest.MonkeyPatch) -> tuple[Stages, list[str]]:
    """Stages, and what they do, in order."""
    done: list[str] = []

    def count(name: str, act: Callable[..., object]) -> Callable[..., object]:
        def counting(*arguments: object, **more: object) -> object:
            done.append(name)
            return act(*arguments, **more)

        return counting

    for name in ("read_contents", "prepare"):
        monkeypatch.setattr(module, name, count(name, getattr(module, name)))
    return Stages(), done


def test_a_change_repeats_only_what_depends_on_it(stages: tuple[Stages, list[str]]) -> None:
    kept, done = stages
    path = EXAMPLES / ENTRIES[0]["file"]

    def run(bundle: ModelBundle | None = None, **options: object) -> InferenceResult:
        done.clear()
        bundle = bundle or shipped()
        answer = analyse(path, bundle=bundle, options=ReadOptions(**options), stages=kept)
        assert answer.row() == analyse(path, bundle=bundle, options=ReadOptions(**options)).row()
        del done[-2:]  # of the analysis without stages
        return answer

    run()
    assert done == ["read_contents", "prepare"]
    run()
    assert not done
    run(resolution=60_000.0)
    assert done == ["prepare"]
    run(resolution=60_000.0, frame="rest")
    assert done == ["prepare"]
    other = replace(shipped(), card=shipped().card | {"name": "adapted"})  # networks with the same target
    assert run(other, resolution=60_000.0, frame="rest").bundle.startswith("adapted")
    assert not done
    sharper = replace(shipped(), card=shipped().card | {"resolution": 55_000.0})
    run(sharper, resolution=60_000.0, frame="rest")
    assert done == ["prepare"]


def test_other_columns_are_read_anew(stages: tuple[Stages, list[str]]) -> None:
    kept, done = stages
    path = EXAMPLES / ENTRIES[0]["file"]
    analyse(path, bundle=shipped(), stages=kept)
    done.clear()
    with pytest.raises(UnusableInput):
        analyse(path, bundle=shipped(), stages=kept, options=ReadOptions(columns=("no", "such", None)))
    assert done == ["read_contents"]
    analyse(path, bundle=shipped(), stages=kept)
    assert done == ["read_contents"]  # what was kept before the refusal is there still


BARNARD = ("Slope-20181003T014556", "Slope-20190319T114849")


def raw(shared_data: Path, instrument: str, start: str) -> Path:
    found = sorted((shared_data / "observed" / "raw" / instrument).glob(f"{start}*"))
    if not found:
        pytest.skip(f"no real data: {instrument}/{start}* is absent")
    return found[0]


def real(shared_data: Path, instrument: str, start: str) -> InferenceResult:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # no division by zero on the way
        return analyse(raw(shared_data, instrument, start), bundle=shipped())


def test_barnards_star(shared_data: Path) -> None:
    """Published Teff of GJ 699: 3353, 3254, 3238, 3228 K."""
    for night in (real(shared_data, "HPF", start) for start in BARNARD):
        for published in (3353, 3254, 3238, 3228):
            assert night.estimates["teff"].value == pytest.approx(published, abs=150)
        assert night.prepared.rv == pytest.approx(-110.5, abs=1.0) and night.prepared.rv_frame == "barycentric"
        assert not {"outside_grid", "rv_uncertain", "window_incomplete"} & set(night.flags)


@pytest.mark.parametrize(
    ("name", "limit"),
    [("teff", 40.0), ("logg", 0.05), ("mh", 0.08), ("vsini", 1.0)],
)
def test_two_nights_agree(shared_data: Path, name: str, limit: float) -> None:
    """Half a year apart, with other telluric lines over the star's."""
    first, second = (real(shared_data, "HPF", start).estimates[name].value for start in BARNARD)
    assert abs(first - second) < limit


def test_g_9_40(shared_data: Path) -> None:
    result = real(shared_data, "HPF", "Slope-20190301T024821")
    assert 3350 - 150 <= result.estimates["teff"].value <= 3400 + 150
    assert result.prepared.rv == pytest.approx(14.5, abs=1.0)


@pytest.mark.parametrize(
    "start", ["20200829T031635", "20200830T030251", "20210201T112020", "20210319T082227", "20210320T081801"]
)
def test_cooler_than_the_grid(shared_data: Path, start: str) -> None:
    """LHS 3154, 2861 K."""
    result = real(shared_data, "HPF", f"Slope-{start}")
    assert "outside_grid" in result.flags
    assert result.prepared.rv == pytest.approx(-42.0, abs=1.0)


def test_hotter_than_the_grid(shared_data: Path) -> None:
    """HD 114386, K3 V."""
    result = real(shared_data, "FEROS", "ADP.2016-09-20")
    assert {"outside_grid", "out_of_distribution"} & set(result.flags)
    assert result.prepared.rv == pytest.approx(33.4, abs=1.0)


def test_accreting_star(shared_data: Path) -> None:
    """EX Lup with veiling and emission: stranger than every good star, and said to be."""
    result = real(shared_data, "FEROS", "ADP.2017-07-21")
    assert result.percentiles["residual"] == 100.0
    assert "out_of_distribution" in result.flags


def test_too_low_a_resolution(shared_data: Path) -> None:
    with pytest.raises(UnusableInput, match=r"tchi140917\.1119\.fits: its resolution, 2[78],\d{3} \(CHIRON\)"):
        analyse(raw(shared_data, "CHIRON", "tchi140917"), bundle=shipped())


def test_without_wavelengths(shared_data: Path) -> None:
    with pytest.raises(UnusableInput, match=r"Slope-20180302T021512.*no wavelengths"):
        analyse(raw(shared_data, "HPF", "Slope-20180302T021512"), bundle=shipped())


def test_no_curve_is_broadened_beyond_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what is no star the networks give millions of km/s; what is broadened is what a model can have."""
    seen, broaden, bundle = [], learned_gap.broaden, shipped()
    monkeypatch.setattr(
        learned_gap, "broaden", lambda curve, step, vsini: seen.append(vsini) or broaden(curve, step, vsini=vsini)
    )
    far = np.concatenate([1e6 * bundle.latents[:50], -1e6 * bundle.latents[:50]])
    assert bundle.regress(far, "vsini").mean(axis=0).max() > 1e4
    assert np.isfinite(bundle.reconstruct(far)).all()
    assert seen and max(seen) <= bundle.nodes[:, 3].max()


def test_a_fault_of_the_program_is_one_sentence_of_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "prepare", lambda *_: 1 / 0)
    with pytest.raises(AnalysisFailed, match=r"star\.txt could .*ZeroDivisionError.*try another") as caught:
        analyse((EXAMPLES / ENTRIES[0]["file"]).read_bytes(), name="star.txt", bundle=shipped())
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_that_memory_is_lacking_says_nothing_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def lack(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(registry, "assemble", lack)
    with pytest.raises(AnalysisFailed, match=r"star\.txt needs more memory than there is"):
        analyse((EXAMPLES / ENTRIES[0]["file"]).read_bytes(), name="star.txt", bundle=shipped())
