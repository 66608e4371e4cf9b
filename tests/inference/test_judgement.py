"""Each doubt is raised where it should be, and not elsewhere, and says which parameter, its value and the limit."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from dtl.bundle.calibration import SCORES
from dtl.bundle.model import ModelBundle
from dtl.bundle.store import load_bundle
from dtl.export.tables import json_line, results_table
from dtl.flags import FLAGS, NOTES, Doubt
from dtl.inference.infer import infer
from dtl.inference.judgement import (
    doubts_of_estimates,
    doubts_of_gravity,
    doubts_of_strangeness,
    limit_rotation,
    measured_from,
    mistaken_rotation,
    withhold,
    without_blur,
)
from dtl.inference.prior import StarPrior
from dtl.preparation.broadening import broaden, degrading_velocity, gaussian_transfer, rotation_transfer
from dtl.preparation.prepare import prepare
from dtl.result import PARAMETERS, POSSIBLE, Estimate, InferenceResult
from dtl.simulation.observation import decoder_source, simulate_observation
from dtl.simulation.survey import published_parameters
from dtl.spectrum import Spectrum
from tests.builders import band, observe_model, shipped

BELIEVABLE = {"teff": 3500.0, "logg": 4.8, "mh": 0.0, "vsini": 8.0}
WIDTH = {"teff": 30.0, "logg": 0.05, "mh": 0.05, "vsini": 0.5}


def estimates(**changed: float) -> dict[str, Estimate]:
    return {name: Estimate(value, WIDTH[name], WIDTH[name]) for name, value in (BELIEVABLE | changed).items()}


def doubts(*, unlike: bool = False, models: ModelBundle | None = None, **changed: float) -> list[Doubt]:
    models = models or shipped()
    return doubts_of_estimates(estimates(**changed), models.limits, models.triples, unlike=unlike)


def test_nothing_to_doubt() -> None:
    assert doubts() == []
    assert doubts_of_strangeness({"residual": 98.9}, 99.0, 0.9) == [] == doubts_of_strangeness({}, 99.0, 0.9)
    assert withhold(estimates()) == (estimates(), [])


@pytest.mark.parametrize(("teff", "end"), [(3060.0, 3000.0), (4240.0, 4300.0)])
def test_networks_that_saturate_are_told_at_the_nearer_end(teff: float, end: float) -> None:
    """A spectrum unlike the models near an end may lie beyond that end, and not beyond the other."""
    (doubt,) = doubts(unlike=True, teff=teff)
    assert doubt.limit == end and doubt.parameters == ("teff",)
    assert "interval" in doubt.sentence and "lies beyond the end" not in doubt.sentence
    wide = estimates(teff=teff) | {"teff": Estimate(teff, 1300.0, 1300.0)}
    (both,) = doubts_of_estimates(wide, shipped().limits, shipped().triples, unlike=True)
    assert both.limit == end and "3000 K and 4300 K" in both.sentence


@pytest.mark.parametrize(
    ("name", "value", "end"),
    [("teff", 2900.0, 3000.0), ("teff", 4400.0, 4300.0), ("logg", 5.4, 5.3), ("logg", 3.3, 3.5), ("mh", -0.7, -0.5),
     ("mh", 0.7, 0.5), ("vsini", 33.0, 30.0)],
)  # fmt: skip
def test_beyond_an_end(name: str, value: float, end: float) -> None:
    """The parameter, its value and the end of the models are said, in the unit."""
    (doubt,) = doubts(**{name: value})
    label, unit, places = PARAMETERS[name]
    assert doubt.flag == "outside_grid" and doubt.parameters == (name,)
    assert doubt.value == value and doubt.limit == pytest.approx(end, rel=1e-6)
    text = doubt.sentence.replace("\N{MINUS SIGN}", "-")
    assert text.startswith(label) and f"{value:.{places}f}" in text and f"{end:.{places}f} {unit}" in text


def test_slow_rotation_is_no_edge() -> None:
    assert doubts(vsini=0.2) == []


def test_a_combination_that_no_model_has() -> None:
    """Inside of every range, but far from the main sequence."""
    (doubt,) = doubts(models=band(), teff=3100.0, logg=4.7, mh=-0.5)
    assert doubt.flag == "outside_grid" and "logg" in doubt.parameters
    assert doubt.value > doubt.limit == 1.0
    assert "Teff 3100" in doubt.sentence and "log g 4.70" in doubt.sentence


@pytest.mark.parametrize("teff", [3200.0, 3500.0, 3900.0])
def test_giants_are_no_dwarfs(teff: float) -> None:
    """log g 3.5 and 4.0 are far below the main sequence; that of a dwarf, and of a denser one, is not."""
    prior = StarPrior()
    for logg in (3.5, 4.0):
        (doubt,) = doubts_of_gravity(estimates(teff=teff, logg=logg), prior)
        assert doubt.flag == "outside_grid" and doubt.value == logg < doubt.limit and "giant" in doubt.sentence
    dwarf = float(prior.logg(np.array([teff]), np.array([0.0]))[0][0])
    for away in (-0.15, 0.0, 0.4):
        assert all(d.flag != "outside_grid" for d in doubts_of_gravity(estimates(teff=teff, logg=dwarf + away), prior))


def test_a_gravity_that_only_repeats_the_main_sequence() -> None:
    """An interval as wide as the prior has learned nothing; one of a third of it has."""
    prior = StarPrior()
    mean, width = (float(v[0]) for v in prior.logg(np.array([3500.0]), np.array([0.0])))
    told = estimates() | {"logg": Estimate(mean, width, width)}
    (doubt,) = doubts_of_gravity(told, prior)
    assert doubt.flag == "logg_from_main_sequence" and doubt.parameters == ("logg",) and doubt.flag in NOTES
    assert doubts_of_gravity(told | {"logg": Estimate(mean, width / 3, width / 3)}, prior) == []
    assert doubts_of_gravity(told, None) == []
    assert doubts_of_gravity(told | {"mh": Estimate(np.nan, np.nan, np.nan)}, prior) == []


@pytest.mark.parametrize("name", SCORES)
def test_each_score_is_understood_alone(name: str) -> None:
    """It may be the only one that is named."""
    (doubt,) = doubts_of_strangeness({name: 99.9}, 99.0, 0.83)
    assert f": the {SCORES[name]} is larger than for 99.9 % of good spectra" in doubt.sentence
    assert not {"same", "its", "it"} & set(SCORES[name].split())


def test_unlike_the_models() -> None:
    (doubt,) = doubts_of_strangeness({"residual": 99.4, "latent_distance": 12.0}, 99.0, 0.83)
    assert doubt.flag == "out_of_distribution" and doubt.parameters == tuple(PARAMETERS)
    assert "99.4 % of" in doubt.sentence and "limit 99.0 %" in doubt.sentence and "0.83" in doubt.sentence
    assert "than for all good spectra" in doubts_of_strangeness({"residual": 100.0}, 99.0, 0.83)[0].sentence
    hottest = dict(zip(("teff", "logg", "mh"), max(map(tuple, shipped().nodes[:, :3].tolist())), strict=True))
    assert [d.flag for d in doubts(unlike=True, **hottest)] == ["outside_grid"]  # networks saturate at the ends
    assert doubts(unlike=False, **hottest) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("teff", 1.3e9), ("teff", 1400.0), ("teff", np.nan), ("logg", -3.0), ("logg", 40.0), ("mh", 4.5), ("mh", -np.inf),
     ("vsini", 600.0)],
)  # fmt: skip
def test_what_no_star_can_have_is_withheld(name: str, value: float) -> None:
    kept, found = withhold(estimates(**{name: value}))
    assert kept[name].withheld and not any(kept[other].withheld for other in PARAMETERS if other != name)
    assert [(d.flag, d.parameters) for d in found] == [("value_withheld", (name,))]
    assert found[0].sentence.startswith(f"{PARAMETERS[name][0]} is withheld") and "1300000000" not in found[0].sentence


def test_an_interval_beyond_everything_is_withheld() -> None:
    wide = estimates() | {"mh": Estimate(0.1, 0.1, 1e4), "teff": Estimate(3500.0, np.nan, 30.0)}
    kept, found = withhold(wide)
    assert kept["mh"].withheld and kept["teff"].withheld and len(found) == 2
    assert set(POSSIBLE) == set(PARAMETERS)


def test_a_withheld_value_leaves_in_no_form() -> None:
    """From the answer to row, table and JSON, with the flag beside it."""
    bundle = shipped()
    (result,) = infer([prepare(observe_model(), bundle.target)], bundle)
    strange = replace(result.prepared, flux=np.where(np.arange(3501) == 1700, -1e9, result.prepared.flux))
    (result,) = infer([strange], bundle)
    withheld = [name for name in PARAMETERS if result.estimates[name].withheld]
    assert withheld and "value_withheld" in result.flags
    for name, (low, high) in POSSIBLE.items():
        assert name in withheld or low <= result.estimates[name].value <= high
    row, line = result.row(), json.loads(json_line(result))
    for name in withheld:
        assert line[name] is line[f"{name}_lower"] is line[f"{name}_upper"] is None
        assert row[name] is None and np.isnan(float(results_table([result])[name][0]))
        assert PARAMETERS[name][0] in result.explain("value_withheld")


def test_rotation_and_its_limit() -> None:
    """Measured above the slowest node by 2.5 lower distances; else the limit lies above what would be measured."""
    assert measured_from(1.5, 0.4) == pytest.approx(2.5)
    assert limit_rotation(Estimate(2.6, 0.4, 0.3), 1.5) == (Estimate(2.6, 0.4, 0.3), [])
    limited, (doubt,) = limit_rotation(Estimate(2.4, 0.4, 0.3), 1.5)
    assert limited.value == 2.4 and limited.limit == pytest.approx(2.5 + 0.6)
    assert doubt.flag == "upper_limit_vsini" and doubt.limit == limited.limit and "< 3.1 km/s" in doubt.sentence
    withheld = Estimate(np.nan, np.nan, np.nan)
    assert limit_rotation(withheld, 1.5) == (withheld, [])


@lru_cache
def rotating(name: str, speed: float, snr: float, stars: int = 24) -> list[InferenceResult]:
    """Stars of the publication, all turning at ``speed`` km/s, observed at the bundle's resolution."""
    bundle: ModelBundle = load_bundle(name)
    rng = np.random.default_rng(int(1000 * speed + snr))
    parameters = published_parameters(bundle.nodes)[1]
    chosen = parameters[rng.choice(len(parameters), stars, replace=False)]
    prepared = []
    for i, star in enumerate(chosen):
        data = simulate_observation(
            np.r_[star[:3], speed], bundle, snr=snr, velocity=float(rng.uniform(-60, 60)),
            pixel=2500.0 / bundle.resolution, seed=7000 + i,
        )  # fmt: skip
        spectrum = Spectrum(*data, file="star.fits", resolution=bundle.resolution, frame="barycentric")
        prepared.append(prepare(spectrum, bundle.target))
    return infer(prepared, bundle)


@pytest.mark.parametrize("name", ["common-r50000", "carmenes-r94600"])
@pytest.mark.parametrize("snr", [30.0, 100.0])
def test_limits_hold(name: str, snr: float) -> None:
    """Of stars whose rotation is not resolved at least 93 % turn slower than their limit says."""
    held, slow = [], []
    for speed in (0.5, 1.0, 2.0, 3.0, 4.0):
        for result in rotating(name, speed, snr):
            limit = result.row()["vsini_limit"]
            assert (limit is not None) == ("upper_limit_vsini" in result.flags)
            if limit is not None:
                held.append(speed <= limit)
                slow.append(speed)
    assert np.mean(held) >= 0.93
    assert np.mean(np.array(slow) <= 1.0) > 0.3  # the slow ones are limits


@pytest.mark.parametrize(("name", "speed"), [("carmenes-r94600", 3.0), ("common-r50000", 4.0)])
def test_what_is_resolved_is_measured(name: str, speed: float) -> None:
    """At S/N 100: 3 km/s at a resolution of 94,600, where the instrument's own width is 3.2; 4 km/s at 50,000."""
    results = rotating(name, speed, 100.0)
    assert np.mean(["upper_limit_vsini" not in result.flags for result in results]) >= 0.9


def test_the_limit_follows_the_spectrum() -> None:
    """It falls with the noise and with a higher resolution."""
    limits = {
        (name, snr): np.median([r.row()["vsini_limit"] for r in rotating(name, 1.0, snr)])
        for name in ("common-r50000", "carmenes-r94600")
        for snr in (30.0, 100.0)
    }
    assert limits["common-r50000", 100.0] < limits["common-r50000", 30.0]
    assert limits["carmenes-r94600", 100.0] < limits["carmenes-r94600", 30.0]
    assert limits["carmenes-r94600", 100.0] < limits["common-r50000", 100.0]


def test_words_are_flags() -> None:
    assert {"outside_grid", "out_of_distribution", "upper_limit_vsini", "value_withheld"} <= set(FLAGS)


def test_rotation_and_blur_have_one_variance() -> None:
    """Both profiles, computed: a Gaussian of the missing resolution and the rotation that it is taken for."""
    blur = mistaken_rotation(40_000.0, 50_000.0)
    frequency = np.array([0.0, 1e-3])
    second = [
        1.0 - transfer[1] / transfer[0]
        for transfer in (
            rotation_transfer(frequency, blur),
            gaussian_transfer(frequency, degrading_velocity(50_000.0, 40_000.0)),
        )
    ]
    assert second[0] == pytest.approx(second[1], rel=1e-3)
    assert mistaken_rotation(50_000.0, 50_000.0) == mistaken_rotation(None, 50_000.0) == 0.0


@pytest.mark.parametrize("vsini", [5.0, 12.0])
@pytest.mark.parametrize("resolution", [41_000.0, 46_000.0])
def test_a_lower_resolution_is_not_taken_for_rotation(resolution: float, vsini: float) -> None:
    """The same star at the bundle's resolution and below it turns at the same speed, to 0.4 km/s."""
    bundle = shipped()
    wavelength, flux = decoder_source(bundle.source)(np.array([3400.0, 4.9, -0.1, vsini]), bundle.resolution)
    found = []
    for stated in (bundle.resolution, resolution):
        blurred = broaden(flux, 0.3, fwhm=degrading_velocity(bundle.resolution, stated))
        spectrum = Spectrum(wavelength, blurred, np.full_like(flux, 0.003), file="s", resolution=stated, frame="rest")
        found.append(infer([prepare(spectrum, bundle.target)], bundle)[0].estimates["vsini"])
    assert found[0].value == pytest.approx(found[1].value, abs=0.4)
    assert found[1].limit is None or vsini < 10.0


def test_what_blur_leaves() -> None:
    """In quadrature; a star whose lines are as broad as the blur makes them has a limit, and no smaller interval."""
    assert without_blur(Estimate(5.0, 0.4, 0.4), 3.0).value == pytest.approx(4.0)
    nothing = without_blur(Estimate(2.0, 0.4, 0.4), 3.0)
    assert nothing.value == 0.0 and nothing.lower == 0.4
    assert limit_rotation(nothing, 1.5)[0].limit is not None
