"""A prepared spectrum at other wavelengths: a straight line stays one, and no bad point is drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtl.exploration.overlay import flux_at
from tests import fakes


def test_a_line_stays_one_and_bad_points_are_left_out() -> None:
    wavelength = np.arange(8800.0, 8810.0)
    good = np.ones(10, bool)
    good[4] = False
    flux = np.where(good, 0.1 * (wavelength - 8800.0), np.nan)
    prepared = replace(fakes.make_result().prepared, wavelength=wavelength, flux=flux, good=good)
    found = flux_at(
        np.array([8799.5, 8800.0, 8801.25, 8803.0, 8803.5, 8804.0, 8804.75, 8805.0, 8808.5, 8809.5]), prepared
    )
    expected = [np.nan, 0.0, 0.125, 0.3, np.nan, np.nan, np.nan, 0.5, 0.85, np.nan]
    np.testing.assert_allclose(found, expected)
    np.testing.assert_array_equal(flux_at(wavelength, prepared), flux)
