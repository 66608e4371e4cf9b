"""What preparing a spectrum puts in doubt: the figure, its limit, and nothing where there is nothing to doubt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtl.flags import Doubt, explain
from dtl.inference.judgement import mistaken_rotation
from dtl.preparation.doubts import (
    doubts_of_gaps,
    doubts_of_noise,
    doubts_of_reading,
    doubts_of_resolution,
    doubts_of_sampling,
    doubts_of_velocity,
)
from dtl.preparation.prepare import prepare
from dtl.preparation.velocity import Velocity
from dtl.result import PARAMETERS
from dtl.rounding import format_number
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


def test_a_velocity_is_believed_up_to_its_limit() -> None:
    """What is measured is named where it is beyond the limit itself, else what is reported."""
    assert doubts_of_velocity(velocity(350.0), -350.0, SPECTRUM) == []
    (doubt,) = doubts_of_velocity(velocity(350.0), 400.0, SPECTRUM)
    assert doubt == Doubt(
        "rv_implausible",
        "The velocity, 400.0 km/s, is not that of a star near by (at most 350 km/s): probably wavelengths in air were "
        "taken for vacuum, or in another frame than stated. The velocity cannot be used; that alone does not spoil the "
        "parameters, if the lines were recognised.",
        (),
        400.0,
        350.0,
    )


@pytest.mark.parametrize(
    ("measured", "stated", "frame", "doubted"),
    [
        (0.3, -110.5, "barycentric", True),
        (-0.9, 140.0, "observatory", True),
        (0.3, -110.5, "rest", False),
        (0.3, -110.5, "unknown", False),
        (0.3, 18.0, "barycentric", True),
        (0.3, 11.0, "barycentric", False),
        (0.3, 30.0, "observatory", False),
        (-20.0, 20.0, "barycentric", False),
        (0.3, None, "barycentric", False),
        (0.9, 12.8, "barycentric", False),
        (0.9, -11.2, "barycentric", True),
    ],
)
def test_lines_at_rest_where_the_star_is_said_to_move(
    measured: float, stated: float | None, frame: str, doubted: bool
) -> None:
    found = doubts_of_velocity(velocity(measured), measured, replace(SPECTRUM, frame=frame, stated_velocity=stated))
    assert [doubt.flag for doubt in found] == ["rv_implausible"] * doubted
    for doubt in found:
        assert f"is not the {format_number(stated, 1)} km/s that the file states" in doubt.sentence
        assert doubt.value == pytest.approx(measured - stated) and doubt.parameters == ()
        assert doubt.limit == (12.0 if frame == "barycentric" else 44.0)


@pytest.mark.parametrize(("shift", "taken", "right"), [(-82.0, "vacuum", "air"), (82.0, "air", "vacuum")])
def test_a_medium_that_oxygen_or_a_stated_velocity_contradicts(shift: float, taken: str, right: str) -> None:
    end = (
        f", as where wavelengths in {right} are taken for {taken}. Read the file again with its wavelengths in "
        f"{right}. The velocity cannot be used; that alone does not spoil the parameters."
    )
    start = f"The velocity, {format_number(15.0 + shift, 1)} km/s, is probably {format_number(shift, 0)} km/s off: "
    moved = format_number(15.0 + shift, 1)
    stated = replace(SPECTRUM, stated_velocity=15.0)
    (doubt,) = doubts_of_velocity(velocity(15.0 + shift), 15.0 + shift, stated)
    said = f"the star moves at {moved} km/s rather than the 15.0 km/s that the file states"
    assert doubt == Doubt("rv_implausible", start + said + end, (), shift, 12.0)
    told = replace(SPECTRUM, frame="observatory", barycentric_velocity=5.0, oxygen_velocity=shift)
    (doubt,) = doubts_of_velocity(velocity(10.0 + shift), 15.0 + shift, told)
    said = f"the lines of Earth's oxygen move at {format_number(shift, 1)} km/s"
    assert (doubt.flag, doubt.sentence, doubt.value) == ("rv_implausible", start + said + end, shift)


@pytest.mark.parametrize(("known", "reach"), [(None, 44.0), (5.0, 12.0)])
def test_a_stated_velocity_is_that_of_the_barycentre(known: float | None, reach: float) -> None:
    """Where Earth's motion is not known, it may lie between what is stated and what is measured."""
    told = replace(SPECTRUM, frame="observatory", stated_velocity=15.0, barycentric_velocity=known)
    for off, flagged in ((reach - 1.0, True), (reach + 1.0, False)):
        found = doubts_of_velocity(velocity(15.0), 15.0 + 82.2 + off, told)
        assert [doubt.limit for doubt in found] == [reach] * flagged


def test_uncertain_velocity_hides_no_other_flag() -> None:
    (doubt,) = doubts_of_velocity(velocity(900.0, 0.21, uncertain=True), 900.0, SPECTRUM)
    assert doubt.flag == "rv_uncertain" and "0.21" in doubt.sentence and "900.0 km/s" in doubt.sentence
    assert doubt.value == 0.21


def test_the_velocity_of_a_doubt_is_the_one_that_is_shown() -> None:
    """Not that in the frame of the file, which differs by Earth's motion."""
    moved = replace(SPECTRUM, frame="observatory", barycentric_velocity=-14.2)
    (doubt,) = doubts_of_velocity(velocity(-135.9, 0.26, uncertain=True), -150.1, moved)
    assert "The velocity, −150.1 km/s," in doubt.sentence
    (doubt,) = doubts_of_velocity(velocity(905.0), 890.8, moved)
    assert "The velocity, 890.8 km/s," in doubt.sentence and doubt.value == 890.8


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


def test_what_is_said_of_noise() -> None:
    (low,) = doubts_of_noise(29.0, True)
    assert low == Doubt(
        "low_snr",
        "The signal-to-noise ratio, 29 per pixel, is below 30, where the networks were not trained: the intervals of "
        "the four parameters may be too narrow. That alone does not spoil the radial velocity.",
        ("teff", "logg", "mh", "vsini"),
        29.0,
        30.0,
    )
    unfit, high = doubts_of_noise(2500.0, True)
    assert unfit == Doubt("uncertainty_implausible", "The uncertainties of the file do not fit its flux.")
    assert high == Doubt(
        "snr_implausible",
        "The signal-to-noise ratio, 2500 per pixel, is above 2,000, which no spectrograph reaches: its uncertainties "
        "are of another kind or scale. That alone does not spoil the values, but their intervals lack the photon "
        "noise.",
        ("teff", "logg", "mh", "vsini"),
        2500.0,
        2000.0,
    )
    assert "its flux was smoothed, or is a model. That alone" in doubts_of_noise(2500.0, False)[-1].sentence


def test_noise_that_was_measured_says_why() -> None:
    prepared = prepare(replace(observe(), uncertainty=None), target())
    assert prepared.flags == ("uncertainty_estimated",)
    measured = "noise was measured from the spectrum itself. Lines that the models lack count as noise: the signal-to-"
    measured += "noise ratio of a bright star may be several times higher."
    plain = f"The file has no uncertainties; {measured}"
    assert prepared.doubts[0].sentence == plain == explain("uncertainty_estimated")
    reason = "column ERR fits neither sigma nor variance"
    for value, words in (("set aside", f"The uncertainties were set aside: {reason}; "), ("none", "Column ERR fits ")):
        found = (Finding("uncertainty", value, "guessed", reason),)
        (doubt,) = prepare(replace(observe(), uncertainty=None, findings=found), target()).doubts
        assert doubt.flag == "uncertainty_estimated" and doubt.sentence.startswith(words)
        assert doubt.sentence.endswith(f"; {measured}")
    sparse = observe()
    sparse = replace(sparse, uncertainty=np.where(np.arange(sparse.flux.size) % 3, np.nan, sparse.uncertainty))
    (doubt,) = prepare(sparse, target()).doubts
    assert "less than half of the pixels" in doubt.sentence


def test_resolution_and_gaps() -> None:
    (low,) = doubts_of_resolution(45_000.0, 50_000.0)
    assert low.flag == "resolution_too_low" and "45,000" in low.sentence and "50,000" in low.sentence
    assert (low.parameters, low.value, low.limit) == (("vsini",), 45_000.0, 50_000.0)
    (unknown,) = doubts_of_resolution(None, 50_000.0)
    assert unknown.flag == "resolution_unknown" and "50,000" in unknown.sentence
    (gaps,) = doubts_of_gaps(0.041, WINDOW)
    assert gaps.flag == "window_incomplete" and "4.1 %" in gaps.sentence and "2 %" in gaps.sentence
    assert (gaps.parameters, gaps.value, gaps.limit) == (tuple(PARAMETERS), 0.041, 0.02)


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
    assert not doubts_of_sampling(WINDOW.centre / 50_000.0, 50_000.0, WINDOW)
    (doubt,) = doubts_of_sampling(0.20, 50_000.0, WINDOW)
    assert doubt.flag == "resolution_too_low" and doubt.parameters == ("vsini",) and "0.20 Å" in doubt.sentence
    assert doubt.value == pytest.approx(WINDOW.centre / 0.20) and doubt.limit == 50_000.0  # as of a resolution


def test_uncertainties_that_were_used_all_the_same_are_told_how() -> None:
    finding = Finding("uncertainty", "1 sigma per pixel", "user", "column 3, as you say")
    flagged = replace(SPECTRUM, flags=("uncertainty_implausible", "medium_guessed"), findings=(finding,))
    aside = doubts_of_reading(flagged)
    assert aside == [Doubt(flag, explain(flag)) for flag in flagged.flags]
    used, other = doubts_of_reading(replace(flagged, uncertainty=np.ones(3)))
    assert (
        used.sentence.endswith("do not fit the scatter of its pixels. What was used: column 3, as you say.")
        and other == aside[1]
    )
