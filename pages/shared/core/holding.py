"""What all visits hold together: their files and networks, in memory or on a disk that may be memory too.

What one visit may hold is limited elsewhere; who opens a hundred of them would still take all that the server has.
"""

from __future__ import annotations

from dtl.readers import limits
from dtl.spectrum import UnusableInput
from pages.shared.core import ending, visit

__all__ = ["check", "networks_size", "note"]


def check(name: str, more: int) -> None:
    """Make sure that the server has room for something that a visit is about to keep.

    Args:
        name: of it, for people.
        more: bytes that the visit has not noted yet.

    Raises:
        UnusableInput: where there is no room.
    """
    limits.check("held_bytes", ending.held() + more, lambda words: UnusableInput(f"{name} {words}"))


def note() -> None:
    """Note what the visit that runs holds now."""
    now = visit.current()
    ending.hold(now.size + sum(networks_size(bundle) for bundle in now.own_bundles.values()))


def networks_size(bundle: object) -> int:
    """Bytes of the weights of a bundle, those counted too that it shares with others."""
    members = [member for each in getattr(bundle, "regressors", {}).values() for member in each]
    networks = (getattr(bundle, "autoencoder", None), getattr(bundle, "target_encoder", None), *members)
    return sum(
        tensor.nbytes
        for network in networks
        if hasattr(network, "state_dict")
        for tensor in network.state_dict().values()
    )
