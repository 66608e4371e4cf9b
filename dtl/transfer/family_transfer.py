"""Transfer over a family of synthetic gaps: an encoder that no single gap misleads, for stars of any sample."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace

import torch

from dtl.bundle.model import ModelBundle
from dtl.inference.prior import StarPrior
from dtl.simulation.gap import GapModel
from dtl.training.augmentation import Augmentation
from dtl.training.split import split_of
from dtl.training.transfer_settings import FamilySettings
from dtl.transfer.fine_tuning import Transfer, fit_encoder
from dtl.transfer.gap_family import GapFamily, mean_gap
from dtl.transfer.plausibility import draw_often

__all__ = ["transfer_family"]


def transfer_family(
    bundle: ModelBundle,
    gap: GapModel | None,
    settings: FamilySettings = FamilySettings(),
    prior: StarPrior = StarPrior(),
    augmentation: Augmentation = Augmentation(),
    *,
    seed: int = 42,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> Transfer:
    """Adapt a bundle to observed spectra as they may be, without any of them.

    Args:
        bundle: trained on models alone.
        gap: measured on real stars, in the middle of the family; None where none is known.
        settings: of the family.
        prior: of the stars.
        augmentation: disturbances that the encoder learns to bear.
        seed: of everything random.
        progress: called with the fraction done and a word.
    """
    train = split_of(bundle).train
    encoder = copy.deepcopy(bundle.observed_encoder)
    loss = fit_encoder(
        encoder,
        bundle,
        GapFamily(gap, bundle, train, settings),
        settings,
        torch.Generator().manual_seed(seed),
        often=draw_often(bundle.nodes[train], prior, settings.broad),
        augmentation=replace(augmentation, continuum=max(augmentation.continuum, 0.005)),
        progress=lambda part: progress(part, "family of gaps"),
    )
    mean = mean_gap(gap, bundle, draw_often(bundle.nodes, prior, 0.0))
    adapted = replace(bundle, target_encoder=encoder, gap=mean)
    card = bundle.card | {"prior": prior.entries()}
    return Transfer(replace(adapted, card=card), [{"round": 1, "loss": loss}])
