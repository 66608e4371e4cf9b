"""Training configs: what is read, and one sentence for what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtl.spectrum import UnusableInput
from dtl.training.settings import TrainingSettings, read_settings

CONFIGS = sorted((Path(__file__).parents[2] / "assets" / "configs").glob("*.toml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_shipped_configs(path: Path) -> None:
    settings = read_settings(path)
    assert settings.name == path.stem and settings.limits and settings.grid.resolution >= 50_000


def test_everything_is_read(tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text(
        'name = "x"\nversion = "2.0"\nseed = 0\nlimits = ["a", "b"]\n'
        "[grid]\nteff = [3000, 3100.5]\nextrapolate_logg = true\n"
        "[autoencoder]\nhidden = [8]\nlearning_rate = 1\n[regressor]\nmembers = 2\n[augmentation]\nsnr = [20.0, 90.0]\n"
        "[maps]\nmin_dist = 0.1\n"
    )
    settings = read_settings(tmp_path / "run.toml")
    assert (settings.name, settings.version, settings.seed, settings.limits) == ("x", "2.0", 0, ("a", "b"))
    assert settings.grid.teff == (3000, 3100.5) and settings.grid.extrapolate_logg
    assert settings.autoencoder.hidden == (8,) and settings.regressor.members == 2
    assert settings.augmentation.snr == (20.0, 90.0) and settings.maps.min_dist == 0.1
    assert settings.regressor.steps == TrainingSettings("x").regressor.steps  # the rest keeps its default


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("name = ", "no training config"),
        ("", "name"),
        ('name = "x"\nepoch = 3', "epoch"),
        ('name = "x"\n[autoencoder]\nepoch = 3', "epoch"),
        ('name = "x"\nautoencoder = 3', "no training config"),
        ('name = "x"\n[autoencoder]\nepochs = "many"', "epochs must be like 150, it is 'many'"),
        ('name = "x"\n[autoencoder]\nepochs = 0', "epochs must be at least 1, it is 0"),
        ('name = "x"\n[autoencoder]\nepochs = true', "epochs"),
        ('name = "x"\n[autoencoder]\nhidden = [8, "a"]', "hidden"),
        ('name = "x"\n[regressor]\nsteps = 2.5', "steps"),
        ('name = "x"\n[grid]\nteff = 3000', "teff must be a list as"),
        ('name = "x"\n[grid]\nteff = [3000.0]', "teff"),
        ('name = "x"\n[grid]\nextrapolate_logg = "yes"', "extrapolate_logg"),
        ("\xff\xfe", "no training config"),
    ],
)
def test_what_is_wrong(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "run.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UnusableInput) as caught:
        read_settings(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path}: ") and word in sentence and sentence.endswith("common-r50000.toml.")


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"cannot be opened \(No such file"):
        read_settings(tmp_path / "missing.toml")
    with pytest.raises(UnusableInput, match="cannot be opened"):
        read_settings(tmp_path)
