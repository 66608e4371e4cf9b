"""The sample of an adaptation: exposures of one star count once, and what does not belong is left out."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from dtl.preparation.prepare import prepare
from dtl.spectrum import PreparedSpectrum, UnusableInput
from dtl.transfer.sample import MIN_STARS, all_distinct, coadd, same_star, select_sample
from tests.builders import observe_model, shipped

STAR = (3350.0, 4.85, -0.2, 2.0)


@lru_cache(maxsize=40)
def observed(parameters: tuple[float, ...] = STAR, seed: int = 1, snr: float = 120.0, **_: object) -> PreparedSpectrum:
    spectrum = observe_model(parameters, snr=snr, velocity=3.0 * seed, pixel=0.055, seed=seed, file=f"{seed}.fits")
    return replace(prepare(spectrum, shipped().target), steps=())


def stars(count: int) -> list[PreparedSpectrum]:
    """Spectra of stars a little apart from each other."""
    return [
        observed((3200.0 + 40.0 * i, 4.9 - 0.01 * i, 0.1 * (i % 3) - 0.2, 2.0), seed=i, snr=200.0) for i in range(count)
    ]


def known(prepared: PreparedSpectrum, **more: object) -> PreparedSpectrum:
    return replace(prepared, spectrum=replace(prepared.spectrum, **more))


def test_exposures_of_one_star_are_one_star_though_nothing_names_it() -> None:
    exposures = [observed(seed=seed, snr=60.0 + 10 * seed) for seed in range(MIN_STARS + 2)]
    with pytest.raises(UnusableInput, match=r"Distinct stars: 1, too few: the 12 spectra of 1 star .*--distinct"):
        select_sample(exposures, shipped())
    assert len(select_sample(exposures, shipped(), distinct=True).spectra) == MIN_STARS + 2


def test_different_stars_are_not_put_together() -> None:
    sample = select_sample(stars(12), shipped())
    assert len(sample.spectra) == 12 and not sample.left_out and not sample.merged
    assert sample.exposures == [(i,) for i in range(12)]


def test_exposures_of_one_name_are_coadded() -> None:
    spectra = stars(11)
    spectra[3], spectra[7] = (known(observed(seed=seed), star="GJ 1") for seed in (3, 7))
    sample = select_sample(spectra, shipped())
    assert len(sample.spectra) == 10 and sample.exposures[3] == (3, 7) and not sample.merged
    assert sample.spectra[3].snr == pytest.approx(np.hypot(spectra[3].snr, spectra[7].snr))
    assert sample.best(spectra)[3] in (3, 7)


def test_stars_that_are_said_to_be_distinct_are_so_whatever_they_are_called() -> None:
    """As where a header has the name of the programme in place of the star's."""
    spectra = [known(spectrum, star="TARGET") for spectrum in stars(12)]
    with pytest.raises(UnusableInput, match="Distinct stars: 1, too few"):
        select_sample(spectra, shipped())
    sample = select_sample(spectra, shipped(), distinct=True)
    assert sample.exposures == [(i,) for i in range(12)]


def test_other_instruments_and_damaged_spectra_are_left_out_and_named() -> None:
    spectra = [known(spectrum, instrument="HPF") for spectrum in stars(13)]
    spectra[2] = known(spectra[2], instrument="NEID")
    spectra[5] = replace(spectra[5], flags=("rv_uncertain",))
    sample = select_sample(spectra, shipped())
    assert len(sample.spectra) == 11 and {i for star in sample.exposures for i in star} == set(range(13)) - {2, 5}
    assert "was taken with NEID, most others with HPF" in sample.left_out[0]
    assert "is flagged rv_uncertain" in sample.left_out[1]


def test_what_was_left_out_is_not_counted_among_the_spectra_of_the_stars() -> None:
    exposures = [known(observed(seed=seed), instrument="HPF") for seed in range(3)]
    others = [known(spectrum, instrument="NEID") for spectrum in stars(2)]
    for given, words in ((exposures + others, "the 3 spectra of 1 star"), (exposures[:1], "the 1 star")):
        with pytest.raises(UnusableInput, match=f"Distinct stars: 1, too few: {words} cannot tell"):
            select_sample(given, shipped())


def test_a_gap_that_all_stars_have_leaves_none_out() -> None:
    """What most stars are flagged for is what an adaptation is there for."""
    spectra = [replace(spectrum, flux=1 - 1.6 * (1 - spectrum.flux)) for spectrum in stars(12)]
    assert len(select_sample(spectra, shipped()).spectra) == 12


def test_the_coadd_is_the_weighted_mean() -> None:
    one, other = observed(seed=1, snr=60.0), observed(seed=2, snr=180.0)
    gap = one.good.copy()
    gap[100:120] = False
    one = replace(one, good=gap)
    together = coadd([one, other])
    w = np.array([one.uncertainty**-2, other.uncertainty**-2])
    expected = (w[0] * one.flux + w[1] * other.flux) / w.sum(axis=0)
    np.testing.assert_allclose(together.flux[gap & other.good], expected[gap & other.good])
    np.testing.assert_allclose(together.flux[100:120], other.flux[100:120])
    np.testing.assert_allclose(together.uncertainty[gap & other.good], w.sum(axis=0)[gap & other.good] ** -0.5)
    assert together.good.sum() == (gap | other.good).sum() and coadd([one]) is one


def test_likeness_is_a_matter_of_the_noise() -> None:
    other = (3450.0, 4.82, 0.0, 2.0)
    assert same_star(observed(seed=1), observed(seed=2))
    assert not same_star(observed(seed=1), observed(other, seed=2))
    blind = replace(observed(seed=2), good=np.zeros_like(observed(seed=2).good))
    assert not same_star(observed(seed=1), blind)


def test_stars_of_a_simulation_are_taken_as_they_are() -> None:
    spectra = stars(5)
    assert all_distinct(spectra).spectra == spectra and all_distinct(spectra).exposures == [(i,) for i in range(5)]


def test_no_star_at_all_is_said() -> None:
    spectra = [known(spectrum, flags=("rv_uncertain",)) for spectrum in stars(3)]
    damaged = [replace(spectrum, flags=("rv_uncertain",)) for spectrum in spectra]
    for distinct in (False, True):
        with pytest.raises(UnusableInput, match="Distinct stars: 0, too few"):
            select_sample(damaged, shipped(), distinct=distinct)
