"""A trained bundle in memory: the networks of one window and resolution, and all that goes with their answers."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import torch

from dtl.bundle.calibration import Calibration, Reference
from dtl.bundle.learned_gap import LearnedGap
from dtl.bundle.projection import FluxBasis
from dtl.bundle.window import lines_of, telluric_lines_of, window_of
from dtl.lines import Line
from dtl.networks.ensemble import Ensemble, stacked
from dtl.networks.layouts import AnyAutoencoder
from dtl.networks.regressor import Regressor
from dtl.preparation.target import PreparationTarget
from dtl.result import PARAMETERS
from dtl.wavelengths import Window

__all__ = ["ModelBundle"]


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

    @cached_property
    def limits(self) -> np.ndarray:
        """Lowest and highest Teff, log g, [M/H] and v sin i of the nodes; shape ``(2, 4)``."""
        return np.array([self.nodes.min(axis=0), self.nodes.max(axis=0)])

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

    @property
    def device(self) -> torch.device:
        """Where its networks are, and so where `encode`, `decode` and `regress` run."""
        return next(self.autoencoder.parameters()).device

    def on(self, device: torch.device | str) -> ModelBundle:
        """The bundle with its networks on a device; itself where they are there already."""
        device = torch.device(device)
        if device == self.device:
            return self
        return replace(
            self,
            autoencoder=copy.deepcopy(self.autoencoder).to(device),
            regressors={
                name: [copy.deepcopy(member).to(device) for member in members]
                for name, members in self.regressors.items()
            },
            target_encoder=self.target_encoder and copy.deepcopy(self.target_encoder).to(device),
        )

    def encode(self, flux: np.ndarray) -> np.ndarray:
        """Latent vectors ``(k, n_latent)`` of normalised flux ``(k, n)`` as observed."""
        return self._run(self.observed_encoder.encode, flux)

    def reconstruct(self, latents: np.ndarray, members: Mapping[str, np.ndarray] | None = None) -> np.ndarray:
        """What spectra are expected to look like, the gap included.

        Args:
            latents: shape ``(k, n_latent)``.
            members: parameter name -> what `regress` gives for them, where that is known; shape ``(members, k)``.

        Returns:
            Normalised flux; shape ``(k, n)``.
        """
        flux = self.decode(latents)
        if self.gap is None:
            return flux
        if members is None:
            members = {name: self.regress(latents, name) for name in ("teff", "vsini")}
        # Networks give any number for what is no star; a curve is broadened by what a model can have at most.
        low, high = self.limits
        teff, vsini = (np.nan_to_num(members[name]).mean(axis=0) for name in ("teff", "vsini"))
        teff, vsini = np.clip(teff, low[0], high[0]), np.clip(vsini, 0.0, high[3])
        return flux + self.gap.curves(teff, vsini)

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Normalised flux ``(k, n)`` of latent vectors ``(k, n_latent)``."""
        return self._run(self.autoencoder.decode, latents)

    def regress(self, latents: np.ndarray, name: str) -> np.ndarray:
        """Values of one parameter, one row a member: ``(members, k)`` from latent vectors ``(k, n_latent)``."""
        return self._run(partial(self.ensemble, which=self.members(name)), latents)

    def parameters(self, flux: np.ndarray) -> np.ndarray:
        """Mean of the members for normalised flux ``(k, n)`` as observed: Teff, log g, [M/H], v sin i; ``(k, 4)``."""
        latents = self.encode(flux)
        return np.stack([self.regress(latents, name).mean(axis=0) for name in PARAMETERS], axis=1)

    @cached_property
    def input_weights(self) -> np.ndarray:
        """Of the first layer for observed spectra, per unit of normalised flux; shape ``(h, n)``."""
        encoder = self.observed_encoder
        with torch.inference_mode():
            return (encoder.encoder[0].weight / encoder.scale).cpu().numpy()

    @cached_property
    def ensemble(self) -> Ensemble:
        """The members of all parameters, one after the other in the order of `PARAMETERS`, as one function."""
        return stacked([member for name in PARAMETERS for member in self.regressors[name]])

    def members(self, name: str) -> slice:
        """Which of the ``ensemble`` are those of a parameter."""
        before = sum(len(self.regressors[other]) for other in tuple(PARAMETERS)[: tuple(PARAMETERS).index(name)])
        return slice(before, before + len(self.regressors[name]))

    def _run(self, network: Callable[[torch.Tensor], torch.Tensor], values: np.ndarray) -> np.ndarray:
        """What a network makes of an array, on the bundle's device and without gradients."""
        with torch.inference_mode():
            return network(torch.as_tensor(values, dtype=torch.float32, device=self.device)).cpu().numpy()

    @cached_property
    def window(self) -> Window:
        """The window that its networks look at."""
        return window_of(self.card)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Lines of the window, to be named in figures."""
        return lines_of(self.card)

    @cached_property
    def target(self) -> PreparationTarget:
        """What its spectra have to be, with velocity templates rendered by the decoder."""
        chosen = self.nodes[self.template_nodes]
        return PreparationTarget(
            self.wavelength,
            self.resolution,
            self.decode(self.latents[self.template_nodes]).astype(float),
            tuple(f"a model of {teff:.0f} K rotating at {vsini:.1f} km/s" for teff, _, _, vsini in chosen),
            window=self.window,
            lines=self.lines,
            telluric_lines=telluric_lines_of(self.card),
        )
