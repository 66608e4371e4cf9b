"""Units of display against a second implementation."""

from __future__ import annotations

import numpy as np
import pytest
from PyAstronomy import pyasl

from dtl.figures.scale import ANGSTROM, Scale
from tests.builders import LINES, WINDOW

WAVELENGTH = np.linspace(8800.0, 8835.0, 8)


def test_angstrom_in_vacuum_is_what_the_program_works_with():
    np.testing.assert_array_equal(ANGSTROM.at(WAVELENGTH), WAVELENGTH)
    assert ANGSTROM.title() == "Wavelength in vacuum, star at rest [Å]"
    assert ANGSTROM.span(WINDOW) == (8800.0, 8835.0)


def test_air_and_nanometres():
    scale = Scale("nm", "air")
    np.testing.assert_allclose(scale.at(WAVELENGTH), pyasl.vactoair2(WAVELENGTH, mode="ciddor") / 10, atol=1e-5)
    assert scale.title("as in the file") == "Wavelength in air, as in the file [nm]"
    assert scale.column() == "wavelength in air [nm]"


def test_velocities_from_a_line():
    line = LINES[1]
    scale = Scale("km/s", "air", line)
    assert scale.at(line.wavelength) == 0
    assert scale.at(line.wavelength * (1 + 100 / 299792.458)) == pytest.approx(100)
    assert scale.title() == "Velocity from Mg I 8809.2 Å, star at rest [km/s]"
    assert scale.span(WINDOW) == (-300, 300)
    np.testing.assert_array_equal(scale.at(WAVELENGTH), Scale("km/s", "vacuum", line).at(WAVELENGTH))
