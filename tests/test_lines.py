"""The named lines, against a spectrum of the PHOENIX library where it is at hand."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from dtl.wavelengths import vacuum_to_air
from tests.builders import LINES, WINDOW

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
SPECTRUM = SHARED / "phoenix_aces" / "native_3900K_4.5_0.0_vacuum.npz"


def test_lines_lie_in_the_window_in_order():
    wavelengths = [line.wavelength for line in LINES]
    assert wavelengths == sorted(wavelengths)
    assert WINDOW.lower < wavelengths[0] and wavelengths[-1] < WINDOW.upper


def test_wavelengths_are_those_of_vacuum():
    for line in LINES:
        assert vacuum_to_air(line.wavelength) == pytest.approx(line.air, abs=1e-6)
    assert [line.label for line in LINES] == ["Fe I 8807.0", "Mg I 8809.2", "Fe I 8826.6"]


@pytest.mark.skipif(not SPECTRUM.is_file(), reason="no PHOENIX spectrum beside the project (SHARED_DATA)")
@pytest.mark.parametrize("line", LINES, ids=lambda line: line.label)
def test_each_line_is_a_deep_minimum_of_a_model_atmosphere(line):
    with np.load(SPECTRUM) as data:
        wavelength, flux = data["wave"], data["flux"]
    near = np.abs(wavelength - line.wavelength) < 0.4
    lowest = wavelength[near][np.argmin(flux[near])]
    assert lowest == pytest.approx(line.wavelength, abs=0.05)
    around = np.abs(wavelength - line.wavelength) < 5
    assert flux[near].min() < 0.6 * np.percentile(flux[around], 95)
