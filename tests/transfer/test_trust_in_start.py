"""What is kept of networks over a family of gaps where a transfer starts from them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from dtl.inference.prior import StarPrior
from dtl.transfer.fine_tuning import TransferSettings
from dtl.transfer.population import Population
from dtl.transfer.trust_in_start import knows_gap, with_trust

OWN = 0.01 * np.random.default_rng(1).standard_normal((30, 200))


def family(estimates: np.ndarray, **more: object) -> SimpleNamespace:
    """Networks that reconstruct a flux of 1 for any spectrum."""
    made = {
        "card": {"prior": StarPrior().entries()},
        "target_encoder": object(),
        "parameters": lambda flux: estimates[: len(flux)],
        "encode": lambda flux: flux,
        "reconstruct": np.ones_like,
    }
    return SimpleNamespace(**made | more)


def stars(vsini: float = 2.4) -> np.ndarray:
    return np.tile([3500.0, 4.9, -0.1, vsini], (30, 1))


def test_a_known_gap_leaves_no_common_residual() -> None:
    common = 0.03 * np.random.default_rng(2).standard_normal(200)
    assert knows_gap(family(stars()), 1.0 + OWN + 0.1 * common)
    assert not knows_gap(family(stars()), 1.0 + OWN + common)


def test_zero_points_are_kept_where_the_gap_is_known() -> None:
    known = with_trust(family(stars()), 1.0 + OWN, TransferSettings()).population
    assert (known.teff_offset, known.vsini_offset, known.slow) == (0.0, 0.0, None)
    assert known.mean_mh == Population().mean_mh
    unknown = with_trust(family(stars()), 1.0 + OWN + 0.03, TransferSettings()).population
    assert unknown.teff_offset is None and unknown.vsini_offset == 0.0


def test_slow_rotators_are_trusted_to_half_a_kilometre() -> None:
    assert with_trust(family(stars(3.0)), 1.0 + OWN, TransferSettings()).population.vsini_offset == pytest.approx(-0.5)
    free = TransferSettings(population=Population(slow=None))
    assert with_trust(family(stars(3.0)), 1.0 + OWN, free).population.vsini_offset == 0.0


def test_few_stars_keep_their_mean_metallicity() -> None:
    """Of 22 stars 18 are learned from, which make no sample."""
    for count in (12, 22):
        known = with_trust(family(stars()), 1.0 + OWN[:count], TransferSettings()).population
        assert known.mean_mh == pytest.approx(-0.1) and known.least == 1


def test_other_networks_and_what_is_said_already_are_left() -> None:
    said = TransferSettings(population=Population(teff_offset=30.0, vsini_offset=0.0))
    assert with_trust(family(stars()), 1.0 + OWN, said) == said
    for other in (family(stars(), target_encoder=None), family(stars(), card={})):
        assert with_trust(other, 1.0 + OWN, TransferSettings()) == TransferSettings()
