"""Before and after an adaptation: three views of the same spectra, and the errors where the truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtl.bundle.learned_gap import LearnedGap
from dtl.evaluation.comparison import STATES, compare
from dtl.result import PARAMETERS
from dtl.spectrum import PreparedSpectrum, Spectrum
from tests.builders import WINDOW
from tests.training import toys


@pytest.fixture(scope="module")
def change():
    """Stars with the toy's gap, seen by networks that do not know it and by others that do."""
    truth, flux = toys.sample(6)
    prepared = [
        PreparedSpectrum(
            spectrum=Spectrum(toys.WAVELENGTH, row, None, file=f"{i}.fits", star="A star" if i == 0 else ""),
            wavelength=toys.WAVELENGTH, flux=row, uncertainty=np.full(row.shape, 0.01), good=np.ones(row.shape, bool),
            pixel=0.1, snr=150.0, rv=0.0, rv_frame="rest", rv_quality=1.0, steps=(), flags=(), window=WINDOW,
        )
        for i, row in enumerate(flux)
    ]  # fmt: skip
    before = toys.toy_bundle()
    gap = toys.toy_gap()
    after = replace(before, gap=LearnedGap(gap.level, gap.slope, gap.teff, gap.window))
    return compare(before, after, prepared, truth)


def test_three_views(change):
    assert list(change.views) == list(STATES) and change.names[:2] == ("A star", "1.fits")
    alone, before, after = change.views.values()
    assert np.array_equal(alone.values, before.values) and np.array_equal(alone.residual_rms, before.residual_rms)
    assert after.residual_rms.mean() < 0.7 * before.residual_rms.mean()  # a known gap leaves no residual
    assert change.typical("residual_rms", "after") == pytest.approx(np.median(after.residual_rms))


def test_errors_are_those_of_the_values(change):
    wrong = change.views["after"].values - change.truth
    for i, name in enumerate(PARAMETERS):
        assert change.errors["after"][name]["rmse"] == pytest.approx(np.sqrt(np.mean(wrong[:, i] ** 2)))


def test_a_row_a_star(change):
    row = change.rows()[2]
    assert row["star"] == "2.fits" and row["teff_true"] == change.truth[2, 0]
    assert row["residual_rms_before"] == pytest.approx(100 * change.views["before"].residual_rms[2])
    assert row["vsini_after"] == pytest.approx(change.views["after"].values[2, 3])
    assert not any("true" in key for key in replace(change, truth=None, errors=None).rows()[0])
