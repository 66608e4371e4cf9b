"""The digest that tells the bundles of two visits apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pages.shared.core.bundles import _digest
from tests.builders import shipped


def test_the_digest_is_of_all_but_the_name() -> None:
    """Networks alike with other intervals, references or gap are other bundles; another name is not."""
    bundle = shipped()
    first = _digest(bundle)
    card = bundle.card
    assert _digest(replace(bundle, card=card | {"name": "other", "sha256": {}})) == first
    calibration = card["calibration"] | {"vsini": {"scale": 2.0, "floor": 0.1}}
    name, reference = next(iter(bundle.references.items()))
    wider = replace(reference, quantiles=reference.quantiles * 2)
    others = [
        replace(bundle, card=card | {"calibration": calibration}),
        replace(bundle, references=bundle.references | {name: wider}),
        replace(bundle, gap=None),
        replace(bundle, map_flux=bundle.map_flux + 1),
        replace(bundle, template_nodes=np.roll(bundle.template_nodes, 1)),
        replace(bundle, target_encoder=None),
    ]
    assert len({first, *map(_digest, others)}) == 1 + len(others)
