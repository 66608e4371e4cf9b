"""Bundles: what is read back is what was written, and what was tampered with is refused with the reason."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from dtl.bundle.card_rules import check_card
from dtl.bundle.store import FORMAT, load_bundle, save_bundle
from dtl.inference.gradients import member_slopes
from dtl.inference.infer import estimate_parameters, noise_covariance
from dtl.networks.autoencoder import Autoencoder
from dtl.networks.published import PublishedAutoencoder, PublishedRegressor
from dtl.preparation.prepare import prepare
from dtl.result import PARAMETERS
from dtl.spectrum import UnusableInput
from dtl.training.augmentation import Augmentation, disturbed
from tests.builders import observe_model, shipped

MODELS = Path(__file__).parents[2] / "assets" / "models"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MODELS / "common-r50000", tmp_path / "copy"))


def refusal(folder: Path) -> str:
    with pytest.raises(UnusableInput) as caught:
        load_bundle(folder)
    sentence = str(caught.value)
    assert str(folder) in sentence and sentence.endswith(".") and "\n" not in sentence
    return sentence


def rewrite(folder: Path, change: Callable[[dict], object]) -> None:
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    change(card)
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")


def test_round_trip(tmp_path: Path) -> None:
    bundle = shipped()
    back = load_bundle(save_bundle(bundle, tmp_path / "again"))
    assert back.card == bundle.card  # the hashes too: a saved bundle does not change any more
    for name in ("wavelength", "nodes", "latents", "map_flux", "map_latent", "template_nodes"):
        np.testing.assert_array_equal(getattr(back, name), getattr(bundle, name))
    for key, value in bundle.autoencoder.state_dict().items():
        assert torch.equal(value, back.autoencoder.state_dict()[key])
    assert all((f.stat().st_mode & 0o044) == 0o044 for f in (tmp_path / "again").iterdir())


def test_published_layout(tmp_path: Path) -> None:
    """A card names its layouts; one without them, as the first that were written, is compact."""
    torch.manual_seed(1)
    published = {name: [PublishedRegressor(32).eval()] for name in PARAMETERS}
    card = dict(
        shipped().card,
        architecture={"layout": "published", "hidden": [16, 8], "n_latent": 32, "regressor": "published"},
    )
    bundle = replace(
        shipped().source, card=card, autoencoder=PublishedAutoencoder(3501, (16, 8), 32).eval(), regressors=published
    )
    back = load_bundle(save_bundle(bundle, tmp_path / "published"))
    assert isinstance(back.autoencoder, PublishedAutoencoder)
    assert {type(member) for members in back.regressors.values() for member in members} == {PublishedRegressor}
    flux = shipped().decode(shipped().latents[:5])
    np.testing.assert_allclose(back.encode(flux), bundle.encode(flux), rtol=0.02, atol=0.01)
    np.testing.assert_allclose(back.decode(back.encode(flux)), bundle.decode(bundle.encode(flux)), atol=0.01)
    np.testing.assert_allclose(
        back.regress(shipped().latents[:5], "mh"), bundle.regress(shipped().latents[:5], "mh"), rtol=0.05, atol=0.01
    )

    rewrite(tmp_path / "published", lambda card: card["architecture"].update(layout="square"))
    assert "damaged" in refusal(tmp_path / "published")
    old = Path(shutil.copytree(MODELS / "common-r50000", tmp_path / "old"))
    rewrite(old, lambda card: card.update(architecture={"hidden": [320, 128, 64], "n_latent": 32}))
    assert isinstance(load_bundle(old).autoencoder, Autoencoder)


def test_half_precision_does_not_matter(tmp_path: Path) -> None:
    """Weights with digits beyond half precision are cut by saving: predictions move by less than 0.1 interval."""
    bundle = shipped()
    generator = torch.Generator().manual_seed(1)

    def blur(module: torch.nn.Module) -> torch.nn.Module:
        """Somewhere within the rounding of half precision, whose step is 2^-10."""
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.mul_(1 + 2**-12 * (2 * torch.rand(parameter.shape, generator=generator) - 1))
        return module

    fine = load_bundle("common-r50000")
    fine = replace(
        fine,
        autoencoder=blur(fine.autoencoder),
        target_encoder=fine.target_encoder and blur(fine.target_encoder),
        regressors={name: [blur(member) for member in members] for name, members in fine.regressors.items()},
    )
    cut = load_bundle(save_bundle(fine, tmp_path / "cut"))
    assert not torch.equal(fine.autoencoder.encoder[0].weight, cut.autoencoder.encoder[0].weight)
    flux = disturbed(bundle.decode(bundle.latents[::400]), 100.0, Augmentation(), bundle.window, seed=2)
    noise = replace(prepare(observe_model(), bundle.target), uncertainty=np.full(flux.shape[1], 0.01))
    slopes = [member_slopes(flux, b) for b in (fine, cut)]
    before, after = (
        estimate_parameters(s, noise_covariance(s, [noise] * len(flux), b), b)
        for s, b in zip(slopes, (fine, cut), strict=True)
    )
    for name in PARAMETERS:
        pairs = [(a[name], b[name]) for a, b in zip(after, before, strict=True)]
        moved = np.array([abs(a.value - b.value) / b.lower for a, b in pairs])
        assert np.median(moved) < 0.1, name
        assert moved.max() < 0.5, name


@pytest.mark.parametrize("file", ["weights.safetensors", "grid.npz"])
def test_tampered_file(copy: Path, file: str) -> None:
    content = bytearray((copy / file).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / file).write_bytes(content)
    assert file in refusal(copy) and "sha256" in refusal(copy)


@pytest.mark.parametrize("file", ["weights.safetensors", "grid.npz"])
def test_file_without_a_hash(copy: Path, file: str) -> None:
    """A card that keeps silent about a file vouches for nothing."""
    rewrite(copy, lambda card: card["sha256"].pop(file))
    assert "damaged" in refusal(copy)


@pytest.mark.parametrize("file", ["weights.safetensors", "grid.npz"])
def test_missing_file(copy: Path, file: str) -> None:
    (copy / file).unlink()
    assert file in refusal(copy)


def test_another_format(copy: Path) -> None:
    rewrite(copy, lambda card: card.update(format=FORMAT + 1))
    assert f"has format {FORMAT + 1}, this program reads format {FORMAT}" in refusal(copy)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', '{"format": 1}', '{"format": 1, "sha256": 3}', "\xff"])
def test_broken_card(copy: Path, text: str) -> None:
    (copy / "card.json").write_bytes(text.encode("latin-1"))
    assert " object " not in refusal(copy)  # as Python calls things


def test_weights_of_another_architecture(copy: Path) -> None:
    """Hashes that fit do not make weights fit."""
    rewrite(copy, lambda card: card["architecture"].update(hidden=[8]))
    assert "damaged" in refusal(copy)


def resaved(folder: Path, name: str, array: np.ndarray) -> None:
    """Another array in the grid of a bundle, whose hash is that of the file."""
    with np.load(folder / "grid.npz") as grid:
        arrays = {key: grid[key] for key in grid.files}
    np.savez(folder / "grid.npz", **arrays | {name: array})
    digest = hashlib.sha256((folder / "grid.npz").read_bytes()).hexdigest()
    rewrite(folder, lambda card: card["sha256"].update({"grid.npz": digest}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda card: card.update(step="x"), "gives step as x, where a number from"),
        (lambda card: card.update(step=0.02), "gives the step 0.02, its wavelengths 0.01 Angstrom"),
        (lambda card: card.update(resolution=-1), "gives resolution as -1, where a number from"),
        (lambda card: card.update(resolution=float("nan")), "gives resolution as nan"),
        (lambda card: card.update(resolution=True), "gives resolution as True"),
        *[
            (lambda card, name=name: card.update(name=name), "a name of 1 to 80 printable letters, none a slash")
            for name in (" ", "../mine", "..\\mine", "a\x1b[31mb", "two\nlines", "x" * 81, 3)
        ],
        (lambda card: card.update(version=""), "gives version as"),
        (lambda card: card.update(limits=[3]), "gives limits.0 as 3, where a text belongs"),
        (lambda card: card.update(limits="one"), "gives limits as one"),
        (lambda card: card.update(parameters={}), "says nothing of parameters.teff.range"),
        (lambda card: card["parameters"]["mh"].update(range=[0.5, -0.5]), "a lower and an upper end"),
        (lambda card: card.pop("calibration"), "says nothing of calibration.teff.scale"),
        (lambda card: card["calibration"]["mh"].update(scale=-1.0), "gives calibration.mh.scale as -1.0"),
        (lambda card: card.update(trust=None), "gives trust as None, where a set of names belongs"),
        (lambda card: card.update(trust={}), "says nothing of trust.percentile"),
        (lambda card: card.update(prior={}), "says nothing of prior.mean_mh"),
        (lambda card: card.update(metrics=[]), "gives metrics as []"),
        (lambda card: card["metrics"].update(ablation=3), "gives metrics.ablation as 3"),
        (lambda card: card["metrics"]["real_stars"].update(stars="x"), "gives metrics.real_stars.stars as x"),
        (lambda card: card.update(lines=[1, 2]), "gives lines.0 as 1"),
        (lambda card: card.update(telluric_lines="abc"), "gives telluric_lines as abc, where a list"),
        (lambda card: card["nodes"].update(count=5), "has 11576 models"),
        (lambda card: card["architecture"].update(n_latent=10**9), "gives architecture.n_latent as 1000000000"),
        (lambda card: card.update(window={"lower": 8835.0, "upper": 8800.0, "margin": 5.0}), "is no window"),
    ],
)
def test_a_card_without_sense(copy: Path, change: Callable[[dict], object], words: str) -> None:
    rewrite(copy, change)
    assert words in refusal(copy)


@pytest.mark.parametrize("name", ["x" * 80, "Étoiles M, 2026 (neuf)"])
def test_a_plain_name_is_loaded(copy: Path, name: str) -> None:
    rewrite(copy, lambda card: card.update(name=name))
    assert load_bundle(copy).name == name


def test_cards_of_old_say_less() -> None:
    """What the first bundles did not say is not asked for."""
    known = ("name", "version", "resolution", "architecture", "calibration")
    check_card({name: shipped().card[name] for name in known})


@pytest.mark.parametrize(
    ("name", "array", "words"),
    [
        *[
            (name, np.zeros((10, width), dtype=np.float32), "do not fit each other")
            for name, width in (
                ("nodes", 4),
                ("latents", 32),
                ("map_flux", 2),
                ("map_latent", 2),
                ("flux_scores", 32),
                ("flux_components", 3501),
            )
        ],
        ("wavelength", np.linspace(8800.0, 8835.0, 3501)[::-1], "do not ascend in even steps"),
        ("latents", np.full((11576, 32), np.nan, dtype=np.float16), "latents does not hold finite numbers alone"),
        ("map_flux", np.full((11576, 2), "x"), "map_flux does not hold finite numbers alone"),
        ("gap", np.zeros((2, 10)), "gap is (2, 10), the others ask for (2, 3501)"),
        ("gap_teff", np.array(np.inf), "gap_teff does not hold finite numbers alone"),
        ("template_nodes", np.array([11576]), "velocity templates that it does not hold"),
        ("template_nodes", np.array([0.5]), "velocity templates that it does not hold"),
        ("reference_residual_quantiles", np.zeros((3, 101)), "reference_residual_quantiles is (3, 101)"),
        ("reference_residual_snr", np.array([20.0, 10.0, 50.0, 100.0]), "residual, does not rise"),
        ("reference_beauty_snr", np.ones(4), "has no array reference_beauty_quantiles"),
    ],
)
def test_arrays_without_sense(copy: Path, name: str, array: np.ndarray, words: str) -> None:
    resaved(copy, name, array)
    assert words in refusal(copy)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (0, 4e33, "it has a model with Teff = 4e+33, beyond 500 to 100000 K"),
        (1, 9.5, "it has a model with log g = 9.5, beyond -3 to 9 dex"),
        (2, -9.0, "it has a model with [M/H] = -9, beyond -8 to 3 dex"),
        (3, 1.5e30, "it has a model with v sin i = 1.5e+30, beyond 0 to 1000 km/s"),
    ],
)
def test_models_that_are_no_stars(copy: Path, column: int, value: float, words: str) -> None:
    nodes = shipped().nodes.copy()
    nodes[-1, column] = value
    resaved(copy, "nodes", nodes)
    assert words in refusal(copy)


@pytest.mark.parametrize(("value", "words"), [(float("nan"), "not all finite"), (3e38, "gives no parameters")])
def test_weights_without_sense(tmp_path: Path, value: float, words: str) -> None:
    """One weight is enough, be it of a network that observed spectra do not meet."""
    bundle = load_bundle("common-r50000")
    with torch.no_grad():
        bundle.autoencoder.scale[0] = value  # buffers are not halved
        bundle.autoencoder.mean[0] = value
    assert words in refusal(save_bundle(bundle, tmp_path / "bundle"))


def test_a_bundle_without_a_network(tmp_path: Path) -> None:
    bundle = shipped()
    folder = save_bundle(replace(bundle, regressors=bundle.regressors | {"mh": []}), tmp_path / "bundle")
    assert "has no network for mh" in refusal(folder)


def test_what_is_neither_a_name_nor_a_folder() -> None:
    with pytest.raises(TypeError, match="int is neither the name of a bundle nor a folder"):
        load_bundle(3)


@pytest.mark.parametrize("there", [True, False])
def test_a_bundle_is_written_whole_or_not_at_all(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    bundle = load_bundle(copy)
    before = {path.name: path.read_bytes() for path in copy.iterdir()}

    def fail(*given: object, **arrays: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", fail)  # after the weights were written
    folder = copy if there else tmp_path / "elsewhere" / "new"
    with pytest.raises(OSError, match="No space"):
        save_bundle(bundle, folder)
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before
    assert there or list(folder.parent.iterdir()) == []


def test_no_pickle(copy: Path) -> None:
    np.savez(copy / "grid.npz", wavelength=np.array([{"a": 1}], dtype=object))
    digest = hashlib.sha256((copy / "grid.npz").read_bytes()).hexdigest()
    rewrite(copy, lambda card: card["sha256"].update({"grid.npz": digest}))
    assert "allow_pickle" in refusal(copy)


def test_no_bundle(tmp_path: Path) -> None:
    for source in (tmp_path, tmp_path / "missing", "no-such-bundle"):
        with pytest.raises(UnusableInput, match="is no bundle; shipped are carmenes-r94600, common-r50000"):
            load_bundle(source)


def test_paths_in_a_card_lead_nowhere(copy: Path, tmp_path: Path) -> None:
    """Only the bundle's own files are read, whatever a card names."""
    rewrite(copy, lambda card: card["sha256"].update({"../../secret": "0" * 64}))
    (tmp_path.parent / "secret").write_text("x")
    load_bundle(copy)
