"""Barycentric velocities agree with astropy's."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.io import fits
from astropy.time import Time
from astropy.utils import iers

from dtl.readers.facts.barycentre import barycentric_velocity, find_position, velocity_from_header
from dtl.readers.facts.cards import Cards
from dtl.readers.instruments import INSTRUMENTS, find_instrument
from tests.readers.layouts import grid, text, to_bytes, truth
from tests.readers.reading import read_spectrum


def test_against_astropy() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        instrument = INSTRUMENTS[rng.integers(len(INSTRUMENTS))]
        ra, dec = rng.uniform(0, 360), rng.uniform(-80, 80)
        time = datetime(int(rng.integers(2005, 2024)), int(rng.integers(1, 13)), int(rng.integers(1, 28)), 3, 14, 15)
        location = EarthLocation.from_geodetic(
            instrument.longitude * u.deg, instrument.latitude * u.deg, instrument.altitude * u.m
        )
        with iers.conf.set_temp("auto_download", False), iers.conf.set_temp("auto_max_age", None):
            expected = SkyCoord(ra * u.deg, dec * u.deg).radial_velocity_correction(
                obstime=Time(time, scale="utc"), location=location
            )
        value = barycentric_velocity(ra, dec, time, instrument)
        assert value == pytest.approx(expected.to_value(u.km / u.s), abs=0.006)


def test_proper_motion() -> None:
    hpf = find_instrument("HPF")
    time = datetime(2019, 3, 19, 11, 50)
    still = barycentric_velocity(269.452, 4.69336, time, hpf)
    moved = barycentric_velocity(269.452, 4.69336, time, hpf, (-802.8, 10362.5))
    assert 0.005 < abs(moved - still) < 0.05


@pytest.mark.parametrize(
    ("cards", "reason"),
    [
        ({"DATE-OBS": "2019-03-19T11:49:14"}, "no usable coordinates"),
        ({"QRA": "17:57:48", "QDEC": "04:41:36"}, "no usable date"),
        ({"QRA": "17:57:48", "QDEC": "04:41:36", "DATE-OBS": "yesterday"}, "no usable date"),
        ({"QRA": "x", "QDEC": "y", "DATE-OBS": "2019-03-19T11:49:14"}, "no usable coordinates"),
        ({"RA": 17.9, "DEC": 4.7, "DATE-OBS": "2019-03-19T11:49:14"}, "not trusted"),
    ],
)
def test_unusable_headers(cards: dict, reason: str) -> None:
    claim = velocity_from_header(Cards(fits.Header(cards)), find_instrument("HPF"), trust_pointing=False)
    assert claim.value is None and reason in claim.reason


def test_degrees_only_where_said_so() -> None:
    cards = {"RA": 197.65, "DEC": -35.06, "DATE-OBS": "2004-03-10T05:21:16.881", "EXPTIME": 1800.0}
    feros = find_instrument("FEROS")
    assert velocity_from_header(Cards(fits.Header(cards)), feros).value is None
    header = fits.Header({**cards, "ORIGIN": "ESO-LASILLA"})
    assert velocity_from_header(Cards(header), feros).value == pytest.approx(17.96, abs=0.05)


def test_a_right_ascension_that_could_be_hours_is_taken_where_its_card_says_degrees() -> None:
    header = fits.Header({"RA": 17.963472, "DEC": 4.69, "DATE-OBS": "2019-03-19T11:49:14", "ORIGIN": "ESO"})
    assert find_position(Cards(header))[1] is None
    header.comments["RA"] = "[deg] target"
    assert find_position(Cards(header)) == (("RA", "DEC"), (17.963472, 4.69))


@pytest.mark.parametrize(
    ("key", "value", "comment", "velocity"),
    [
        *(("BARYVEL", 12.3, "", 12.3), ("BCV", -12300.0, "[m/s]", -12.3), ("HELCORR", 12.3, "km/s", 12.3)),
        *(("HELIUM", 3.2, "velocity", None), ("HELIX", 5.0, "", None), ("HELJD", 12.3, "velocity", None)),
        *(("BARYCORR", 12.3, "[s] of the time", None), ("BARYCORR", 0.0, "", None), ("BCV", 8000.0, "km/s", None)),
        *(
            ("HELVEL", 12.3, "velocity of the star", None),
            ("HELIORV", 12.3, "[km/s]", None),
            ("BARYRV", 12.3, "", None),
        ),
        *(("HELVEL", 12.3, "radial velocity correction", 12.3), ("BARYV", 12.3, "velocity towards the target", 12.3)),
    ],
)
def test_a_velocity_that_says_not_whether_it_was_applied(
    key: str, value: float, comment: str, velocity: float | None
) -> None:
    """Only its card is told: what is to be done with it, the user knows."""
    primary = fits.PrimaryHDU(truth(grid()))
    primary.header.update({"CRVAL1": 8770.0, "CDELT1": 0.05, "CUNIT1": "Angstrom", key: (value, comment)})
    found = read_spectrum(to_bytes(primary))
    said = [(finding.value, finding.reason) for finding in found.findings if finding.name == "velocity of Earth"]
    wanted = f"card {key} says neither whether it was applied nor which way it counts; state the frame"
    assert said == ([] if velocity is None else [(f"{velocity:+.3f} km/s, not used", wanted)])
    assert (found.frame, found.barycentric_velocity) == ("unknown", None)


@pytest.mark.parametrize("cards", [{"SPECSYS": "BARYCENT"}, {"BERV": 12.3}, {"BARYCORR": True}])
def test_a_velocity_beside_a_frame_or_another_one_is_not_told(cards: dict) -> None:
    primary = fits.PrimaryHDU(truth(grid()))
    primary.header.update({"CRVAL1": 8770.0, "CDELT1": 0.05, "CUNIT1": "Angstrom", "BARYVEL": 12.3, **cards})
    found = read_spectrum(to_bytes(primary))
    assert not any(finding.name == "velocity of Earth" for finding in found.findings)


@pytest.mark.parametrize(
    ("said", "velocity"),
    [
        ("Topocentric. barycentric velocity = -22.4 km/s (to be added)", -22.4),
        ("wavelengths are topocentric; barycentric correction of 15.0 km/s not applied", 15.0),
        ("barycentric correction z = 5.0035e-05, not applied", 15.0),
        ("BERV 12000 m/s, not corrected", 12.0),
        ("a barycentric correction of 15.2 +- 0.1 km s-1 is still to be made", 15.2),
        ("Wavelengths not corrected for the barycentric velocity of 15.2 km/s", 15.2),
    ],
)
def test_a_velocity_within_a_sentence_that_says_that_it_is_to_be_applied(said: str, velocity: float) -> None:
    """It was said to be stated nowhere, and the star's velocity stayed in the observatory's frame."""
    found = read_spectrum(text(head=f"# {said}\n"))
    assert (found.frame, found.barycentric_velocity) == ("observatory", pytest.approx(velocity, abs=0.01))


@pytest.mark.parametrize(
    "said",
    [
        "heliocentric correction of 15.0 km/s applied",
        "the barycentric velocity of 15 km/s was taken out",
        "barycentric correction not applied, version 15",
        "barycentric frame",
        "heliocentric velocity 15.2 km/s of the star; observatory frame",
        "barycentric radial velocity -20.5 km/s; topocentric wavelengths",
        "barycentric correction of 2020-01-02 not applied",
        "barycentric correction 3 steps not applied",
        "barycentric correction of -15,2 km/s not applied",
        "barycentric correction of 0.2 km/s accuracy not applied",
    ],
)
def test_a_velocity_in_other_sentences_is_not_applied(said: str) -> None:
    assert read_spectrum(text(head=f"# {said}\n")).barycentric_velocity is None


def test_a_line_of_its_own_goes_before_a_sentence() -> None:
    lines = "# topocentric, barycentric correction of 15.4 km/s not applied\n# BERV = 15.37\n"
    assert read_spectrum(text(head=lines)).barycentric_velocity == pytest.approx(15.37)
