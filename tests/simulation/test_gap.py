"""The synthetic gap as Gaussians: what is measured is what was put in, at any resolution and Teff."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from dtl.simulation.gap import GAP_FILE, GapModel, gap_of, measure_gap, read_gap
from dtl.spectrum import UnusableInput
from tests.builders import WINDOW

POINTS = WINDOW.points(0.05)
_TEFF = (3240.0, 3390.0)


def made_up(lines: int = 8, slow: float = 0.01) -> GapModel:
    """Lines of several widths, 4 Angstrom apart, of either sign."""
    rng = np.random.default_rng(1)
    centre = np.linspace(8803.0, 8832.0, lines) + rng.uniform(-0.4, 0.4, lines)
    area = rng.choice([-1.0, 1.0], (1, lines)) * rng.uniform(0.02, 0.06, (2, lines))
    curve = slow * np.array([[-1.0, 0.5, 0.3], [-1.2, -0.3, 0.1]])
    return GapModel(centre, np.resize([0.05, 0.3, 0.1], lines), area, curve, _TEFF, "made up", window=WINDOW)


@pytest.fixture(scope="module")
def measured() -> GapModel:
    """`made_up` measured from noisy residuals."""
    true = made_up()
    noise = np.random.default_rng(2).normal(0.0, 0.001, (2, len(POINTS)))
    residuals = np.stack([true.curve(POINTS, teff, 50_000.0) for teff in _TEFF]) + noise
    return measure_gap(POINTS, residuals, _TEFF, 50_000.0, WINDOW, lines=12, source="a test")


def test_measured_lines(measured: GapModel) -> None:
    true = made_up()
    for centre, sigma, area in zip(true.centre, true.sigma, true.area.T, strict=True):
        near = np.abs(measured.centre - centre) < 3 * sigma + 0.1
        main = np.argmax(np.where(near, np.abs(measured.area[0]), 0.0))
        assert measured.centre[main] == pytest.approx(centre, abs=0.03)
        assert measured.sigma[main] == pytest.approx(sigma, rel=0.2)
        np.testing.assert_allclose(measured.area[:, near].sum(axis=1), area, rtol=0.1)
    assert measured.teff == _TEFF and measured.source == "a test"
    np.testing.assert_allclose(measured.slow, true.slow, atol=1e-3)


def test_measured_at_another_resolution(measured: GapModel) -> None:
    """The instrument is taken out: a gap measured at 50,000 is right at 94,600."""
    for teff in (3000.0, 3300.0):
        expected = made_up().curve(POINTS, teff, 94_600.0)
        assert np.sqrt(np.mean((measured.curve(POINTS, teff, 94_600.0) - expected) ** 2)) < 0.05 * expected.std()


def test_no_more_lines_than_asked() -> None:
    residuals = np.random.default_rng(3).normal(0.0, 0.01, (2, len(POINTS)))
    assert len(measure_gap(POINTS, residuals, _TEFF, 50_000.0, WINDOW, lines=3).centre) <= 3


def test_curve_against_scipy() -> None:
    gap = made_up()
    x = (POINTS - 8817.5) / 17.5
    for teff, part in ((3240.0, 0.0), (3277.5, 0.25), (3390.0, 1.0)):
        expected = sum(
            (1 - part) * slow[0] + part * slow[1] for slow in [gap.slow @ [np.ones_like(x), x, 1.5 * x**2 - 0.5]]
        )
        for i, centre in enumerate(gap.centre):
            width = np.sqrt(gap.sigma[i] ** 2 + (8817.5 / 50_000.0 / 2.354820045) ** 2)
            area = (1 - part) * gap.area[0, i] + part * gap.area[1, i]
            expected = expected + area * norm.pdf(POINTS, centre, width)
        np.testing.assert_allclose(gap.curve(POINTS, teff, 50_000.0), expected, atol=1e-9)


def test_resolution_keeps_the_area() -> None:
    gap = made_up(slow=0.0)
    fine = WINDOW.points(0.01)
    curves = {resolution: gap.curve(fine, _TEFF[0], resolution) for resolution in (20_000.0, 50_000.0, 94_600.0)}
    for curve in curves.values():
        assert curve.sum() * 0.01 == pytest.approx(gap.area[0].sum(), rel=1e-4)
        for centre, area in zip(gap.centre, gap.area[0], strict=True):
            assert curve[np.abs(fine - centre) < 1.6].sum() * 0.01 == pytest.approx(area, rel=1e-3)
    peaks = [np.abs(curve).max() for curve in curves.values()]
    assert peaks == sorted(peaks)


def test_teff_is_held_beyond_the_ends() -> None:
    gap = made_up()
    low, middle, high = (gap.curve(POINTS, teff, 50_000.0) for teff in (3240.0, 3315.0, 3390.0))
    np.testing.assert_allclose(middle, 0.5 * (low + high), atol=1e-12)
    np.testing.assert_array_equal(gap.curve(POINTS, 2500.0, 50_000.0), low)
    np.testing.assert_array_equal(gap.curve(POINTS, 4300.0, 50_000.0), high)


def test_factors_are_of_the_lines() -> None:
    gap = made_up()
    one, none = gap.curve(POINTS, 3300.0, 50_000.0), gap.curve(POINTS, 3300.0, 50_000.0, 0.0)
    only_third = gap.curve(POINTS, 3300.0, 50_000.0, np.eye(len(gap.centre))[2])
    assert np.abs(none).max() < 0.025  # the slow part is left
    np.testing.assert_allclose(gap.curve(POINTS, 3300.0, 50_000.0, 1.7) - none, 1.7 * (one - none), atol=1e-12)
    near = np.abs(POINTS - gap.centre[2]) < 1.6
    np.testing.assert_allclose(only_third[near], one[near], atol=1e-6)
    np.testing.assert_allclose(only_third[~near], none[~near], atol=1e-6)


def test_zero_beyond_the_window() -> None:
    wavelength = np.arange(8790.0, 8845.0, 0.02)
    curve = made_up().curve(wavelength, 3300.0, 50_000.0)
    outside = (wavelength < 8800.0) | (wavelength > 8835.0)
    assert not curve[outside].any() and curve[~outside].all()


def test_round_trip(tmp_path: Path) -> None:
    gap = made_up()
    gap.save(tmp_path / "gap.json")
    back = read_gap(tmp_path / "gap.json")
    assert (back.teff, back.source) == (gap.teff, gap.source)
    for name, digit in (("centre", 3), ("sigma", 3), ("area", 5), ("slow", 5)):
        np.testing.assert_allclose(getattr(back, name), getattr(gap, name), atol=0.51 * 10.0**-digit)
        assert getattr(back, name).shape == getattr(gap, name).shape
    np.testing.assert_allclose(back.curve(POINTS, 3300.0, 94_600.0), gap.curve(POINTS, 3300.0, 94_600.0), atol=2e-3)
    back.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "gap.json").read_bytes()


def test_gap_without_lines(tmp_path: Path) -> None:
    nothing = np.empty(0)
    GapModel(nothing, nothing, np.empty((2, 0)), np.full((2, 3), 0.01), _TEFF, window=WINDOW).save(
        tmp_path / "gap.json"
    )
    curve = read_gap(tmp_path / "gap.json").curve(POINTS, 3300.0, 50_000.0)
    x = (POINTS - 8817.5) / 17.5
    np.testing.assert_allclose(curve, 0.01 * (1 + x + 1.5 * x**2 - 0.5))


def changed(**parts: object) -> str:
    """The text of a gap with some parts replaced, None taking a part away."""
    content = json.loads(GAP_FILE.read_text(encoding="utf-8")) | parts
    return json.dumps({key: value for key, value in content.items() if value is not None})


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "3", '"lines"', '{"lines": []}', "\xff", changed(teff=[3000]), changed(teff=[]),
     changed(teff="ab"), changed(lines=None), changed(lines=[{}]), changed(lines=3), changed(lines=[3]),
     changed(lines=[{"centre": 8810, "sigma": 0.1, "area": [1.0]}]),
     changed(lines=[{"centre": "x", "sigma": 0.1, "area": [1.0, 1.0]}]), changed(slow=[1, 2, 3]), changed(source=None)],
)  # fmt: skip
def test_broken_file(text: str, tmp_path: Path) -> None:
    file = tmp_path / "gap.json"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(UnusableInput) as caught:
        read_gap(file)
    sentence = str(caught.value)
    assert str(file) in sentence and sentence.endswith(".") and "\n" not in sentence


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="is no description of a synthetic gap"):
        read_gap(tmp_path / "missing.json")


def test_of_a_card() -> None:
    """Its own before the shipped one, and that in its own window alone."""
    shipped, window = read_gap(), {"lower": 8800.0, "upper": 8835.0, "margin": 5.0}
    for known in ({}, {"window": window}, {"window": window | {"upper": 8830.0, "margin": 9.0}}):
        assert gap_of(known).entries() == shipped.entries()
    assert gap_of({"window": window | {"lower": 8790.0}}) is None
    own = made_up()
    assert gap_of({"window": window, "synthetic_gap": own.entries()}).entries() == own.entries() != shipped.entries()


@pytest.mark.parametrize("entries", [{}, [], 3, "lines", json.loads(GAP_FILE.read_text()) | {"slow": [1.0]}])
def test_damaged_in_a_card(entries: object) -> None:
    with pytest.raises(UnusableInput, match=r"^mine: the synthetic gap in its card is damaged .*\.$"):
        gap_of({"name": "mine", "synthetic_gap": entries})


def test_shipped_size() -> None:
    """2 to 4 % as real stars show at 50,000, larger in the cooler star, and much alike in both."""
    gap = read_gap()
    cool, hot = (gap.curve(WINDOW.points(), teff, 50_000.0) for teff in gap.teff)
    for curve in (cool, hot):
        assert 0.02 < np.sqrt(np.mean(curve**2)) < 0.04
        assert abs(curve.mean()) < 0.02
    assert cool.std() > hot.std()
    assert 0.8 < np.corrcoef(cool, hot)[0, 1] < 0.98


def test_shipped_file_holds_parameters_and_no_spectrum() -> None:
    gap = read_gap()
    assert 50 <= len(gap.centre) <= 90 and gap.source
    assert (gap.centre >= 8799.9).all() and (gap.centre <= 8835.1).all()
    assert (gap.sigma >= 0.03).all() and (gap.sigma <= 1.5).all()
    assert GAP_FILE.stat().st_size < 20_000

    def longest(part: object) -> int:
        if isinstance(part, dict):
            return max(map(longest, part.values()))
        if isinstance(part, list):
            return max(len(part), *map(longest, part))
        return 0

    content = json.loads(GAP_FILE.read_text(encoding="utf-8"))
    assert set(content) == {"what", "source", "window", "teff", "slow", "lines"}
    assert longest(content) == len(gap.centre)
