"""The bundles that come with the program: complete, and their cards readable without a network."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dtl.bundle.shipped import read_card, shipped_bundles, shipped_resolutions
from dtl.bundle.store import FORMAT, load_bundle
from dtl.result import PARAMETERS
from dtl.spectrum import UnusableInput

MODELS = Path(__file__).parents[2] / "assets" / "models"


@pytest.mark.parametrize("name", shipped_bundles())
def test_shipped(name: str) -> None:
    folder = MODELS / name
    assert sum(f.stat().st_size for f in folder.iterdir()) < 25e6
    assert {f.name for f in folder.iterdir()} == {"card.json", "grid.npz", "weights.safetensors"}
    bundle = load_bundle(name)
    assert bundle.name == name and bundle.card["format"] == FORMAT and bundle.card["limits"]
    assert {"created", "window", "step", "parameters", "training", "data", "metrics", "versions"} <= set(bundle.card)
    nodes, points = len(bundle.nodes), len(bundle.wavelength)
    assert bundle.nodes.shape == (nodes, 4) and bundle.card["nodes"]["count"] == nodes
    assert bundle.latents.shape == (nodes, bundle.card["architecture"]["n_latent"])
    assert bundle.map_flux.shape == bundle.map_latent.shape == (nodes, 2)
    assert bundle.flux_basis.components.shape[1] == points and len(bundle.flux_basis.scores) == nodes
    assert set(bundle.regressors) == set(PARAMETERS) == set(bundle.calibration)
    assert len({len(members) for members in bundle.regressors.values()} - {0, 1}) == 1
    quantiles = [reference.quantiles for reference in bundle.references.values()]
    for array in (bundle.nodes, bundle.latents, bundle.map_flux, bundle.map_latent, *quantiles):
        assert np.isfinite(array).all()
    assert len(bundle.target.templates) == len(bundle.target.template_names) == len(bundle.template_nodes)
    for column, (parameter, values) in enumerate(bundle.card["parameters"].items()):
        assert parameter == list(PARAMETERS)[column]
        np.testing.assert_allclose(values["range"], [f(bundle.nodes[:, column]) for f in (np.min, np.max)], atol=1e-3)


def test_a_card_is_read_without_its_networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = json.loads((MODELS / "common-r50000" / "card.json").read_text(encoding="utf-8"))
    assert read_card("common-r50000") == card
    monkeypatch.setattr("dtl.bundle.shipped.SHIPPED_BUNDLES", tmp_path)
    (tmp_path / "alone").mkdir()
    for text in (json.dumps(card), json.dumps({"name": "alone"}), "[]", "{", "\xff"):
        (tmp_path / "alone" / "card.json").write_text(text, encoding="latin-1")
        if text == json.dumps(card):
            assert shipped_resolutions() == {"alone": read_card("alone")["resolution"]}
            continue
        with pytest.raises(UnusableInput, match=r"card\.json: the bundle is damaged .*fetch it again\.$"):
            shipped_resolutions()
    with pytest.raises(UnusableInput, match="damaged"):
        read_card("absent")
