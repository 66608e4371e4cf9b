"""Flags in a few words, with the figures of the doubts that the program itself raises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtl.flags import FLAGS, Doubt
from dtl.inference.judgement import doubts_of_estimates, doubts_of_gravity, doubts_of_strangeness, limit_rotation
from dtl.inference.prior import StarPrior
from dtl.preparation.doubts import doubts_of_gaps, doubts_of_noise, doubts_of_resolution
from dtl.result import Estimate
from pages.shared.core.flag_words import named, remarks, short_reason
from tests import fakes
from tests.builders import WINDOW

LIMITS = np.array([[3000.0, 3.5, -0.5, 1.5], [4300.0, 5.3, 0.5, 30.0]])
TRIPLES = np.array(
    [[3000.0, 5.0, 0.0], [4300.0, 4.7, 0.0], [3600.0, 4.9, -0.5], [3600.0, 4.9, 0.5], [3600.0, 4.6, 0.1]]
)


def estimates(**values: float) -> dict[str, Estimate]:
    usual = {"teff": 3600.0, "logg": 4.85, "mh": 0.0, "vsini": 5.0} | values
    return {name: Estimate(value, 0.05, 0.05) for name, value in usual.items()}


@pytest.mark.parametrize(
    ("doubts", "words"),
    [
        (doubts_of_noise(21.6, stated=True), "S/N 22, below 30"),
        (doubts_of_resolution(42_000.0, 50_000.0), "Resolution 42,000, models 50,000"),
        (doubts_of_gaps(0.053, WINDOW), "5.3 % of the window missing (limit 2 %)"),
        (doubts_of_estimates(estimates(teff=4380.0), LIMITS, TRIPLES, unlike=False),
         "Teff 4380, beyond the end of the models, 4300 K"),
        (doubts_of_estimates(estimates(teff=4250.0), LIMITS, TRIPLES, unlike=True),
         "Teff 4250, interval reaches the end of the models, 4300 K"),
        (doubts_of_strangeness({"latent_distance": 99.84}, 99.5, 0.8),
         "Unlike any model, more so than 99.8 % of good spectra (limit 99.5 %)"),
        (doubts_of_strangeness({"residual": 100.0}, 99.5, 0.8),
         "Unlike any model, more so than all good spectra (limit 99.5 %)"),
        (limit_rotation(Estimate(2.1, 0.3, 0.4), 2.0)[1], "v sin i < 3.5 km/s, not resolved"),
    ],
)  # fmt: skip
def test_the_figures_of_a_flag(doubts, words):
    assert short_reason(doubts[0]) == words


def test_words_beside_a_value_do_not_repeat_it():
    (end,) = doubts_of_estimates(estimates(teff=4380.0), LIMITS, TRIPLES, unlike=False)
    assert short_reason(end, beside_value=True) == "Beyond the end of the models, 4300 K"
    (near,) = doubts_of_estimates(estimates(teff=4250.0), LIMITS, TRIPLES, unlike=True)
    assert short_reason(near, beside_value=True) == "Interval reaches the end of the models, 4300 K"
    _, (limit,) = limit_rotation(Estimate(2.1, 0.3, 0.4), 2.0)
    assert short_reason(limit, beside_value=True) == "95 % limit, not resolved"


def test_a_giant_is_told_its_gravity():
    (doubt,) = doubts_of_gravity(estimates(logg=4.0), StarPrior())
    assert short_reason(doubt).startswith("log g 4.00, a dwarf has more than 4.")


def test_every_flag_has_words():
    for flag in FLAGS:
        assert short_reason(Doubt(flag, "")) and "_" not in short_reason(Doubt(flag, ""))


def test_all_flags_of_a_spectrum_in_a_row():
    result = replace(
        fakes.make_result(flags=("low_snr", "frame_guessed")), doubts=tuple(doubts_of_noise(21.6, stated=True))
    )
    assert remarks(result) == "S/N 22, below 30; Frame guessed"
    assert remarks(fakes.make_result()) == "none"


def test_names_of_parameters_keep_their_letters():
    result = replace(
        fakes.make_result(),
        flags=("logg_from_main_sequence", "low_snr"),
        doubts=(Doubt("logg_from_main_sequence", "…", ("logg",)), Doubt("low_snr", "…", (), 9.5, 20.0)),
    )
    assert remarks(result) == "log g by the main sequence; S/N 10, below 20"


def test_flags_of_a_spectrum_that_is_left_out_have_names() -> None:
    said = "low_snr is flagged rv_uncertain.fits is flagged low_snr, window_incomplete, which most others are not; it"
    assert named(f"{said} was left out.") == (
        "low_snr is flagged rv_uncertain.fits is flagged low S/N, window incomplete, which most others are not; it was "
        "left out."
    )
    assert named("a.fits is flagged rv_implausible; it was left out.") == (
        "a.fits is flagged radial velocity implausible; it was left out."
    )
