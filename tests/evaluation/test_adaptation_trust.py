"""What an adapted bundle is worth: calibration, beliefs and verdict, on a made-up world whose truth is known."""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace

import numpy as np
import pytest

from dtl.bundle.model import ModelBundle
from dtl.evaluation import adaptation_trust as trust
from dtl.evaluation.adaptation_trust import adapt_to_sample, shift_in_words
from dtl.result import PARAMETERS
from dtl.spectrum import PreparedSpectrum, Spectrum
from dtl.transfer.fine_tuning import TransferSettings
from dtl.transfer.sample import all_distinct
from tests.builders import WINDOW
from tests.training.toys import POPULATION, WAVELENGTH, sample, toy_bundle

SETTINGS = TransferSettings(rounds=3, epochs=3, batch=64, learning_rate=1e-3, depth=0.0, population=POPULATION)


def prepared(flux: np.ndarray, snr: float = 150.0) -> PreparedSpectrum:
    sigma = np.full(flux.shape, 1.0 / snr)
    return PreparedSpectrum(
        Spectrum(WAVELENGTH, flux, sigma, file="toy.txt"), WAVELENGTH, flux, sigma, np.ones(flux.shape, bool),
        0.1, snr, 0.0, "rest", 1.0, window=WINDOW,
    )  # fmt: skip


@lru_cache(maxsize=1)
def adapted() -> tuple[ModelBundle, np.ndarray, list[PreparedSpectrum]]:
    truth, flux = sample(30)
    spectra = [prepared(star) for star in flux]
    return adapt_to_sample(toy_bundle(), all_distinct(spectra), settings=SETTINGS, seed=1), truth, spectra


def test_the_card_says_what_was_learned_from_and_what_it_is_worth() -> None:
    bundle, _, spectra = adapted()
    entry = bundle.card["adapted"]
    assert entry["stars"] == entry["exposures"] == len(spectra) and entry["left_out"] == entry["merged"] == []
    assert entry["verdict"]["word"] in ("better", "not better", "unknown")
    assert set(entry["shares"]) == {"stars", "mean_mh", "sequence"}
    assert sum("calibrated on simulated stars" in limit for limit in bundle.card["limits"]) == 1
    for share in entry["shares"].values():
        assert set(share) == set(PARAMETERS) and all(np.isfinite(value) and value >= 0 for value in share.values())


def test_intervals_hold_what_a_wrong_belief_does() -> None:
    """A mean [M/H] that is 0.1 off moves [M/H] by about as much, and the calibrated interval is wider than that."""
    bundle, _, _ = adapted()
    share = bundle.card["adapted"]["shares"]["mean_mh"]["mh"]
    assert 0.03 < share < 0.2
    for name in PARAMETERS:
        told = [share[name] for share in bundle.card["adapted"]["shares"].values()]
        assert bundle.card["calibration"][name]["floor"] >= np.linalg.norm(told) * (1 - 1e-9)


@pytest.mark.parametrize(
    ("after", "residual", "word"),
    [(0.7, 0.5, "better"), (1.0, 0.5, "not better"), (0.7, 2.0, "unknown")],
)
def test_the_verdict_follows_the_figures(after: float, residual: float, word: str) -> None:
    rmse = {"before": dict.fromkeys(PARAMETERS, 1.0), "after": dict.fromkeys(PARAMETERS, after)}
    card = {"adapted": {"gap": {"residual_rms": {"before": 1.0, "after": residual}}}}
    verdict = trust._verdict(rmse, SimpleNamespace(card=card), {"stars": dict.fromkeys(PARAMETERS, 0.0)})
    assert verdict.word == word and verdict.sentence.endswith(".")


def test_what_the_choice_of_stars_moves_is_an_error_of_the_adapted() -> None:
    rmse = {"before": dict.fromkeys(PARAMETERS, 1.0), "after": dict.fromkeys(PARAMETERS, 0.7)}
    card = {"adapted": {"gap": {"residual_rms": {"before": 1.0, "after": 0.5}}}}
    verdict = trust._verdict(rmse, SimpleNamespace(card=card), {"stars": dict.fromkeys(PARAMETERS, 0.9)})
    assert verdict.word == "not better"


def test_a_shift_of_the_sample_is_said_with_its_limit() -> None:
    def moved(teff: float, mh: float) -> str:
        change = {"teff": teff, "logg": 0.0, "mh": mh, "vsini": 0.0}
        return shift_in_words(SimpleNamespace(card={"adapted": {"mean_change": change}}))

    assert moved(39.0, -0.09) == "" and "mean Teff by +41 K (limit 40)" in moved(41.0, 0.0)
    assert "mean [M/H] by −0.33 dex (limit 0.1)" in moved(-132.0, -0.33) and "Teff by −132 K" in moved(-132.0, -0.33)
