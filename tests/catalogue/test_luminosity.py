"""Luminosities from photometry and from spectra, against published ones and models."""

import numpy as np
import pytest

from dtl.catalogue import published_stars
from dtl.catalogue.luminosity import (
    BOLOMETRIC,
    Photometry,
    fit_bolometric_correction,
    photometric_luminosity,
    spectroscopic_error,
    spectroscopic_luminosity,
)

STARS = published_stars.stars().set_index("karmn")


def photometry(karmn: str, **errors: float) -> Photometry:
    star = STARS.loc[karmn]
    return Photometry(star["distance"], star["g_mag"], star["j_mag"], **errors)


def test_coefficients_are_those_of_the_fit():
    fit = fit_bolometric_correction(published_stars.stars())
    assert BOLOMETRIC.coefficients == pytest.approx(fit.coefficients, abs=5.1e-6)
    assert BOLOMETRIC.scatter == pytest.approx(fit.scatter, abs=5e-4)
    assert (BOLOMETRIC.bluest, BOLOMETRIC.reddest) == pytest.approx((fit.bluest, fit.reddest))
    assert (BOLOMETRIC.stars, BOLOMETRIC.left_out) == (fit.stars, fit.left_out)
    colours = np.linspace(fit.bluest, fit.reddest, 50)
    assert BOLOMETRIC(colours) == pytest.approx(fit(colours), abs=1e-4)


def test_higher_degrees_gain_nothing():
    scatters = [fit_bolometric_correction(published_stars.stars(), degree).scatter for degree in (1, 2, 4)]
    assert scatters == pytest.approx([0.0271, 0.0267, 0.0262], abs=1e-4)


def test_fit_holds_for_stars_it_has_not_seen():
    stars = published_stars.stars()
    for part in range(5):
        fit = fit_bolometric_correction(stars[stars.index % 5 != part])
        unseen = stars[(stars.index % 5 == part) & (stars["luminosity_reference"] == "cifuentes2020")]
        unseen = unseen[~unseen["karmn"].isin(BOLOMETRIC.left_out)].dropna(subset=["g_mag", "j_mag"])
        colour = unseen["g_mag"] - unseen["j_mag"]
        inside = colour.map(fit.covers)
        ratios = [
            photometric_luminosity(Photometry(star["distance"], star["g_mag"], star["j_mag"]), fit)[0]
            / star["luminosity"]
            for _, star in unseen[inside].iterrows()
        ]
        assert np.std(ratios) < 0.032
        assert abs(np.mean(ratios) - 1) < 0.01


def test_luminosities_of_another_work():
    """Those of Schweitzer et al. 2019 were not fitted."""
    others = STARS[(STARS["luminosity_reference"] == "schweitzer2019") & STARS["g_mag"].notna()]
    assert len(others) == 6
    for karmn, star in others.iterrows():
        value, error = photometric_luminosity(photometry(karmn, j_error=0.02))
        assert abs(value - star["luminosity"]) < 3 * np.hypot(error, star["luminosity_error"])


def test_formula_step_by_step():
    star = Photometry(12.0, 10.0, 7.3)
    correction = 0.83137 - 0.53297 * 2.7 - 0.03646 * 2.7**2
    bolometric = 10.0 - 5 * np.log10(1.2) + correction
    assert photometric_luminosity(star)[0] == pytest.approx(10 ** (-0.4 * (bolometric - 4.74)))


def test_uncertainty_is_that_of_a_simulation():
    star = Photometry(12.0, 10.0, 7.3, distance_error=0.3, g_error=0.02, j_error=0.03)
    value, error = photometric_luminosity(star)
    rng = np.random.default_rng(1)
    distance, g, j = rng.normal(12.0, 0.3, 20000), rng.normal(10.0, 0.02, 20000), rng.normal(7.3, 0.03, 20000)
    bolometric = g - 5 * np.log10(distance / 10) + BOLOMETRIC(g - j) + rng.normal(0, BOLOMETRIC.scatter, 20000)
    drawn = 10 ** (0.4 * (4.74 - bolometric))
    assert drawn.mean() == pytest.approx(value, rel=0.01)
    assert error == pytest.approx(drawn.std(), rel=0.04)


def test_scatter_of_the_correction_is_always_there():
    value, error = photometric_luminosity(Photometry(12.0, 10.0, 7.3))
    assert error / value == pytest.approx(0.4 * np.log(10) * BOLOMETRIC.scatter)


def test_parallax_and_distance_agree():
    one = Photometry.from_parallax(80.0, 10.0, 7.3, parallax_error=0.8, j_error=0.02)
    other = Photometry(12.5, 10.0, 7.3, distance_error=0.125, j_error=0.02)
    assert photometric_luminosity(one) == pytest.approx(photometric_luminosity(other))


@pytest.mark.parametrize("j", [8.1, 6.2])
def test_colour_outside_the_fit_is_refused(j):
    with pytest.raises(ValueError, match=r"1\.98 to 3\.64 mag"):
        photometric_luminosity(Photometry(12.0, 10.0, j))


def test_a_colour_that_cannot_be_has_a_true_minus_sign():
    with pytest.raises(ValueError, match=r"G − J is −5\.00 mag"):
        photometric_luminosity(Photometry(12.0, 5.0, 10.0))


@pytest.mark.parametrize("distance", [0.0, -3.0, float("nan")])
def test_impossible_distance_is_refused(distance):
    with pytest.raises(ValueError, match="not positive"):
        photometric_luminosity(Photometry(distance, 10.0, 7.3))


def test_spectroscopic_luminosity_of_the_sun():
    assert spectroscopic_luminosity(5772.0, 4.438) == pytest.approx(1.0)
    assert spectroscopic_luminosity(2 * 5772.0, 3.438) == pytest.approx(160.0)


def test_spectroscopic_luminosity_times_mass_is_luminosity():
    """Teff^4 / g is proportional to L / M; the models give all four. Their Sun is not quite the nominal one."""
    models = published_stars.isochrones()
    luminosity = spectroscopic_luminosity(models["teff"], models["logg"]) * models["mass"]
    assert np.abs(np.log10(luminosity) - models["log_luminosity"]).max() < 0.015


def test_error_of_the_spectroscopic_luminosity():
    up, down = spectroscopic_error(3400.0, (40.0, 30.0), 4.9, (0.03, 0.05))
    rng = np.random.default_rng(2)
    value = spectroscopic_luminosity(3400.0, 4.9)
    larger = spectroscopic_luminosity(3400 + 40 * rng.normal(size=40000), 4.9 + 0.03 * rng.normal(size=40000))
    smaller = spectroscopic_luminosity(3400 + 30 * rng.normal(size=40000), 4.9 + 0.05 * rng.normal(size=40000))
    assert value + up == pytest.approx(np.quantile(larger, 0.8413), rel=0.01)
    assert value - down == pytest.approx(np.quantile(smaller, 0.1587), rel=0.01)
