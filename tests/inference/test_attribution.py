"""What wavelengths add to a parameter: the whole of it, in short, and not from gaps."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from dtl.inference.attribution import KINDS, Explanation, explain_spectrum
from dtl.preparation.prepare import prepare
from dtl.result import PARAMETERS
from dtl.spectrum import PreparedSpectrum
from tests.builders import LINES, observe_model, shipped


@lru_cache(maxsize=1)
def spectrum() -> PreparedSpectrum:
    return prepare(observe_model((3600.0, 4.75, 0.1, 8.0)), shipped().target)


@lru_cache(maxsize=1)
def explanation() -> Explanation:
    return explain_spectrum(spectrum(), shipped())


@pytest.mark.parametrize("name", PARAMETERS)
def test_bars_and_shares_are_the_whole(name: str) -> None:
    found = explanation()
    whole = found.values[name] - found.baseline_values[name]
    assert found.contributions[name].sum() == pytest.approx(whole, rel=0.01)
    assert found.elements(name)[1].sum() == pytest.approx(found.contributions[name].sum())
    shares = found.shares(name)
    assert sum(share.contribution for share in shares) == pytest.approx(found.contributions[name].sum())
    assert sum(share.share for share in shares) == pytest.approx(1.0)
    assert [share.label for share in shares[: len(LINES)]] == [line.label for line in LINES]
    assert len({share.label for share in shares}) == len(shares)


def test_a_bar_is_a_resolution_element() -> None:
    found = explanation()
    middle, bars = found.elements("teff")
    assert found.width == pytest.approx(8817.5 / 50_000)
    assert len(middle) == len(bars) and np.diff(middle)[:-1] == pytest.approx(found.width, abs=0.006)
    curves = {kind: found.elements("teff", kind)[1] for kind in KINDS}
    assert not np.allclose(curves["contribution"], curves["sensitivity"])
    assert curves["sensitivity"].sum() == pytest.approx(0.01 * found.sensitivities["teff"].sum(), rel=1e-4)


def test_the_share_of_a_line_is_what_stands_in_it() -> None:
    wavelength = np.linspace(8800.0, 8835.0, 3501)
    inside = np.abs(wavelength - LINES[1].wavelength) < 0.3
    curve = np.where(inside, 2.0 / inside.sum(), 0.0) - np.where(np.abs(wavelength - 8830.0) < 0.2, 1.0 / 41, 0.0)
    zero = dict.fromkeys(PARAMETERS, 0.0)
    made_up = Explanation(wavelength, np.ones(3501), {"teff": curve}, {"teff": curve}, zero, zero, 0.18, LINES)
    shares = {share.label: share for share in made_up.shares("teff")}
    line = shares[LINES[1].label]
    assert line.contribution == pytest.approx(2.0) and line.share == pytest.approx(2 / 3, abs=0.03)
    (unnamed,) = [s for s in shares.values() if s.contribution < -0.5]
    assert float(unnamed.label.split()[1]) == pytest.approx(8830.0, abs=0.2)
    assert shares["all other wavelengths"].share < 0.03


def test_what_stands_in_a_gap_is_not_looked_at() -> None:
    lost = np.abs(spectrum().wavelength - 8815.0) < 0.3
    with_gap = [replace(spectrum(), good=~lost, flux=np.where(lost, value, spectrum().flux)) for value in (0.0, 1.0)]
    first, second = (explain_spectrum(gap, shipped()).contributions["teff"] for gap in with_gap)
    np.testing.assert_allclose(first, second, atol=1e-3 * np.abs(first).max())


def test_another_baseline() -> None:
    bundle = shipped()
    model = bundle.decode(bundle.latents[[100]])[0]
    found = explain_spectrum(spectrum(), bundle, baseline=model)
    np.testing.assert_array_equal(found.baseline, model)
    assert found.baseline_values["teff"] == pytest.approx(float(bundle.nodes[100, 0]), abs=40)
    whole = found.values["teff"] - found.baseline_values["teff"]
    assert found.contributions["teff"].sum() == pytest.approx(whole, rel=0.01)
