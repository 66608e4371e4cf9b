"""Training configs: what is read, and one sentence for what is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dtl.bundle.shipped import read_card, shipped_bundles
from dtl.bundle.window import window_entries
from dtl.lines import Line
from dtl.simulation.gap import read_gap
from dtl.spectrum import UnusableInput
from dtl.training.settings import (
    AutoencoderSettings,
    RegressorSettings,
    TrainingSettings,
    read_settings,
    settings_of_card,
)
from dtl.wavelengths import Window
from tests.builders import TELLURIC_LINES, WINDOW

CONFIGS = sorted((Path(__file__).parents[2] / "assets" / "configs").glob("*.toml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_shipped_configs(path: Path) -> None:
    settings = read_settings(path)
    assert settings.name == path.stem and settings.limits and settings.grid.resolution >= 50_000
    assert settings.window == WINDOW and settings.telluric_lines == TELLURIC_LINES
    assert [line.label for line in settings.lines] == ["Fe I 8807.0", "Mg I 8809.2", "Fe I 8826.6"]


@pytest.mark.parametrize("name", shipped_bundles())
def test_card_and_config_of_a_shipped_bundle_name_one_window(name: str) -> None:
    card, config = read_card(name), read_settings(CONFIGS[0].with_name(f"{name}.toml"))
    assert window_entries(config.window, config.lines, config.telluric_lines).items() <= card.items()
    of_card = settings_of_card(card)
    assert (of_card.window, of_card.lines, of_card.telluric_lines) == (
        config.window, config.lines, config.telluric_lines,
    )  # fmt: skip


def test_published_preset_is_the_paper_s() -> None:
    """As in Mas-Buitrago et al. (2024); the config trains fewer members, and a third of the steps."""
    settings = read_settings(CONFIGS[0].with_name("published-layout.toml"))
    compact = read_settings(CONFIGS[0].with_name("common-r50000.toml"))
    # The compact one fills a box about the published nodes.
    assert settings.grid == replace(compact.grid, logg=(4.7, 5.3), box=False)
    assert settings.autoencoder == replace(AutoencoderSettings.published(), epochs=170)
    assert settings.regressor == replace(RegressorSettings.published(), members=2, keep=1.0)
    assert AutoencoderSettings.published(1280).hidden == (1280, 960, 640, 320, 160)
    assert round(RegressorSettings.published().keep * 130) == 80
    assert compact.autoencoder.layout == compact.regressor.layout == "compact"
    assert compact.autoencoder.jacobian_weight > 0 == compact.autoencoder.l1


def test_everything_is_read(tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text(
        'name = "x"\nversion = "2.0"\nseed = 0\nlimits = ["a", "b"]\n'
        "[window]\nlower = 8650\nupper = 8690.0\nmargin = 4.0\ntelluric_lines = [8655.5]\n"
        'lines = [{species = "Ca II", air = 8662.14, reference = "NIST"}]\n'
        "[grid]\nteff = [3000, 3100.5]\nextrapolate_logg = true\n"
        "[autoencoder]\nhidden = [8]\nlearning_rate = 1\n[regressor]\nmembers = 2\n[augmentation]\nsnr = [20.0, 90.0]\n"
        "[maps]\nmin_dist = 0.1\n"
    )
    settings = read_settings(tmp_path / "run.toml")
    assert (settings.name, settings.version, settings.seed, settings.limits) == ("x", "2.0", 0, ("a", "b"))
    assert settings.window == Window(8650.0, 8690.0, 4.0) and settings.telluric_lines == (8655.5,)
    assert settings.lines == (Line("Ca II", 8662.14, "NIST"),)
    assert settings.grid.teff == (3000, 3100.5) and settings.grid.extrapolate_logg
    assert settings.autoencoder.hidden == (8,) and settings.regressor.members == 2
    assert settings.augmentation.snr == (20.0, 90.0) and settings.maps.min_dist == 0.1
    assert settings.regressor.steps == TrainingSettings("x", WINDOW).regressor.steps  # the rest keeps its default


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("name = ", "no training config"),
        ("", "name"),
        ('name = "a/b"', "name must be 1 to 80 printable letters without slashes, it is 'a/b'"),
        ("name = 3", "name must be"),
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
        ('name = "x"\n[autoencoder]\nlayout = "square"', "layout must be one of compact, published, it is 'square'"),
        ('name = "x"\n[regressor]\nlayout = 3', "layout must be like 'compact', it is 3"),
        ('name = "x"\n[autoencoder]\nlayout = "published"', "label_weight must be 0"),
        ('name = "x"\n[autoencoder]\nl1 = 1e-7', "l1 must be 0"),
        ('name = "x"\n[autoencoder]\nsteps = -1', "steps must be at least 0, it is -1"),
        ('name = "x"\n[regressor]\nkeep = 0.0', "keep must be above 0"),
        ('name = "x"\n[regressor]\nkeep = 1.5', "keep must be above 0"),
        ('name = "x"\n[regressor]\nkeep = "all"', "keep"),
        ('name = "x"\n[survey]\ngap = 3', "gap must be the path of a file, it is 3"),
        ('name = "x"\nsurvey = 3', "no training config"),
        ('name = "x"\ngap = "gap.json"', "gap stands in [survey]"),
    ],
)
def test_what_is_wrong(tmp_path: Path, text: str, word: str) -> None:
    _refused(tmp_path / "run.toml", text + ("\n[window]\nlower = 8800.0\nupper = 8835.0\n" if text else ""), word)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "[window] with lower and upper, vacuum Angstrom, is missing"),
        ("window = [8800.0, 8835.0]", "[window] with lower"),
        ("[window]\nlower = 8800.0", "upper is missing"),
        ("[window]\nlower = 8835.0\nupper = 8800.0", "is no window"),
        ("[window]\nlower = 8800.0\nupper = 8835.0\nmargins = 5.0", "margins is unknown"),
        ('[window]\nlower = "blue"\nupper = 8835.0', "blue"),
        (
            "[window]\nlower = 8800.0\nupper = 8835.0\nlines = [8809.2]",
            "a line has species, air (Angstrom) and reference",
        ),
        ('[window]\nlower = 8800.0\nupper = 8835.0\ntelluric_lines = ["a"]', "no training config"),
    ],
)
def test_what_is_wrong_with_a_window(tmp_path: Path, text: str, word: str) -> None:
    _refused(tmp_path / "run.toml", f'name = "x"\n{text}\n', word)


def test_a_gap_lies_beside_the_config(tmp_path: Path) -> None:
    config, region = tmp_path / "configs" / "run.toml", "[window]\nlower = 8800.0\nupper = 8835.0\n"
    config.parent.mkdir()
    config.write_text(f'name = "x"\n{region}[survey]\ngap = "../own.json"\nstars = 9\n')
    with pytest.raises(UnusableInput, match=r"own.json is no description of a synthetic gap"):
        read_settings(config)
    shipped = read_gap()
    replace(shipped, source="own stars").save(tmp_path / "own.json")
    settings = read_settings(config)
    assert settings.gap.source == "own stars" and settings.survey.stars == 9
    card = {"training": {"settings": settings.as_dict()}, "synthetic_gap": settings.gap.entries()}
    assert "gap" not in settings.as_dict() and settings_of_card(card).gap.source == "own stars"
    config.write_text(config.read_text().replace("8800.0", "8700.0"))
    with pytest.raises(UnusableInput, match="gap was measured in 8800–8835 Å, the config's window is 8700–8835 Å"):
        read_settings(config)


def _refused(path: Path, text: str, word: str) -> None:
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UnusableInput) as caught:
        read_settings(path)
    sentence = str(caught.value)
    assert (
        sentence.startswith((f"{path}: ", f"{path} ")) and word in sentence and sentence.endswith("common-r50000.toml.")
    )


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"cannot be opened \(No such file"):
        read_settings(tmp_path / "missing.toml")
    with pytest.raises(UnusableInput, match="cannot be opened"):
        read_settings(tmp_path)
