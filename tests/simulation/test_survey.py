"""The simulated survey: real places in the grid, and each disturbance as large as it says."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import CubicSpline
from scipy.stats import kstest

from dtl.catalogue.published_stars import stars
from dtl.grid.build import render
from dtl.grid.library import Library
from dtl.grid.nodes import main_sequence_nodes
from dtl.inference.trust import hull_distance
from dtl.preparation.broadening import log_grid
from dtl.preparation.prepare import prepare
from dtl.preparation.target import PreparationTarget
from dtl.simulation.gap import GapModel
from dtl.simulation.survey import (
    Survey,
    SurveySettings,
    library_source,
    published_parameters,
    simulate_survey,
    telluric_transmission,
)
from tests.builders import WINDOW, library_flux

observe = partial(simulate_survey, window=WINDOW)
#: Nothing between source and spectrum.
PERFECT = SurveySettings(
    resolution_error=0.0, snr=(1e5, 1e5), gap_scatter=0.0, depth_common=0.0, depth_star=0.0, logg_response=1.0,
    continuum=0.0, telluric=0.0, wavelength_error=0.0,
)  # fmt: skip
NO_GAP = GapModel(np.empty(0), np.empty(0), np.empty((2, 0)), np.zeros((2, 3)), (3200.0, 3400.0), window=WINDOW)
#: Places of the lines of `Lines`, Angstrom.
PLACES = np.arange(8802.0, 8834.0, 1.6)
WORK = log_grid(8788.0, 8847.0, 1.0)
STARS = np.array([[3300.0, 4.9, 0.0, 2.0], [3450.0, 4.7, -0.2, 5.0], [3600.0, 5.05, 0.2, 12.0]])


class Lines:
    """A source of Gaussian lines, deeper the cooler; remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[np.ndarray, float]] = []

    def __call__(self, parameters: np.ndarray, resolution: float) -> tuple[np.ndarray, np.ndarray]:
        self.asked.append((np.array(parameters), resolution))
        depth = 0.3 + 0.2 * (3500.0 - parameters[0]) / 500.0
        return WORK, 1.0 - depth * np.exp(-0.5 * ((WORK[:, None] - PLACES) / 0.15) ** 2).sum(axis=1)

    @property
    def of_stars(self) -> list[tuple[np.ndarray, float]]:
        """What was asked for the stars: the first is the star whose lines are looked for."""
        return self.asked[1:]


def at_rest(survey: Survey, star: int) -> tuple[np.ndarray, np.ndarray]:
    """Wavelengths at rest and flux; the first wavelength lies 0.05 Angstrom beyond that of the source."""
    spectrum = survey.spectra[star]
    return spectrum.wavelength * WORK[0] / (spectrum.wavelength[0] - 0.05), spectrum.flux


def test_published_stars_lie_in_the_grid() -> None:
    nodes = main_sequence_nodes(teff=(3000, 4300), logg=(4.7, 5.3), mh=(-0.5, 0.5))
    names, parameters = published_parameters(nodes)
    assert parameters.shape == (286, 4) and len(set(names)) == 286 and "J17578+046" in names
    assert (parameters >= nodes.min(axis=0)).all() and (parameters <= nodes.max(axis=0)).all()
    assert (hull_distance(parameters, nodes) < 1).all()
    # Who lies inside is left as published; who is moved is moved to where the grid begins.
    published = stars()[["teff", "logg", "mh", "vsini"]].to_numpy(dtype=float)
    inside = (published >= nodes.min(axis=0)).all(axis=1) & (published <= nodes.max(axis=0)).all(axis=1)
    inside &= hull_distance(published, nodes) <= 0.9
    assert 100 < inside.sum() < 286
    np.testing.assert_array_equal(parameters[inside], published[inside])
    assert (parameters[~inside] != published[~inside]).any(axis=1).all()
    barnard = published[names.index("J17578+046")]
    np.testing.assert_allclose(barnard, [3353.0, 4.96, -0.22, 3.1], atol=0.05)  # published to these digits
    np.testing.assert_allclose(barnard[1:3], [4.96, -0.22], atol=0.005)


def test_same_seed_same_survey() -> None:
    first, second, other = (observe(Lines(), NO_GAP, STARS, seed=seed, names=["a", "b", "c"]) for seed in (1, 1, 2))
    for one, again, another in zip(first.spectra, second.spectra, other.spectra, strict=True):
        np.testing.assert_array_equal(one.wavelength, again.wavelength)
        np.testing.assert_array_equal(one.flux, again.flux)
        assert one.flux.shape != another.flux.shape or not np.array_equal(one.flux, another.flux)
        assert one.simulated and one.frame == "barycentric" and one.resolution == 94_600.0
    assert [spectrum.star for spectrum in first.spectra] == ["a", "b", "c"]
    np.testing.assert_array_equal(first.truth, STARS)


def test_a_star_does_not_depend_on_how_many_there_are() -> None:
    """Its resolution, its continuum and its signal-to-noise ratio are its own."""
    settings = replace(PERFECT, resolution_error=0.05, continuum=0.1, snr=(50.0, 300.0))
    few, many = Lines(), Lines()
    surveys = [
        observe(few, None, STARS[:2], settings, seed=3),
        observe(many, None, STARS, settings, seed=3),
    ]
    np.testing.assert_array_equal(surveys[0].snr, surveys[1].snr[:2])
    for one, other in zip(few.of_stars, many.of_stars, strict=False):
        assert one[1] == other[1] != 94_600.0
    for star in range(2):
        curves = []
        for survey in surveys:
            wavelength, flux = survey.spectra[star].wavelength, survey.spectra[star].flux
            rest, _ = at_rest(survey, star)
            x = (wavelength - 8800.0) / 35.0 - 0.5
            between = np.abs((rest - PLACES[0] + 0.8) % 1.6 - 0.8) > 0.7
            curves.append(np.polyfit(x[between], flux[between], 2))
        np.testing.assert_allclose(curves[0], curves[1], atol=0.01)
        assert np.abs(curves[0][:2]).max() > 0.02 and curves[0][2] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("continuum", [0.0, 0.1])
def test_without_errors_a_star_is_its_model(continuum: float) -> None:
    """From the library over a survey and the preparation to what the grid holds."""
    wavelength = np.arange(8780.0, 8855.0, 0.02)
    nodes = np.array(list(product((3300.0, 3500.0), (4.5, 5.0), (-0.5, 0.5))))
    library = Library(wavelength, nodes, np.stack([library_flux(wavelength, *n) for n in nodes]), 500_000.0, "made up")
    parameters = np.array([[3370.0, 4.8, -0.1, 2.0], [3480.0, 4.7, 0.3, 12.0]])
    survey = observe(library_source(library, WINDOW), None, parameters, replace(PERFECT, continuum=continuum), seed=4)
    for star, spectrum in zip(parameters, survey.spectra, strict=True):
        expected = render(
            library_flux(wavelength, *star[:3]),
            wavelength,
            star[3:],
            WINDOW,
            resolution_from=500_000.0,
            resolution_to=50_000.0,
        )
        target = PreparationTarget(WINDOW.points(), 50_000.0, expected, ("the model",), window=WINDOW)
        prepared = prepare(spectrum, target)
        # without noise the ratio is beyond what any star is observed with, and that alone is said
        assert prepared.good.all() and set(prepared.flags) <= {"uncertainty_implausible", "snr_implausible"}
        assert np.sqrt(np.mean((prepared.flux - expected[0]) ** 2)) < 2e-3
        assert expected.std() > 0.05


def test_noise_is_as_stated() -> None:
    """Against the same survey without noise: white, and 1/snr of the flux where that is one."""
    parameters = np.tile(STARS, (4, 1))
    noisy = observe(Lines(), None, parameters, replace(PERFECT, snr=(80.0, 80.0)), seed=5)
    clean = observe(Lines(), None, parameters, replace(PERFECT, snr=(1e9, 1e9)), seed=5)
    np.testing.assert_allclose(noisy.snr, 80.0)
    deviates = []
    for one, other in zip(noisy.spectra, clean.spectra, strict=True):
        np.testing.assert_array_equal(one.wavelength, other.wavelength)
        np.testing.assert_allclose(one.uncertainty, np.sqrt(other.flux) / 80.0, rtol=1e-6)
        deviates.append((one.flux - other.flux) / one.uncertainty)
        assert abs(np.corrcoef(deviates[-1][1:], deviates[-1][:-1])[0, 1]) < 0.1
    everything = np.concatenate(deviates)
    assert everything.std() == pytest.approx(1.0, abs=0.02) and abs(everything.mean()) < 0.03


def test_snr_is_log_uniform() -> None:
    survey = observe(Lines(), None, np.tile(STARS, (60, 1)), replace(PERFECT, snr=(50.0, 300.0)), seed=6)
    assert survey.snr.min() > 50 and survey.snr.max() < 300
    assert kstest(np.log(survey.snr / 50.0) / np.log(6.0), "uniform").pvalue > 0.01


def test_log_g_response() -> None:
    """A star of log g 5.05 looks as one of 5.01 and keeps 5.05 as its truth; without a gap it looks as it is."""
    source = Lines()
    settings = replace(PERFECT, logg_response=0.8)
    survey = observe(source, NO_GAP, STARS, settings, seed=7)
    asked = np.array([parameters for parameters, _ in source.of_stars])
    np.testing.assert_allclose(asked[:, 1], [4.89, 4.73, 5.01])
    np.testing.assert_array_equal(asked[:, [0, 2, 3]], STARS[:, [0, 2, 3]])
    np.testing.assert_array_equal(survey.truth, STARS)

    source = Lines()
    observe(source, None, STARS, settings, seed=7)
    np.testing.assert_array_equal([parameters for parameters, _ in source.of_stars], STARS)


def test_resolution_error() -> None:
    source = Lines()
    observe(source, None, np.tile(STARS, (40, 1)), replace(PERFECT, resolution_error=0.05), seed=8)
    relative = np.array([resolution for _, resolution in source.of_stars]) / 94_600.0 - 1.0
    assert np.abs(relative).max() <= 0.1 + 1e-9  # twice the standard deviation at most
    assert relative.std() == pytest.approx(0.045, abs=0.01)


def depth_ratios(settings: SurveySettings) -> np.ndarray:
    """Depth of each line of each star relative to the source; shape ``(stars, lines)``."""
    source = Lines()
    survey = observe(source, NO_GAP, STARS, settings, seed=9)
    rows = []
    for i, star in enumerate(STARS):
        observed = 1.0 - CubicSpline(*at_rest(survey, i))(PLACES)
        rows.append(observed / (1.0 - CubicSpline(*source(star, 0.0))(PLACES)))
    return np.array(rows)


def test_errors_of_line_depths() -> None:
    """The common ones are those of all stars, the others of one."""
    exact = replace(PERFECT, snr=(1e8, 1e8))
    np.testing.assert_allclose(depth_ratios(exact), 1.0, atol=1e-3)
    common = depth_ratios(replace(exact, depth_common=0.05))
    np.testing.assert_allclose(common - common[0], 0.0, atol=1e-3)
    assert 0.02 < common[0].std() < 0.1
    own = depth_ratios(replace(exact, depth_star=0.05))
    assert (0.02 < own.std(axis=1)).all() and (own.std(axis=1) < 0.1).all()
    assert np.abs(np.corrcoef(own)[np.triu_indices(3, 1)]).max() < 0.7


def test_gap_is_added_and_rotates() -> None:
    """One line of the gap, between those of the source: its area is that of the gap at the star's Teff."""
    place, area = PLACES[9] + 0.8, 0.03
    gap = GapModel(
        np.array([place]),
        np.array([0.05]),
        area * np.array([[1.0], [2.0]]),
        np.zeros((2, 3)),
        (3300.0, 3600.0),
        window=WINDOW,
    )
    source = Lines()
    survey = observe(source, gap, STARS, replace(PERFECT, snr=(1e8, 1e8)), seed=10)
    fine = np.arange(place - 1.0, place + 1.0, 0.01)
    heights = []
    for i, (star, factor) in enumerate(zip(STARS, (1.0, 1.5, 2.0), strict=True)):
        extra = CubicSpline(*at_rest(survey, i))(fine) - CubicSpline(*source(star, 0.0))(fine)
        assert extra.sum() * 0.01 == pytest.approx(factor * area, rel=0.02)
        heights.append(extra.max() / factor)
    assert heights[0] > heights[1] > heights[2]


def test_telluric_lines_lie_where_the_air_has_them(shared_data: Path) -> None:
    """Against a model of the transmission above a telescope: every line deeper than 1 % there is one here."""
    file = shared_data / "observed" / "hpf_calibration" / "telluric_transmission_8770-8870.csv"
    wavelength, passed = np.loadtxt(file, delimiter=",", skiprows=1).T
    inner = passed[1:-1]
    deep = wavelength[1:-1][(inner < passed[:-2]) & (inner <= passed[2:]) & (inner < 0.99)]
    deep = deep[(deep > 8798.0) & (deep < 8841.0)]
    ours = telluric_transmission(wavelength, 0.05, 0.0)
    middle = ours[1:-1]
    lines = wavelength[1:-1][(middle < ours[:-2]) & (middle <= ours[2:])]
    assert len(deep) >= 8
    assert np.abs(deep[:, None] - lines).min(axis=1).max() < 0.1
