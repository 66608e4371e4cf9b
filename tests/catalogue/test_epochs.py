"""Exposures of one star are one star, whatever the spelling of its name, and their means are right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtl.catalogue.epochs import combine, group_epochs, identify
from dtl.flags import Doubt
from dtl.result import Estimate, InferenceResult
from tests import fakes


def exposure(teff: float = 3300.0, *, snr: float = 100.0, rv: float = -110.0, **known: object) -> InferenceResult:
    result = fakes.make_result(teff=teff, **known)
    return replace(result, prepared=replace(result.prepared, snr=snr, rv=rv))


@pytest.mark.parametrize(
    ("star", "file"),
    [("GJ 699", "a.fits"), ("Gls699", "a.fits"), ("gj699_20190301", "a.fits"), ("Barnard's star", "a.fits"),
     ("", "gj699_hires.fits"), ("", "GJ_699.txt"), ("Gl 699", "b.fits")],
)  # fmt: skip
def test_one_star_by_any_name(star: str, file: str) -> None:
    assert identify(fakes.make_result(star=star, file=file)) == "J17578+046"


def test_other_stars_are_others() -> None:
    assert identify(fakes.make_result(star="LHS 3154")) == identify(fakes.make_result(star="lhs_3154")) == "lhs3154"
    assert identify(fakes.make_result(star="GJ 699", simulated=True)) == "" == identify(fakes.make_result())
    assert identify(fakes.make_result(star="GJ_699_B")) != "J17578+046"  # a companion
    assert identify(fakes.make_result(star="target 1"), "J17578+046") == "J17578+046"
    assert identify(fakes.make_result(star="GJ 699"), "") == "gj699"  # the user says that it is another


def test_groups_in_the_order_of_the_stars() -> None:
    results = {
        "a": exposure(star="GJ 699"), "b": exposure(star="GJ 273"), "c": exposure(star="Gl699"),
        "d": exposure(file="x.txt"), "e": exposure(file="x.txt"),
    }  # fmt: skip
    assert [list(star.results) for star in group_epochs(results)] == [["a", "c"], ["b"], ["d"], ["e"]]
    assert list(group_epochs(results, {"b": "J17578+046"})[0].results) == ["a", "b", "c"]


def test_means() -> None:
    """The mean by the weights, its interval never below that of one exposure nor the scatter."""
    first, second, third = (exposure(teff, snr=snr, rv=rv) for teff, snr, rv in
                            ((3300.0, 100.0, -110.0), (3320.0, 200.0, -110.6), (3310.0, 100.0, -110.3)))  # fmt: skip
    star = combine({"a": first, "b": second, "c": third})
    teff = star.combined.estimates["teff"]
    assert star.key == "b" and teff.value == pytest.approx(3310.0)
    assert (teff.lower, teff.upper) == pytest.approx((33.0, 41.0))
    assert star.scatter["teff"] == pytest.approx(10.0) and star.excess["teff"] == pytest.approx(10.0 / 37.0)
    assert star.velocity.value == pytest.approx(np.average([-110.0, -110.6, -110.3], weights=[1, 4, 1]))
    assert star.velocity.scatter == pytest.approx(0.3) and star.velocity.exposures == 3
    wide = combine({"a": exposure(3300.0), "b": exposure(3500.0)})
    assert wide.combined.estimates["teff"].lower == pytest.approx(np.sqrt(2) * 100.0) and wide.excess["teff"] > 3


def test_one_exposure_is_itself() -> None:
    result = exposure()
    star = combine({"a": result})
    assert star.combined is result and star.velocity is None and np.isnan(star.scatter["teff"])


def test_doubts_limits_and_what_is_withheld() -> None:
    slow, doubted = exposure(flags=("upper_limit_vsini",)), exposure(3900.0, snr=500.0, flags=("low_snr",))
    star = combine({"a": slow, "b": doubted, "c": slow})
    assert star.combined.estimates["teff"].value == pytest.approx(3300.0) and star.key == "a"
    assert star.combined.estimates["vsini"].limit == 2.9 and star.combined.flags == ("upper_limit_vsini",)
    mostly = combine({"a": slow, "b": exposure(), "c": exposure()})
    assert mostly.combined.estimates["vsini"].limit is None and mostly.combined.flags == ()
    withheld = exposure(flags=("value_withheld",))
    assert combine({"a": withheld, "b": withheld}).combined.estimates["teff"].withheld
    assert isinstance(combine({"a": withheld, "b": slow}).combined.estimates["teff"], Estimate)


def test_velocities_of_other_frames_are_not_averaged() -> None:
    topocentric = exposure()
    topocentric = replace(topocentric, prepared=replace(topocentric.prepared, rv_frame="observatory"))
    assert combine({"a": exposure(), "b": topocentric}).velocity is None


def rotating(value: float, error: float = 0.4, limit: float | None = None, **known: object) -> InferenceResult:
    result = exposure(flags=() if limit is None else ("upper_limit_vsini",), **known)
    return replace(result, estimates=result.estimates | {"vsini": Estimate(value, error, error, limit)})


def test_limits_alone_give_the_lowest_of_them_without_scatter() -> None:
    star = combine({"a": rotating(2.0, limit=3.7), "b": rotating(0.0, limit=5.9), "c": rotating(0.0, limit=7.0)})
    assert star.combined.estimates["vsini"] == Estimate(2.0, 0.4, 0.4, 3.7)
    assert np.isnan(star.scatter["vsini"]) and np.isnan(star.excess["vsini"])
    assert star.combined.flags == ("upper_limit_vsini",)
    assert "in none of the 3 exposures: v sin i < 3.7 km/s (95 %)" in star.combined.explain("upper_limit_vsini")


def test_limits_that_allow_what_was_measured_leave_its_mean() -> None:
    limits = {"b": rotating(2.0, limit=7.5), "d": rotating(1.0, limit=6.5)}
    star = combine({"a": rotating(6.8), "c": rotating(7.0)} | limits)
    vsini = star.combined.estimates["vsini"]
    assert vsini.value == pytest.approx(6.9) and vsini.limit is None and star.combined.flags == ()
    assert star.scatter["vsini"] == pytest.approx(np.std([6.8, 7.0], ddof=1))
    assert star.excess["vsini"] == pytest.approx(1.0)  # the lowest limit, 6.5, is one interval below


def test_a_limit_below_what_was_measured_is_told() -> None:
    star = combine({"a": rotating(2.0, limit=3.7), "b": rotating(6.9)})
    vsini = star.combined.estimates["vsini"]
    assert (vsini.value, vsini.limit) == (6.9, None) and star.excess["vsini"] == pytest.approx(3.2 / 0.4)
    assert np.isnan(star.scatter["vsini"]) and star.combined.flags == ("exposures_differ",)
    told = star.combined.explain("exposures_differ")
    assert "differ by more than their intervals say in v sin i:" in told
    assert "1 of 2 give an upper limit, the lowest < 3.7 km/s" in told


def test_a_mean_is_called_one() -> None:
    """Its name, its networks and its notes are those of all exposures; each note says whose figures it has."""
    note = (Doubt("logg_from_main_sequence", "log g 4.95 says little.", ("logg",)),)
    first = replace(exposure(3232.0, snr=300.0, file="a.fits"), flags=(note[0].flag,), doubts=note, bundle="one 1.0")
    second = replace(
        exposure(3431.0, star="GJ 699", file="b.txt"), flags=(note[0].flag,), doubts=note, bundle="two 2.0"
    )
    mean = combine({"a": first, "b": second}).combined
    assert mean.exposures == 2 and mean.bundle == "one 1.0 and two 2.0" and mean.prepared.spectrum.star == "GJ 699"
    assert mean.flags == ("logg_from_main_sequence", "exposures_differ")
    assert mean.explain(note[0].flag) == "a.fits (and likewise 1 other exposure): log g 4.95 says little."
    assert "The 2 exposures differ by more than their intervals say in Teff:" in mean.explain("exposures_differ")
    assert combine({"a": first}).combined.exposures == 1


@pytest.mark.parametrize(
    ("velocities", "error", "differ"),
    [
        ((-110.0, -110.6, -110.3), 0.1, False),  # nights
        ((-110.0, -108.0, -109.0), 0.6, False),  # within their errors
        ((-110.0, -107.0, -109.0), 0.3, True),  # a binary
        ((-110.0, -28.0), 0.3, True),  # one of them in air
        ((-110.0, -28.0), None, True),
    ],
)
def test_velocities_that_differ(velocities: tuple[float, ...], error: float | None, differ: bool) -> None:
    found = [exposure(rv=rv) for rv in velocities]
    found = [replace(result, prepared=replace(result.prepared, rv_error=error)) for result in found]
    assert combine(dict(zip("abc", found, strict=False))).velocity.differ is differ
