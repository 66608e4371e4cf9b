"""What a star on a map can be coloured by: its parameters, their errors, the quality of its spectrum, its flags."""

from __future__ import annotations

from collections.abc import Sequence

from dtl.flags import NOTES
from dtl.result import PARAMETERS, InferenceResult

__all__ = ["FLAG_GROUPS", "SPECTRUM_METRICS", "flag_group", "star_value"]

#: Name -> (label, unit, decimals shown) of everything with a number; the parameters come first.
SPECTRUM_METRICS: dict[str, tuple[str, str, int]] = {
    **PARAMETERS,
    "snr": ("S/N", "", 0),
    **{f"{name}_error": (f"Error of {label}", unit, places + 1) for name, (label, unit, places) in PARAMETERS.items()},
    "residual_rms": ("Residual rms", "%", 1),
    "outlier_percentile": ("Outlier percentile", "", 0),
}
#: Group -> the flags of `dtl.flags` that put a star into it, the gravest group first.
FLAG_GROUPS: dict[str, tuple[str, ...]] = {
    "Unlike the models": ("out_of_distribution",),
    "Outside the models": ("outside_grid", "value_withheld"),
    "Velocity in doubt": ("rv_uncertain", "rv_implausible", "wavelengths_doubtful"),
    "Spectrum too poor": ("low_snr", "snr_implausible", "resolution_too_low", "window_incomplete"),
    "v sin i an upper limit": ("upper_limit_vsini",),
    "No doubt": (),
}


def star_value(result: InferenceResult, quality: str) -> float:
    """A number of `SPECTRUM_METRICS` for one star, in the unit that is listed there; NaN where it is withheld.

    Raises:
        KeyError: for any other name.
    """
    if quality in PARAMETERS:
        return result.estimates[quality].value
    if quality.endswith("_error"):
        estimate = result.estimates[quality.removesuffix("_error")]
        return 0.5 * (estimate.lower + estimate.upper)
    return {
        "snr": result.prepared.snr,
        "residual_rms": 100.0 * result.reconstruction_mse**0.5,
        "outlier_percentile": result.latent_distance_percentile,
    }[quality]


def flag_group(flags: Sequence[str]) -> str:
    """The gravest of the `FLAG_GROUPS` that the flags of a star put it into; another flag makes its spectrum poor."""
    said = set(flags) - NOTES
    for group, members in FLAG_GROUPS.items():
        if said & set(members):
            return group
    return "Spectrum too poor" if said else "No doubt"
