"""Kinds of gaps that simulated stars have."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.catalogue.main_sequence import sequence_logg
from dtl.simulation.gap import read_gap
from dtl.simulation.gap_kinds import gap_kinds, mislabelled, of_one_star, saturated_lines, wrong_lines
from dtl.simulation.observation import decoder_source
from tests.builders import shipped

STAR = np.array([3400.0, 4.85, 0.0, 2.0])


def test_one_star_for_all() -> None:
    gap = read_gap()
    wavelength = np.linspace(8800.0, 8835.0, 701)
    for which in (0, 1):
        alone = of_one_star(gap, which)
        for teff in (3000.0, 3300.0, 4000.0):
            np.testing.assert_allclose(
                alone.curve(wavelength, teff, 5e4), gap.curve(wavelength, gap.teff[which], 5e4), atol=1e-12
            )


def test_a_gap_of_stars_taken_for_others() -> None:
    """A star at the measured stars' true parameters, with the gap as published, is what was observed of them."""
    source, gap = decoder_source(shipped()), read_gap()
    taken = np.array([gap.teff[0], sequence_logg(gap.teff[0], -0.2), -0.2, 2.0])
    error = np.array([0.0, 0.0, 0.12, 0.0])
    _, flux = mislabelled(source, gap, error)(taken + error, 5e4)
    np.testing.assert_allclose(flux, source(taken, 5e4)[1], atol=1e-9)


def test_atoms_and_molecules_change_against_each_other() -> None:
    """Depths change by 12 % at most, atoms' one way and molecules' the other; the reverse error is the reverse."""
    source = decoder_source(shipped())
    _, flux = source(STAR, 5e4)
    changes = [wrong_lines(source, error)(STAR, 5e4)[1] - flux for error in (0.12, -0.12)]
    np.testing.assert_allclose(changes[0], -changes[1], atol=1e-12)
    ratio = changes[0] / np.where(np.abs(1.0 - flux) > 0.02, flux - 1.0, np.nan)
    assert np.nanmax(np.abs(ratio)) <= 0.12 + 1e-9
    assert np.nanmax(ratio) == pytest.approx(0.12, abs=0.01) and np.nanmin(ratio) == pytest.approx(-0.12, abs=0.01)


def test_strong_lines_more_than_weak_ones() -> None:
    source = decoder_source(shipped())
    _, flux = source(STAR, 5e4)
    _, saturated = saturated_lines(source, 0.25)(STAR, 5e4)
    np.testing.assert_allclose(1.0 - saturated, (1.0 - flux) * (1.0 + 0.25 * (1.0 - flux)), atol=1e-12)


def test_kinds_without_a_gap_are_those_of_lines() -> None:
    source = decoder_source(shipped())
    with_gap, without = gap_kinds(source, read_gap()), gap_kinds(source, None)
    assert [kind.name for kind in with_gap[8:]] == [kind.name for kind in without]
    assert not any(kind.observed for kind in without) and all(kind.observed for kind in with_gap[:8])
