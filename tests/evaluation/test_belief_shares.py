"""How far answers move with what is believed of a sample."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from dtl.evaluation import belief_shares as module
from dtl.evaluation.belief_shares import inherited, moves, shares
from dtl.evaluation.survey_accuracy import prepared_flux
from dtl.transfer.fine_tuning import held_out, transfer
from tests.builders import shipped
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


def test_half_of_a_sample_keeps_its_beliefs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 15 stars three only judge; and what was moved from the start is not moved once more."""
    bundle, _, spectra = adapted()
    asked = []

    def follow(start, flux, settings, **more):
        asked.append((len(flux) - held_out(len(flux), settings), settings.population))
        return SimpleNamespace(bundle=start)

    monkeypatch.setattr(module, "transfer", follow)
    known = replace(QUICK, population=replace(POPULATION, vsini_offset=-1.0))
    assert set(moves(bundle, spectra, known)) == {"stars", "mean_mh", "sequence"}
    assert [learned for learned, _ in asked] == [12, 24, 24]
    assert all(learned >= population.least for learned, population in asked)
    assert all(population.vsini_offset == 0.0 for _, population in asked)
    asked.clear()
    assert "mean_mh" not in moves(bundle, spectra[:22], known)  # 18 to learn from say nothing of a mean
    assert asked[0][1].least == POPULATION.least


def test_what_a_transfer_takes_from_its_start() -> None:
    """The rms of the mean errors for kinds of measured gaps, not for lines that are wrong as no star is known to be."""
    bundle = shipped()
    kinds = bundle.card["metrics"]["unseen_gaps"]
    found, floors = inherited(bundle), bundle.calibration
    for name in ("teff", "vsini"):
        biases = [kinds[kind]["errors"][name]["bias"] for kind in kinds if "atoms" not in kind and kind != "saturation"]
        assert len(biases) == 8 and found[name] == pytest.approx(np.sqrt(np.mean(np.square(biases))))
    assert found["logg"] == found["mh"] == 0.0
    unmeasured = replace(bundle, card=bundle.card | {"metrics": {}})
    assert inherited(unmeasured)["teff"] == floors["teff"].floor
    assert inherited(toy_bundle()) is None


def test_a_share_is_a_root_mean_square() -> None:
    changes = np.array([[3.0, 0.0, 1.0, 2.0], [4.0, 0.0, -1.0, 2.0]])
    assert shares({"stars": changes})["stars"] == {"teff": 12.5**0.5, "logg": 0.0, "mh": 1.0, "vsini": 2.0}
