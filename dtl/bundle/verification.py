"""Whether the arrays and networks of a bundle make sense: they fit each other and its card, and give an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from dtl.bundle.calibration import SCORES
from dtl.bundle.card import number
from dtl.bundle.model import ModelBundle
from dtl.bundle.window import window_of
from dtl.result import PARAMETERS

__all__ = ["check_arrays", "check_networks"]

#: Fewest wavelengths and nodes.
_MIN_POINTS, _MIN_NODES = 10, 20
#: What the parameters of any model of a star lie within, and more; numbers beyond were forged or damaged.
_SENSE = {"teff": (500.0, 100_000.0), "logg": (-3.0, 9.0), "mh": (-8.0, 3.0), "vsini": (0.0, 1000.0)}


def check_arrays(arrays: Mapping[str, np.ndarray], card: Mapping[str, Any]) -> None:
    """Make sure that the arrays of a bundle are finite numbers and fit each other and its card.

    Args:
        arrays: by their names in the file, see `dtl.bundle.model.ModelBundle`.
        card: as `dtl.bundle.card_rules.check_card` let it pass.

    Raises:
        ValueError: with what is wrong, as the middle of a sentence; so below.
    """
    for name, shape in _shapes(arrays, card["architecture"]["n_latent"]).items():
        if name not in arrays:
            raise ValueError(f"it has no array {name}")
        array = arrays[name]
        if array.shape != shape:
            raise ValueError(f"its arrays do not fit each other: {name} is {array.shape}, the others ask for {shape}")
        if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
            raise ValueError(f"its array {name} does not hold finite numbers alone")
    _check_wavelength(arrays["wavelength"].astype(float), card)
    _check_nodes(arrays["nodes"])
    count, templates = len(arrays["nodes"]), arrays["template_nodes"]
    if count < _MIN_NODES or number(card, "nodes", "count") not in (None, count):
        raise ValueError(f"it has {count} models, which is less than {_MIN_NODES}, or not what its card says")
    if not len(templates) or templates.dtype.kind not in "iu" or not 0 <= templates.min() <= templates.max() < count:
        raise ValueError("it names velocity templates that it does not hold")
    for name in _references(arrays):
        snr, quantiles = arrays[f"reference_{name}_snr"], arrays[f"reference_{name}_quantiles"]
        if (
            name not in SCORES
            or not len(snr)
            or snr[0] <= 0
            or (np.diff(snr) <= 0).any()
            or (np.diff(quantiles, axis=1) < 0).any()
        ):
            raise ValueError(f"its table of what is usual, {name}, does not rise, or is of no score that is known")


def _shapes(arrays: Mapping[str, np.ndarray], n_latent: int) -> dict[str, tuple[int, ...]]:
    """The shape of each array that a bundle has, by the lengths of those that others go by."""
    points, nodes, templates = (_length(arrays, name) for name in ("wavelength", "nodes", "template_nodes"))
    components = _length(arrays, "flux_components")
    shapes: dict[str, tuple[int, ...]] = {
        "wavelength": (points,),
        "nodes": (nodes, len(PARAMETERS)),
        "latents": (nodes, n_latent),
        "map_flux": (nodes, 2),
        "map_latent": (nodes, 2),
        "flux_components": (components, points),
        "flux_scores": (nodes, components),
        "template_nodes": (templates,),
    }
    if "gap" in arrays or "gap_teff" in arrays:
        shapes |= {"gap": (2, points), "gap_teff": ()}
    for name in _references(arrays):
        levels = _length(arrays, f"reference_{name}_snr")
        shapes |= {f"reference_{name}_snr": (levels,), f"reference_{name}_quantiles": (levels, 101)}
    return shapes


def _length(arrays: Mapping[str, np.ndarray], name: str) -> int:
    return len(arrays[name]) if name in arrays and arrays[name].ndim else 0


def _references(arrays: Mapping[str, np.ndarray]) -> list[str]:
    """Names of the scores of which the arrays say what is usual."""
    found = (re.fullmatch(r"reference_(\w+)_(snr|quantiles)", name) for name in arrays)
    return sorted({match[1] for match in found if match})


def _check_wavelength(wavelength: np.ndarray, card: Mapping[str, Any]) -> None:
    """Make sure that the wavelengths, vacuum Angstrom of shape ``(n,)``, are those of the card."""
    window, steps = window_of(card), np.diff(wavelength)
    if len(wavelength) < _MIN_POINTS or not (0 < steps.min() and steps.max() < 2 * steps.min()):
        raise ValueError("its wavelengths do not ascend in even steps")
    if not np.allclose(wavelength[[0, -1]], (window.lower, window.upper), rtol=0.0, atol=1e-3):
        raise ValueError(f"its card gives the window {window}, its wavelengths another")
    step = number(card, "step")
    if step is not None and not np.isclose(step, steps.mean(), rtol=0.01):
        raise ValueError(f"its card gives the step {step:g}, its wavelengths {steps.mean():.4g} Angstrom")


def _check_nodes(nodes: np.ndarray) -> None:
    """Make sure that the parameters of the models, shape ``(m, 4)``, are such as a star can have."""
    for values, (name, (low, high)) in zip(nodes.T, _SENSE.items(), strict=True):
        outside = values[(values < low) | (values > high)]
        if len(outside):
            title, unit, _ = PARAMETERS[name]
            raise ValueError(
                f"it has a model with {title} = {outside[0]:g}, beyond {low:g} to {high:g} {unit}".rstrip()
            )


def check_networks(bundle: ModelBundle) -> None:
    """Make sure that the networks of a bundle are there, hold finite weights, and give parameters for a model."""
    networks = [bundle.autoencoder, bundle.observed_encoder]
    for name in PARAMETERS:
        if not bundle.regressors[name]:
            raise ValueError(f"it has no network for {name}")
        networks += bundle.regressors[name]
    # A sum is finite where all that is added is; it costs a fifth of looking at each weight.
    sums = torch.stack([value.sum() for network in networks for value in network.state_dict().values()])
    if not torch.isfinite(sums).all():
        raise ValueError("its weights are not all finite numbers")
    with np.errstate(all="ignore"), torch.inference_mode():
        flux = bundle.decode(bundle.latents[:1])
        latents = torch.as_tensor(bundle.encode(flux))
        answers = [flux, latents, *(member(latents) for members in bundle.regressors.values() for member in members)]
    if not all(np.isfinite(answer).all() for answer in answers):
        raise ValueError("it gives no parameters for a model of its own")
