"""A bundle whose window is another than that of the shipped ones, trained in seconds on a made-up library."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from dtl.bundle.model import ModelBundle
from dtl.bundle.projection import flux_basis
from dtl.grid.build import Grid, GridSettings, build_grid
from dtl.grid.library import Library
from dtl.lines import Line
from dtl.simulation.observation import simulate_observation
from dtl.spectrum import Spectrum
from dtl.training.augmentation import Augmentation
from dtl.training.autoencoder import train_autoencoder
from dtl.training.bundle_training import card_of_networks
from dtl.training.regressors import train_regressors
from dtl.training.settings import AutoencoderSettings, RegressorSettings, TrainingSettings
from dtl.training.split import split_nodes
from dtl.wavelengths import Window
from tests.builders import library_flux

OTHER = Window(8650.0, 8690.0, 4.0)
LINE = Line("Ca II", 8662.14, "NIST Atomic Spectra Database")
#: Vacuum Angstrom in the observatory's frame.
TELLURIC = 8655.5
#: Teff, log g, [M/H], v sin i.
STAR = np.array([3400.0, 4.85, 0.05, 5.0])
#: By which the lines of `library_flux`, about 8817 Angstrom, are moved.
MOVED = OTHER.centre - 8817.5


@lru_cache(maxsize=1)
def other_grid() -> Grid:
    """A hundred or two nodes."""
    wavelength = np.arange(OTHER.lower - 20.0, OTHER.upper + 20.0, 0.02)
    nodes = np.array(list(product((3300.0, 3400.0, 3500.0), (4.5, 5.0), (-0.5, 0.0, 0.5))))
    flux = np.stack([library_flux(wavelength - MOVED, *node) for node in nodes])
    library = Library(wavelength, nodes, flux, 500_000.0, "made up")
    return build_grid(library, GridSettings(teff=(3350.0, 3450.0), logg=(4.8, 4.9), mh=(-0.2, 0.2)), OTHER)


@lru_cache(maxsize=1)
def other_bundle() -> ModelBundle:
    """Networks that know models alone, neither adapted nor calibrated."""
    grid = other_grid()
    settings = TrainingSettings(
        "other-window",
        OTHER,
        (LINE,),
        (TELLURIC,),
        seed=3,
        autoencoder=AutoencoderSettings(hidden=(32,), n_latent=8, epochs=40, batch=16),
        regressor=RegressorSettings(members=2, steps=200, batch=64, draws=4),
        augmentation=Augmentation(snr=(80.0, 500.0), depth=0.0),
    )
    split = split_nodes(len(grid.nodes), settings.seed)
    with TemporaryDirectory() as folder:
        autoencoder = train_autoencoder(grid, split, settings)
        regressors = train_regressors(autoencoder, grid, split, settings, Path(folder))
    with torch.inference_mode():
        latents = autoencoder.encode(torch.from_numpy(grid.flux)).numpy()
    return ModelBundle(
        card=card_of_networks(grid, settings, datetime(2026, 1, 1, tzinfo=UTC)),
        wavelength=grid.wavelength,
        autoencoder=autoencoder,
        regressors=regressors,
        nodes=grid.nodes,
        latents=latents,
        map_flux=latents[:, 2:4],
        map_latent=latents[:, :2],
        flux_basis=flux_basis(grid.flux),
        template_nodes=np.arange(0, len(grid.nodes), 40),
        references={},
    )


def other_star(**known: object) -> Spectrum:
    """A star of 3400 K as its networks know it, in that window alone, receding at -37 km/s."""
    data = simulate_observation(STAR, other_bundle(), snr=150.0, velocity=-37.0, pixel=0.05, seed=1)
    return Spectrum(*data, **({"file": "other.txt", "resolution": 50_000.0, "frame": "barycentric"} | known))


def other_file() -> bytes:
    """The same as a text file."""
    star, text = other_star(), BytesIO()
    head = "star: Toy\nmedium: vacuum\nunit: Angstrom\nframe: barycentric\nresolution: 50000"
    np.savetxt(text, np.column_stack([star.wavelength, star.flux, star.uncertainty]), fmt="%.4f", header=head)
    return text.getvalue()
