"""Bundles as folders: save, load, verify. No pickle: weights as safetensors, arrays as npz, the rest as JSON."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import os
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from dtl.bundle.calibration import Reference
from dtl.bundle.card import CARD_FILE
from dtl.bundle.card_rules import check_card
from dtl.bundle.learned_gap import LearnedGap
from dtl.bundle.model import ModelBundle
from dtl.bundle.projection import FluxBasis
from dtl.bundle.shipped import SHIPPED_BUNDLES, damaged, shipped_bundles
from dtl.bundle.verification import check_arrays, check_networks
from dtl.bundle.window import window_of
from dtl.networks.layouts import make_autoencoder, make_regressor
from dtl.networks.regressor import Regressor
from dtl.resources import whole_folder
from dtl.result import PARAMETERS
from dtl.spectrum import UnusableInput

__all__ = [
    "BROKEN",
    "FORMAT",
    "GRID_FILE",
    "WEIGHTS_FILE",
    "check_new_place",
    "contents",
    "load_bundle",
    "read_contents",
    "save_bundle",
]

#: Version of the bundle's layout; another one is refused.
FORMAT = 2
WEIGHTS_FILE, GRID_FILE = "weights.safetensors", "grid.npz"
#: What reading damaged files may raise.
BROKEN = (
    zipfile.BadZipFile, OSError, LookupError, ValueError, TypeError, AttributeError, RuntimeError,
    NotImplementedError, EOFError, ArithmeticError, RecursionError, AssertionError, SafetensorError,
)  # fmt: skip


def check_new_place(folder: str | Path) -> None:
    """Make sure that a new bundle may be written to a folder.

    Raises:
        UnusableInput: where it is a place of shipped bundles, bears the name of one, or holds a bundle already.
    """
    folder = Path(folder)
    place = folder.resolve()
    if place.is_relative_to(SHIPPED_BUNDLES.resolve()):
        raise UnusableInput(f"{folder} is kept for the bundles of the program; name another folder.")
    if place.name in shipped_bundles():
        raise UnusableInput(f"{folder} has the name of a bundle of the program; name the folder otherwise.")
    if (folder / CARD_FILE).exists():
        raise UnusableInput(f"{folder} holds a bundle already; name a new folder.")
    if folder.exists() and not folder.is_dir():
        raise UnusableInput(f"{folder} is a file; name a folder.")


def save_bundle(bundle: ModelBundle, folder: str | Path) -> Path:
    """Write a bundle, weights and latents in half precision; the card gains the sha256 of each file.

    It is written whole, or a bundle that was there stays as it was.
    """
    folder = Path(folder)
    with whole_folder(folder) as place:
        for file, data in contents(bundle).items():
            (place / file).write_bytes(data)
    return folder


def contents(bundle: ModelBundle) -> dict[str, bytes]:
    """The files of a bundle by their names: what `save_bundle` writes, and `read_contents` reads without a disk."""
    tensors = {f"autoencoder.{key}": value for key, value in bundle.autoencoder.state_dict().items()}
    if bundle.target_encoder is not None:
        encoder = bundle.target_encoder.state_dict()
        tensors |= {f"target.{key}": value for key, value in encoder.items() if key.startswith("encoder.")}
    for name, members in bundle.regressors.items():
        for i, member in enumerate(members):
            tensors |= {f"regressor.{name}.{i}.{key}": value for key, value in member.state_dict().items()}
    weights, grid = save({key: _halved(key, value).contiguous() for key, value in tensors.items()}), io.BytesIO()
    np.savez_compressed(
        grid,
        wavelength=bundle.wavelength,
        nodes=bundle.nodes.astype(np.float32),
        latents=bundle.latents.astype(np.float16),
        map_flux=bundle.map_flux.astype(np.float32),
        map_latent=bundle.map_latent.astype(np.float32),
        flux_components=bundle.flux_basis.components.astype(np.float16),
        flux_scores=bundle.flux_basis.scores.astype(np.float32),
        template_nodes=bundle.template_nodes,
        **_gap_arrays(bundle.gap),
        **{
            f"reference_{name}_{part}": value
            for name, reference in bundle.references.items()
            for part, value in (("snr", reference.snr), ("quantiles", reference.quantiles.astype(np.float32)))
        },
    )
    files = {WEIGHTS_FILE: weights, GRID_FILE: grid.getvalue()}
    card = dict(bundle.card, format=FORMAT, sha256={file: _sha256(data) for file, data in files.items()})
    return {CARD_FILE: (json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode(), **files}


def _gap_arrays(gap: LearnedGap | None) -> dict[str, np.ndarray]:
    if gap is None:
        return {}
    return {"gap": np.stack([gap.level, gap.slope]).astype(np.float16), "gap_teff": np.array(gap.teff)}


def _halved(key: str, value: torch.Tensor) -> torch.Tensor:
    """Half precision for matrices; buffers that scale values keep theirs, or 4000 K would be cut to 4 K steps."""
    return value.half() if key.endswith(("weight", "bias")) else value


def load_bundle(source: str | os.PathLike) -> ModelBundle:
    """A bundle by the name of a shipped one, or by its folder.

    Raises:
        UnusableInput: where there is none, its hashes differ, its format is another version's, or where its card, its
            arrays and its networks do not make sense together.
        TypeError: for what is neither a name nor a folder.
    """
    if not isinstance(source, str | os.PathLike):
        raise TypeError(f"bundle: {type(source).__name__} is neither the name of a bundle nor a folder; give either.")
    folder = SHIPPED_BUNDLES / source if str(source) in shipped_bundles() else Path(source)
    if not (folder / CARD_FILE).is_file():
        raise UnusableInput(
            f"{source} is no bundle; shipped are {', '.join(shipped_bundles()) or 'none'}, "
            f"or give a folder with {CARD_FILE}."
        )
    try:
        files = {file: (folder / file).read_bytes() for file in (CARD_FILE, WEIGHTS_FILE, GRID_FILE)}
    except OSError as error:
        raise damaged(str(folder), str(error)) from error
    return read_contents(files, str(folder))


def read_contents(files: Mapping[str, bytes], name: str) -> ModelBundle:
    """The bundle that these files are, by their names as of `contents`; it is called ``name`` in messages.

    Raises:
        UnusableInput: as `load_bundle`.
    """
    try:
        card = json.loads(files[CARD_FILE].decode("utf-8"))
        if not isinstance(card, dict):
            raise damaged(name, "its card holds no facts")
        if card.get("format") != FORMAT:
            raise UnusableInput(
                f"{name}: the bundle has format {card.get('format')}, this program reads format {FORMAT}; "
                "take the bundle and the program of one release."
            )
        for file in (WEIGHTS_FILE, GRID_FILE):
            if _sha256(files[file]) != card["sha256"][file]:
                raise UnusableInput(f"{name}: {file} differs from what its card says (sha256); fetch the bundle again.")
        check_card(card)
        tensors = {key: value.float() for key, value in load(files[WEIGHTS_FILE]).items()}
        with np.load(io.BytesIO(files[GRID_FILE]), allow_pickle=False) as data:
            arrays = {key: data[key] for key in data.files}
        check_arrays(arrays, card)
        bundle = _assemble(card, tensors, arrays)
        check_networks(bundle)
        return bundle
    except BROKEN as error:
        if isinstance(error, UnusableInput):
            raise
        said = "".join(c if c.isprintable() else " " for c in str(error) or type(error).__name__)
        reason = " ".join(said.split())[:200]  # torch writes a page
        if isinstance(error, AttributeError | TypeError):  # what Python says of a part of another kind
            reason = "a part of it is not what it has to be"
        raise damaged(name, reason) from error


def _assemble(card: dict[str, Any], tensors: dict[str, torch.Tensor], arrays: dict[str, np.ndarray]) -> ModelBundle:
    architecture = card["architecture"]
    # Shapes without memory, which the tensors give: whatever a card asks for costs nothing.
    with torch.device("meta"):
        autoencoder = make_autoencoder(
            architecture.get("layout", "compact"),
            len(arrays["wavelength"]),
            architecture["hidden"],
            architecture["n_latent"],
        )
    autoencoder.load_state_dict(_part(tensors, "autoencoder."), assign=True)
    regressors: dict[str, list[Regressor]] = {}
    for name in PARAMETERS:
        count = len({key.split(".")[2] for key in tensors if re.match(rf"regressor\.{name}\.", key)})
        regressors[name] = []
        for i in range(count):
            with torch.device("meta"):
                member = make_regressor(architecture.get("regressor", "compact"), architecture["n_latent"])
            member.load_state_dict(_part(tensors, f"regressor.{name}.{i}."), assign=True)
            regressors[name].append(member.eval())
    target = None
    if any(key.startswith("target.") for key in tensors):
        target = copy.deepcopy(autoencoder)
        target.load_state_dict(autoencoder.state_dict() | _part(tensors, "target."))
    gap = None
    if "gap" in arrays:
        gap = LearnedGap(*arrays["gap"].astype(float), float(arrays["gap_teff"]), window_of(card))
    references = {
        match[1]: Reference(arrays[key], arrays[f"reference_{match[1]}_quantiles"])
        for key in arrays
        if (match := re.fullmatch(r"reference_(\w+)_snr", key))
    }
    return ModelBundle(
        card=card,
        wavelength=arrays["wavelength"],
        autoencoder=autoencoder.eval(),
        regressors=regressors,
        nodes=arrays["nodes"],
        latents=arrays["latents"].astype(np.float32),
        map_flux=arrays["map_flux"],
        map_latent=arrays["map_latent"],
        flux_basis=FluxBasis(arrays["flux_components"].astype(np.float32), arrays["flux_scores"]),
        template_nodes=arrays["template_nodes"],
        references=references,
        target_encoder=target and target.eval(),
        gap=gap,
    )


def _part(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
