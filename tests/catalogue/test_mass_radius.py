"""Mass and radius by published relations, against measured stars and against random draws."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.catalogue.luminosity import LuminosityInput
from dtl.catalogue.mass_radius import AbsoluteMagnitude, absolute_magnitude, mass_and_radius
from dtl.result import Estimate

MH = Estimate(-0.4, 0.1, 0.1)
#: Teff, luminosity, 2MASS Ks, distance and the radius measured by interferometry: Boyajian et al. 2012, ApJ 757, 112
#: (Teff, luminosity, radius), Cutri et al. 2003 (Ks).
BARNARD, RADIUS = (3230.0, 0.00342, 4.524, 1.8267), 0.1869


def by(found, quantity: str, word: str):
    (one,) = [derived for derived in found if derived.quantity == quantity and word in derived.method]
    return one


def test_barnards_star_has_the_radius_that_was_measured() -> None:
    teff, luminosity, ks, distance = BARNARD
    magnitude = absolute_magnitude(ks, 0.02, distance, 0.001)
    found = mass_and_radius(Estimate(teff, 20, 20), MH, LuminosityInput(luminosity, 0.00003), magnitude)
    assert by(found, "radius", "Boltzmann").value == pytest.approx(RADIUS, rel=0.01)
    assert by(found, "radius", "Ks").value == pytest.approx(RADIUS, rel=0.05)
    assert by(found, "radius", "main sequence").value == pytest.approx(RADIUS, rel=2 * 0.093)
    for word in ("radius", "Ks"):  # 0.16 solar masses
        assert by(found, "mass", word).value == pytest.approx(0.163, abs=0.015)
    assert by(found, "mass", "Ks").reference.bibcode == "2019ApJ...871...63M"
    assert by(found, "mass", "radius").reference.bibcode == "2019A&A...625A..68S"
    assert by(found, "radius", "Boltzmann").reference is None


def test_mass_of_the_zero_point_of_its_relation() -> None:
    """At M_Ks = 7.5 the polynomial is its constant; the scatter is 2 %."""
    (radius, mass, _) = mass_and_radius(Estimate(3300.0, 1, 1), MH, None, AbsoluteMagnitude(7.5, 0.0))
    assert mass.value == pytest.approx(10**-0.642) and mass.error == pytest.approx(0.02 * mass.value)
    assert radius.value == pytest.approx(1.9515 - 0.3520 * 7.5 + 0.0168 * 7.5**2)
    assert radius.error == pytest.approx(0.0289 * radius.value)


def test_errors_are_those_of_random_draws() -> None:
    rng = np.random.default_rng(5)
    teff, luminosity = rng.normal(3300.0, 40.0, 40_000), rng.normal(0.01, 0.0004, 40_000)
    drawn = np.sqrt(luminosity) * (5772.0 / teff) ** 2
    found = mass_and_radius(Estimate(3300.0, 40.0, 40.0), MH, LuminosityInput(0.01, 0.0004))
    radius, mass = by(found, "radius", "Boltzmann"), by(found, "mass", "radius")
    assert radius.value == pytest.approx(drawn.mean(), rel=2e-3) and radius.error == pytest.approx(
        drawn.std(), rel=0.02
    )
    masses = rng.normal(-0.0240, 0.0076, drawn.size) + rng.normal(1.055, 0.017, drawn.size) * drawn
    assert mass.error == pytest.approx(masses.std(), rel=0.02)
    magnitudes = rng.normal(7.0, 0.05, 40_000)
    poly = np.polynomial.Polynomial((-0.642, -0.208, -8.43e-4, 7.87e-3, 1.42e-4, -2.13e-4))
    masses = 10 ** poly(magnitudes - 7.5) * rng.normal(1.0, 0.02, drawn.size)
    by_ks = by(mass_and_radius(Estimate(3300.0, 40.0, 40.0), MH, None, AbsoluteMagnitude(7.0, 0.05)), "mass", "Ks")
    assert by_ks.error == pytest.approx(masses.std(), rel=0.03)


def test_relations_end_with_their_stars() -> None:
    cool = mass_and_radius(Estimate(2500.0, 30, 30), MH, None, AbsoluteMagnitude(12.0, 0.02))
    assert not cool
    giant = mass_and_radius(Estimate(3800.0, 30, 30), MH, LuminosityInput(100.0, 1.0))
    assert [derived.quantity for derived in giant] == ["radius", "radius"]  # no eclipsing M dwarf is like it
    withheld = Estimate(np.nan, np.nan, np.nan)
    assert not mass_and_radius(withheld, MH, LuminosityInput(0.01, 0.001))
    assert len(mass_and_radius(withheld, MH, None, AbsoluteMagnitude(7.0, 0.02))) == 2
    assert absolute_magnitude(10.0, 0.03, 100.0, 0.0) == pytest.approx((5.0, 0.03))
