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

from dtl.readers.barycentre import barycentric_velocity, find_position, velocity_from_header
from dtl.readers.cards import Cards
from dtl.readers.instruments import INSTRUMENTS, find_instrument


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
