"""What preparing a spectrum puts in doubt: the figure, its limit, and nothing where there is nothing to doubt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtl.flags import explain
from dtl.inference.judgement import mistaken_rotation
from dtl.preparation.doubts import (
    doubts_of_gaps,
    doubts_of_noise,
    doubts_of_resolution,
    doubts_of_sampling,
    doubts_of_velocity,
)
from dtl.preparation.prepare import prepare
from dtl.preparation.velocity import Velocity
from dtl.spectrum import Finding, Spectrum
from tests.builders import WINDOW, observe, target

SPECTRUM = Spectrum(np.arange(3.0), np.ones(3), frame="barycentric", resolution=60_000.0)


def velocity(value: float, quality: float = 0.9, *, uncertain: bool = False) -> Velocity:
    return Velocity(value, quality, uncertain, 0, np.zeros(1), np.zeros(1))


def test_nothing_to_doubt() -> None:
    assert doubts_of_velocity(velocity(-110.0), -110.0, SPECTRUM) == []
    assert doubts_of_noise(100.0, True) == []
    assert doubts_of_resolution(60_000.0, 50_000.0) == []
    assert doubts_of_gaps(0.01, WINDOW) == []


@pytest.mark.parametrize(
    ("measured", "reported", "frame", "flagged"),
    [(360.0, 360.0, "barycentric", True), (340.0, 340.0, "barycentric", False), (82.0, 82.0, "rest", True),
     (9.0, 9.0, "rest", False), (20.0, 700.0, "observatory", True)],
)  # fmt: skip
def test_velocity(measured: float, reported: float, frame: str, flagged: bool) -> None:
    """What is reported counts as well as what is measured: a wrong correction makes any velocity."""
    found = doubts_of_velocity(velocity(measured), reported, replace(SPECTRUM, frame=frame))
    assert [doubt.flag for doubt in found] == ["rv_implausible"] * flagged
    if flagged:
        assert (
            f"{max(measured, reported):.1f} km/s" in found[0].sentence and f"{found[0].limit:.0f}" in found[0].sentence
        )


def test_uncertain_velocity_hides_no_other_flag() -> None:
    (doubt,) = doubts_of_velocity(velocity(900.0, 0.21, uncertain=True), 900.0, SPECTRUM)
    assert doubt.flag == "rv_uncertain" and "0.21" in doubt.sentence and "900.0 km/s" in doubt.sentence


@pytest.mark.parametrize(
    ("snr", "stated", "flags"),
    [(29.0, True, ["low_snr"]), (np.nan, True, ["low_snr"]),
     (2100.0, True, ["uncertainty_implausible", "snr_implausible"]),
     (12.0, False, ["uncertainty_estimated", "low_snr"]), (1900.0, True, [])],
)  # fmt: skip
def test_noise(snr: float, stated: bool, flags: list[str]) -> None:
    found = doubts_of_noise(snr, stated)
    assert [doubt.flag for doubt in found] == flags
    if np.isfinite(snr) and flags:
        assert f"{snr:.0f} per pixel" in found[-1].sentence and found[-1].limit in {30.0, 2000.0}


def test_noise_that_was_measured_says_why() -> None:
    prepared = prepare(replace(observe(), uncertainty=None), target())
    assert prepared.flags == ("uncertainty_estimated",)
    plain = "The file has no uncertainties; noise was measured from the spectrum itself."
    assert prepared.doubts[0].sentence == plain == explain("uncertainty_estimated")
    reason = "column ERR fits neither sigma nor variance"
    for value, words in (("set aside", f"The uncertainties were set aside: {reason}; "), ("none", "Column ERR fits ")):
        found = (Finding("uncertainty", value, "guessed", reason),)
        (doubt,) = prepare(replace(observe(), uncertainty=None, findings=found), target()).doubts
        assert doubt.flag == "uncertainty_estimated" and doubt.sentence.startswith(words)
        assert doubt.sentence.endswith("; noise was measured from the spectrum itself.")
    sparse = observe()
    sparse = replace(sparse, uncertainty=np.where(np.arange(sparse.flux.size) % 3, np.nan, sparse.uncertainty))
    (doubt,) = prepare(sparse, target()).doubts
    assert "less than half of the pixels" in doubt.sentence


def test_resolution_and_gaps() -> None:
    (low,) = doubts_of_resolution(45_000.0, 50_000.0)
    assert low.flag == "resolution_too_low" and "45,000" in low.sentence and "50,000" in low.sentence
    assert low.parameters == ("vsini",)
    (unknown,) = doubts_of_resolution(None, 50_000.0)
    assert unknown.flag == "resolution_unknown" and "50,000" in unknown.sentence
    (gaps,) = doubts_of_gaps(0.041, WINDOW)
    assert gaps.flag == "window_incomplete" and "4.1 %" in gaps.sentence and "2 %" in gaps.sentence


def test_a_spectrum_carries_its_doubts() -> None:
    """One for each flag, in the order of the flags."""
    prepared = prepare(observe(snr=15.0, resolution=None), target())
    assert prepared.flags == tuple(doubt.flag for doubt in prepared.doubts) == ("resolution_unknown", "low_snr")


def test_an_unknown_resolution_may_look_like_rotation() -> None:
    """By as much as the variances of a Gaussian and a rotation profile of limb darkening 0.6 say."""
    (doubt,) = doubts_of_resolution(None, 50_000.0)
    assert doubt.flag == "resolution_unknown" and doubt.parameters == ("vsini",)
    assert f"some {mistaken_rotation(25_000.0, 50_000.0):.0f} km/s" in doubt.sentence


def test_pixels_wider_than_a_line_are_doubted() -> None:
    assert not doubts_of_sampling(0.17, 50_000.0, WINDOW)
    (doubt,) = doubts_of_sampling(0.20, 50_000.0, WINDOW)
    assert doubt.flag == "resolution_too_low" and doubt.parameters == ("vsini",) and doubt.limit < doubt.value == 0.20
