"""Networks by the name of their layout, as a bundle's card and a training config give it."""

from __future__ import annotations

from collections.abc import Sequence

from dtl.networks.autoencoder import Autoencoder
from dtl.networks.published import PublishedAutoencoder, PublishedRegressor
from dtl.networks.regressor import Regressor

__all__ = ["LAYOUTS", "AnyAutoencoder", "make_autoencoder", "make_regressor"]

AnyAutoencoder = Autoencoder | PublishedAutoencoder

_AUTOENCODERS = {"compact": Autoencoder, "published": PublishedAutoencoder}
_REGRESSORS = {"compact": Regressor, "published": PublishedRegressor}
LAYOUTS = tuple(_AUTOENCODERS)


def make_autoencoder(layout: str, n_wavelength: int, hidden: Sequence[int], n_latent: int) -> AnyAutoencoder:
    """An untrained autoencoder.

    Raises:
        KeyError: for an unknown layout.
    """
    return _AUTOENCODERS[layout](n_wavelength, hidden, n_latent)


def make_regressor(layout: str, n_latent: int) -> Regressor:
    """An untrained regressor.

    Raises:
        KeyError: for an unknown layout.
    """
    return _REGRESSORS[layout](n_latent)
