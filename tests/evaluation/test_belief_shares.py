"""How far answers move with what is believed of a sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtl.evaluation.belief_shares import moves, shares
from dtl.evaluation.survey_accuracy import prepared_flux
from dtl.transfer.fine_tuning import transfer
from tests.evaluation.test_adaptation_trust import SETTINGS, adapted
from tests.training.toys import POPULATION, toy_bundle

QUICK = replace(SETTINGS, rounds=1, epochs=1)


def test_without_a_belief_the_stars_alone_count() -> None:
    bundle, _, spectra = adapted()
    nothing = replace(QUICK, population=replace(POPULATION, mean_mh=None, main_sequence=False))
    assert set(moves(bundle, spectra, nothing)) == {"stars"}


def test_a_higher_mean_metallicity_is_one_whichever_way_it_was_tried() -> None:
    bundle, _, spectra = adapted()
    for mean in (-0.001, 0.001):
        known = replace(SETTINGS, population=replace(POPULATION, mean_mh=mean))
        assert moves(bundle, spectra, known)["mean_mh"][:, 2].mean() > 0.02


def test_from_the_start_another_sequence_goes_the_whole_way() -> None:
    """So many rounds as the transfer had, from where it began, up and down; all else goes on from where it ended."""
    bundle, _, spectra = adapted()
    began, flux, how = toy_bundle(), prepared_flux(bundle, spectra), replace(QUICK, rounds=2)
    low, high = (
        transfer(
            began, flux, replace(how, population=replace(POPULATION, sequence_offset=offset)), seed=42
        ).bundle.parameters(flux)
        for offset in (-POPULATION.sequence_error, POPULATION.sequence_error)
    )
    found, without = moves(bundle, spectra, how, start=began), moves(bundle, spectra, how)
    np.testing.assert_array_equal(found["sequence"], 0.5 * (high - low))
    for name in ("stars", "mean_mh"):
        np.testing.assert_array_equal(found[name], without[name])


def test_a_share_is_a_root_mean_square() -> None:
    changes = np.array([[3.0, 0.0, 1.0, 2.0], [4.0, 0.0, -1.0, 2.0]])
    assert shares({"stars": changes})["stars"] == {"teff": 12.5**0.5, "logg": 0.0, "mh": 1.0, "vsini": 2.0}
