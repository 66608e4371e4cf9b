"""The transfer on a made-up world whose truth is known: parameters improve, models stay, nothing is left to chance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import dtl.transfer.fine_tuning as module
from dtl.bundle.model import ModelBundle
from dtl.bundle.store import load_bundle, save_bundle
from dtl.result import PARAMETERS
from dtl.transfer.fine_tuning import Transfer, TransferSettings, transfer
from dtl.transfer.gap_learning import learn_gap
from tests.training.toys import POPULATION, QUIET, sample, toy_bundle, toy_gap

#: Lines of the made-up stars are as deep as those of their models.
SETTINGS = TransferSettings(rounds=4, epochs=4, batch=64, learning_rate=1e-3, depth=0.0, population=POPULATION)
QUICK = replace(SETTINGS, rounds=1, epochs=1)


def weights(bundle: ModelBundle) -> dict[str, torch.Tensor]:
    """All numbers of the networks for models, by name."""
    found = {f"autoencoder.{key}": value.clone() for key, value in bundle.autoencoder.state_dict().items()}
    for name, members in bundle.regressors.items():
        for i, member in enumerate(members):
            found |= {f"{name}.{i}.{key}": value.clone() for key, value in member.state_dict().items()}
    return found


@pytest.fixture(scope="module")
def before() -> dict[str, torch.Tensor]:
    """The networks of the toy before any transfer."""
    return weights(toy_bundle())


@pytest.fixture(scope="module")
def done(before: dict[str, torch.Tensor]) -> Transfer:
    return transfer(toy_bundle(), sample(40)[1], SETTINGS, QUIET, seed=1)


def errors(bundle: ModelBundle, truth: np.ndarray, flux: np.ndarray) -> np.ndarray:
    return np.sqrt(np.mean((bundle.parameters(flux) - truth) ** 2, axis=0))


def test_parameters_improve(done: Transfer) -> None:
    """Of the stars learned from, and of others that have the same gap."""
    for seed in (1, 2):
        truth, flux = sample(40, seed=seed)
        without, adapted = errors(toy_bundle(), truth, flux), errors(done.bundle, truth, flux)
        assert adapted[0] < 0.8 * without[0]
        assert adapted[2] < 0.6 * without[2]
        assert adapted[1] < without[1]


def test_residuals_fall(done: Transfer) -> None:
    """Nearly to the noise of 1/150."""
    rms = [row["held_out_rms"] for row in done.history]
    _, flux = sample(40)
    bundle = toy_bundle()
    start = np.sqrt(np.mean((flux - bundle.reconstruct(bundle.encode(flux))) ** 2))
    assert rms[-1] <= rms[0] < 0.5 * start
    assert 0.9 / 150 < rms[-1] < 1.4 / 150
    assert [row["round"] for row in done.history] == [1, 2, 3, 4]
    assert all(np.isfinite(row["loss"]) for row in done.history)


def test_parameters_are_means_of_members() -> None:
    bundle, (_, flux) = toy_bundle(), sample(12)
    double = replace(bundle, regressors={name: [*of, *of] for name, of in bundle.regressors.items()})
    np.testing.assert_allclose(double.parameters(flux), bundle.parameters(flux), rtol=1e-6)
    vsini = bundle.regressors["vsini"][0](torch.as_tensor(bundle.encode(flux))).detach().numpy()
    np.testing.assert_allclose(bundle.parameters(flux)[:, 3], vsini, rtol=1e-6)


def test_gap_that_no_model_has_is_found(done: Transfer) -> None:
    """Its level to 20 %, and by the adapted networks better than by those that it misleads."""
    off = []
    for bundle in (toy_bundle(), done.bundle):
        gap = learn_gap(bundle, sample(200, seed=3)[1], POPULATION).gap
        true = toy_gap().level + toy_gap().weights(np.array(gap.teff)) * toy_gap().slope
        off.append(np.sqrt(np.mean((gap.level - true) ** 2) / np.mean(true**2)))
    assert off[1] < 0.2 and off[1] < off[0]
    true_slope = toy_gap().slope
    assert np.corrcoef(gap.slope, true_slope)[0, 1] > 0.6 and gap.slope @ true_slope < true_slope @ true_slope


def test_source_is_untouched(done: Transfer, before: dict[str, torch.Tensor]) -> None:
    after = weights(done.bundle)
    assert after.keys() == before.keys()
    for key, value in before.items():
        assert torch.equal(after[key], value), key
    bundle = toy_bundle()
    assert bundle.target_encoder is None and bundle.gap is None
    for name in ("nodes", "latents", "map_flux", "map_latent", "card", "regressors"):
        assert getattr(done.bundle, name) is getattr(bundle, name)
    np.testing.assert_array_equal(done.bundle.source.encode(sample(5)[1]), bundle.encode(sample(5)[1]))
    decoder = done.bundle.target_encoder.decoder.state_dict()
    for key, value in bundle.autoencoder.decoder.state_dict().items():
        assert torch.equal(decoder[key], value)
    assert not any(p.requires_grad is False for of in bundle.regressors.values() for m in of for p in m.parameters())


def test_same_seed_same_result() -> None:
    _, flux = sample(20)
    state = torch.get_rng_state()
    first, again, other = (transfer(toy_bundle(), flux, QUICK, QUIET, seed=seed).bundle for seed in (5, 5, 6))
    assert torch.equal(torch.get_rng_state(), state)
    for key, value in first.target_encoder.state_dict().items():
        assert torch.equal(value, again.target_encoder.state_dict()[key]), key
    np.testing.assert_array_equal(first.gap.level, again.gap.level)
    assert not np.array_equal(first.encode(flux), other.encode(flux))


def test_it_ends_where_it_gets_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    """The networks of the last good round are kept."""
    calls = []

    def spoiled(encoder: torch.nn.Module, *args: object, **known: object) -> float:
        calls.append(encoder)
        with torch.no_grad():
            encoder.encoder[0].bias += 5.0 * (len(calls) - 1)
        return 0.0

    monkeypatch.setattr(module, "fit_encoder", spoiled)
    result = transfer(toy_bundle(), sample(20)[1], SETTINGS, QUIET, seed=1)
    assert len(result.history) == len(calls) == 2
    assert result.history[1]["held_out_rms"] > 1.05 * result.history[0]["held_out_rms"]
    assert result.bundle.target_encoder is calls[0]


def test_few_spectra() -> None:
    _, flux = sample(4)
    with pytest.raises(ValueError, match="at least 4 spectra, there are 3"):
        transfer(toy_bundle(), flux[:3], QUICK, QUIET)
    fractions = []
    result = transfer(toy_bundle(), flux, QUICK, QUIET, progress=lambda fraction, text: fractions.append(fraction))
    assert np.isfinite(result.bundle.encode(flux)).all() and np.isfinite(result.bundle.gap.level).all()
    assert fractions == sorted(fractions) and 0 < fractions[-1] <= 1


def test_reconstruction_has_the_gap(done: Transfer) -> None:
    bundle, (_, flux) = done.bundle, sample(6)
    latents = bundle.encode(flux)
    teff, vsini = (np.mean(bundle.regress(latents, name), axis=0) for name in ("teff", "vsini"))
    expected = bundle.decode(latents) + bundle.gap.curves(teff, vsini)
    np.testing.assert_allclose(bundle.reconstruct(latents), expected, atol=1e-6)
    np.testing.assert_array_equal(bundle.source.reconstruct(latents), bundle.decode(latents))


def test_round_trip(done: Transfer, tmp_path: Path) -> None:
    """Encoder and gap come back to half precision, the card names the files' hashes."""
    back = load_bundle(save_bundle(done.bundle, tmp_path / "adapted"))
    assert set(back.card["sha256"]) == {"weights.safetensors", "grid.npz"}
    assert back.gap.teff == done.bundle.gap.teff
    for name in ("level", "slope"):
        saved = getattr(done.bundle.gap, name)
        np.testing.assert_allclose(getattr(back.gap, name), saved, rtol=2**-10, atol=1e-6)
    for key, value in done.bundle.target_encoder.state_dict().items():
        np.testing.assert_allclose(back.target_encoder.state_dict()[key], value, rtol=2**-10, atol=1e-6)
    assert not torch.equal(back.target_encoder.encoder[0].weight, back.autoencoder.encoder[0].weight)
    _, flux = sample(10)
    moved = np.abs(back.parameters(flux) - done.bundle.parameters(flux))
    assert (moved.max(axis=0) < [3.0, 0.01, 0.01, 0.1]).all()

    plain = load_bundle(save_bundle(toy_bundle(), tmp_path / "plain"))
    assert plain.target_encoder is None and plain.gap is None and list(plain.regressors) == list(PARAMETERS)
