"""A trained bundle: load, save, verify. No pickle: weights as safetensors, arrays as npz, the rest as JSON."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from dtl.bundle.calibration import Calibration, Reference
from dtl.bundle.learned_gap import LearnedGap
from dtl.bundle.projection import FluxBasis
from dtl.networks.layouts import AnyAutoencoder, make_autoencoder, make_regressor
from dtl.networks.regressor import Regressor
from dtl.preparation.prepare import PreparationTarget
from dtl.resources import asset
from dtl.result import PARAMETERS
from dtl.spectrum import UnusableInput

__all__ = [
    "FORMAT",
    "ModelBundle",
    "check_new_place",
    "load_bundle",
    "read_card",
    "save_bundle",
    "shipped_bundles",
    "shipped_resolutions",
]

#: Version of the bundle's layout; another one is refused.
FORMAT = 2
_SHIPPED = asset("models")
_WEIGHTS, _GRID, _CARD = "weights.safetensors", "grid.npz", "card.json"


@dataclass(frozen=True)
class ModelBundle:
    """Everything that turns a prepared spectrum into an answer.

    Attributes:
        card: what `card.json` says.
        wavelength: vacuum Angstrom; shape ``(n,)``.
        autoencoder: in evaluation mode.
        regressors: parameter name -> members in evaluation mode.
        nodes: Teff, log g, [M/H], v sin i; shape ``(m, 4)``.
        latents: of the nodes; shape ``(m, n_latent)``.
        map_flux, map_latent: UMAP places of the nodes; shape ``(m, 2)``.
        flux_basis: flux space in short.
        template_nodes: indices of the nodes whose spectra serve as velocity templates.
        references: score of `dtl.inference.trust` -> what is usual in good stars.
        target_encoder: encoder fine-tuned on observed spectra, None before a transfer. The other parts stay those
            from before: observed spectra are brought to the latents of the models, not the other way round.
        gap: what observed spectra have and their models lack, None before a transfer.
    """

    card: dict[str, Any]
    wavelength: np.ndarray
    autoencoder: AnyAutoencoder
    regressors: dict[str, list[Regressor]]
    nodes: np.ndarray
    latents: np.ndarray
    map_flux: np.ndarray
    map_latent: np.ndarray
    flux_basis: FluxBasis
    template_nodes: np.ndarray
    references: dict[str, Reference]
    target_encoder: AnyAutoencoder | None = None
    gap: LearnedGap | None = None

    @property
    def name(self) -> str:
        """Name of the bundle."""
        return self.card["name"]

    @property
    def version(self) -> str:
        """Version of the bundle."""
        return self.card["version"]

    @property
    def resolution(self) -> float:
        """lambda/FWHM of its spectra."""
        return float(self.card["resolution"])

    @cached_property
    def triples(self) -> np.ndarray:
        """The distinct Teff, log g and [M/H] of the nodes; shape ``(t, 3)``."""
        return np.unique(self.nodes[:, :3], axis=0)

    @property
    def trust_threshold(self) -> float:
        """Percentile of a score from which a spectrum is unlike the models; above 100 before it is set."""
        return float(self.card.get("trust", {}).get("percentile", 101.0))

    @cached_property
    def calibration(self) -> dict[str, Calibration]:
        """Parameter name -> calibration of its interval."""
        return {name: Calibration(**self.card["calibration"][name]) for name in PARAMETERS}

    @property
    def observed_encoder(self) -> AnyAutoencoder:
        """The network that encodes observed spectra: fine-tuned where there was a transfer."""
        return self.target_encoder or self.autoencoder

    @property
    def source(self) -> ModelBundle:
        """The bundle as it was before the transfer, for model spectra."""
        return replace(self, target_encoder=None, gap=None)

    def encode(self, flux: np.ndarray) -> np.ndarray:
        """Latent vectors ``(k, n_latent)`` of normalised flux ``(k, n)`` as observed."""
        with torch.inference_mode():
            return self.observed_encoder.encode(torch.as_tensor(flux, dtype=torch.float32)).numpy()

    def reconstruct(self, latents: np.ndarray) -> np.ndarray:
        """What spectra with latents ``(k, n_latent)`` are expected to look like, the gap included; ``(k, n)``."""
        flux = self.decode(latents)
        if self.gap is None:
            return flux
        # Networks give any number for what is no star; a curve is broadened by what a model can have at most.
        low, high = self.nodes.min(axis=0), self.nodes.max(axis=0)
        teff = np.clip(np.nan_to_num(self.regress(latents, "teff").mean(axis=0)), low[0], high[0])
        vsini = np.clip(np.nan_to_num(self.regress(latents, "vsini").mean(axis=0)), 0.0, high[3])
        return flux + self.gap.curves(teff, vsini)

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Normalised flux ``(k, n)`` of latent vectors ``(k, n_latent)``."""
        with torch.inference_mode():
            return self.autoencoder.decode(torch.as_tensor(latents, dtype=torch.float32)).numpy()

    def regress(self, latents: np.ndarray, name: str) -> np.ndarray:
        """Values of one parameter, one row a member: ``(members, k)`` from latent vectors ``(k, n_latent)``."""
        with torch.inference_mode():
            tensor = torch.as_tensor(latents, dtype=torch.float32)
            return np.stack([member(tensor).numpy() for member in self.regressors[name]])

    @cached_property
    def target(self) -> PreparationTarget:
        """What its spectra have to be, with velocity templates rendered by the decoder."""
        chosen = self.nodes[self.template_nodes]
        return PreparationTarget(
            self.wavelength,
            self.resolution,
            self.decode(self.latents[self.template_nodes]).astype(float),
            tuple(f"a model of {teff:.0f} K rotating at {vsini:.1f} km/s" for teff, _, _, vsini in chosen),
        )


def shipped_bundles() -> list[str]:
    """Names of the bundles that come with the program."""
    return sorted(path.parent.name for path in _SHIPPED.glob(f"*/{_CARD}"))


def read_card(name: str) -> dict[str, Any]:
    """The card of a bundle that comes with the program, without its networks.

    Raises:
        UnusableInput: where it cannot be read.
    """
    path = _SHIPPED / name / _CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from error
    if not isinstance(card, dict):
        raise _damaged(path, "it holds no facts")
    return card


def shipped_resolutions() -> dict[str, float]:
    """Name of each bundle that comes with the program -> lambda/FWHM of its spectra, from the cards alone.

    Raises:
        UnusableInput: where a card cannot be read.
    """
    resolutions = {}
    for name in shipped_bundles():
        card = read_card(name)
        try:
            resolutions[name] = float(card["resolution"])
        except (LookupError, ValueError, TypeError) as error:
            raise _damaged(_SHIPPED / name / _CARD, error) from error
    return resolutions


def _damaged(path: Path, reason: object) -> UnusableInput:
    return UnusableInput(f"{path}: the bundle is damaged ({reason}); fetch it again.")


def check_new_place(folder: str | Path) -> None:
    """Make sure that a new bundle may be written to a folder.

    Raises:
        UnusableInput: where it is a place of shipped bundles, bears the name of one, or holds a bundle already.
    """
    folder = Path(folder)
    place = folder.resolve()
    if place.is_relative_to(_SHIPPED.resolve()):
        raise UnusableInput(f"{folder}: is kept for the bundles of the program; name another folder.")
    if place.name in shipped_bundles():
        raise UnusableInput(f"{folder}: has the name of a bundle of the program; name the folder otherwise.")
    if (folder / _CARD).exists():
        raise UnusableInput(f"{folder}: holds a bundle already; name a new folder.")
    if folder.exists() and not folder.is_dir():
        raise UnusableInput(f"{folder}: is a file; name a folder.")


def save_bundle(bundle: ModelBundle, folder: str | Path) -> Path:
    """Write a bundle, weights and latents in half precision; the card gains the sha256 of each file."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {f"autoencoder.{key}": value for key, value in bundle.autoencoder.state_dict().items()}
    if bundle.target_encoder is not None:
        encoder = bundle.target_encoder.state_dict()
        tensors |= {f"target.{key}": value for key, value in encoder.items() if key.startswith("encoder.")}
    for name, members in bundle.regressors.items():
        for i, member in enumerate(members):
            tensors |= {f"regressor.{name}.{i}.{key}": value for key, value in member.state_dict().items()}
    save_file({key: _halved(key, value).contiguous() for key, value in tensors.items()}, folder / _WEIGHTS)
    (folder / _WEIGHTS).chmod(0o644)  # safetensors writes files that only their owner may read
    np.savez_compressed(
        folder / _GRID,
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
    card = dict(bundle.card, format=FORMAT, sha256={file: _sha256(folder / file) for file in (_WEIGHTS, _GRID)})
    (folder / _CARD).write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return folder


def _gap_arrays(gap: LearnedGap | None) -> dict[str, np.ndarray]:
    if gap is None:
        return {}
    return {"gap": np.stack([gap.level, gap.slope]).astype(np.float16), "gap_teff": np.array(gap.teff)}


def _halved(key: str, value: torch.Tensor) -> torch.Tensor:
    """Half precision for matrices; buffers that scale values keep theirs, or 4000 K would be cut to 4 K steps."""
    return value.half() if key.endswith(("weight", "bias")) else value


def load_bundle(source: str | Path) -> ModelBundle:
    """A bundle by the name of a shipped one, or by its folder.

    Raises:
        UnusableInput: where there is none, its hashes differ, or its format is another version's.
    """
    folder = _SHIPPED / source if str(source) in shipped_bundles() else Path(source)
    if not (folder / _CARD).is_file():
        raise UnusableInput(
            f"{source}: is no bundle; shipped are {', '.join(shipped_bundles()) or 'none'}, "
            f"or give a folder with {_CARD}."
        )
    try:
        card = json.loads((folder / _CARD).read_text(encoding="utf-8"))
        if card.get("format") != FORMAT:
            raise UnusableInput(
                f"{folder}: the bundle has format {card.get('format')}, this program reads format {FORMAT}; "
                "take the bundle and the program of one release."
            )
        for file in (_WEIGHTS, _GRID):
            if _sha256(folder / file) != card["sha256"][file]:
                raise UnusableInput(
                    f"{folder / file}: differs from what its card says (sha256); fetch the bundle again."
                )
        tensors = {key: value.float() for key, value in load_file(folder / _WEIGHTS).items()}
        with np.load(folder / _GRID, allow_pickle=False) as data:
            arrays = {key: data[key] for key in data.files}
        return _assemble(card, tensors, arrays)
    except (OSError, LookupError, ValueError, TypeError, AttributeError, RuntimeError, SafetensorError) as error:
        if isinstance(error, UnusableInput):
            raise
        reason = " ".join((str(error) or type(error).__name__).split())[:200]  # torch writes a page
        raise UnusableInput(f"{folder}: the bundle is damaged ({reason}); fetch it again.") from error


def _assemble(card: dict[str, Any], tensors: dict[str, torch.Tensor], arrays: dict[str, np.ndarray]) -> ModelBundle:
    architecture = card["architecture"]
    autoencoder = make_autoencoder(
        architecture.get("layout", "compact"),
        len(arrays["wavelength"]),
        architecture["hidden"],
        architecture["n_latent"],
    )
    autoencoder.load_state_dict(_part(tensors, "autoencoder."))
    regressors: dict[str, list[Regressor]] = {}
    for name in PARAMETERS:
        count = len({key.split(".")[2] for key in tensors if re.match(rf"regressor\.{name}\.", key)})
        regressors[name] = []
        for i in range(count):
            member = make_regressor(architecture.get("regressor", "compact"), architecture["n_latent"])
            member.load_state_dict(_part(tensors, f"regressor.{name}.{i}."))
            regressors[name].append(member.eval())
    target = None
    if any(key.startswith("target.") for key in tensors):
        target = copy.deepcopy(autoencoder)
        target.load_state_dict(autoencoder.state_dict() | _part(tensors, "target."))
    gap = None
    if "gap" in arrays:
        gap = LearnedGap(*arrays["gap"].astype(float), float(arrays["gap_teff"]))
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


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
