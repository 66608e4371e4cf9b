"""Radius, mass and log g of M dwarfs against stars measured by interferometry."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.catalogue.main_sequence import SCATTER, mass_of_radius, radius, sequence_logg

#: Boyajian et al. 2012, ApJ 757, 112, Table 6, and Mann et al. 2013, ApJ 779, 188: name -> Teff, [Fe/H], radius.
MEASURED = {
    "GJ 411": (3532.0, -0.38, 0.3924),
    "GJ 699": (3238.0, -0.40, 0.1869),
    "GJ 725A": (3417.0, -0.23, 0.3561),
    "GJ 380": (4085.0, 0.24, 0.6398),
}


@pytest.mark.parametrize("name", MEASURED)
def test_radii_are_those_measured(name: str) -> None:
    """Within twice the 9.3 % that stars scatter by."""
    teff, metals, measured = MEASURED[name]
    assert radius(teff, metals) == pytest.approx(measured, rel=2 * 0.093)


def test_the_sun_would_have_its_gravity() -> None:
    """A star of one solar radius and mass has log g 4.438."""
    size = (1.0 + 0.0240) / 1.055  # the radius of one solar mass by the relation
    assert mass_of_radius(size) == pytest.approx(1.0)


def test_gravity_follows_mass_and_radius() -> None:
    teff, mh = np.linspace(2800.0, 4000.0, 7), np.full(7, -0.1)
    size = radius(teff, mh)
    expected = 4.438 + np.log10(mass_of_radius(size) / size**2)
    np.testing.assert_allclose(sequence_logg(teff, mh), expected)
    assert (np.diff(expected) < 0).all()
    # 9.3 % in radius: dlog g = dlog M - 2 dlog R, with M about as R.
    assert pytest.approx(np.log10(1.093), abs=0.005) == SCATTER


def test_held_beyond_the_stars_measured() -> None:
    assert sequence_logg(4300.0, 0.0) == sequence_logg(4100.0, 0.0)
