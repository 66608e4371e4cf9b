"""A made-up card with every figure that a bundle may have; nothing in it was measured."""

from __future__ import annotations

from dtl.bundle.calibration import SCORES
from dtl.result import PARAMETERS

__all__ = ["full_card", "without"]

_KINDS = (
    "cool", "hot", "giant", "binary", "close_binary", "veiled", "featureless", "noise", "other_range", "reversed",
    "wrong_medium", "wrong_frame", "cosmic_storm", "fringed", "sky_emission", "telluric", "clipped", "stretched",
    "wrong_resolution",
)  # fmt: skip
_RMSE = {
    "none": (88.0, 0.17, 0.36, 1.4, 3.1),
    "published": (103.0, 0.16, 0.43, 1.3, 3.0),
    "joint": (136.0, 0.10, 0.23, 2.3, 15.0),
    "coral": (154.0, 0.08, 0.26, 3.1, 4.4),
    "mmd": (93.0, 0.12, 0.25, 1.1, 1.7),
    "adversarial": (120.0, 0.15, 0.31, 1.9, 1.2),
    "gap without population": (70.0, 0.11, 0.22, 0.9, 2.2),
    "ours": (44.0, 0.05, 0.11, 0.7, 2.0),
}
_BIAS = dict(zip(PARAMETERS, (34.2, -0.06, 0.11, 0.4), strict=True))


def full_card(name: str = "made-up") -> dict:
    """A fresh card."""
    return {
        "name": name,
        "version": "0.1",
        "created": "2026-11-23",
        "window": {"lower": 8800.0, "upper": 8835.0, "margin": 5.0},
        "step": 0.01,
        "resolution": 50000.0,
        "parameters": {
            "teff": {"unit": "K", "range": [3000.0, 4300.0]},
            "logg": {"unit": "dex", "range": [4.7, 5.1]},
            "mh": {"unit": "dex", "range": [-0.5, 0.5]},
            "vsini": {"unit": "km/s", "range": [1.5, 30.0]},
        },
        "nodes": {"count": 6979, "triples": 538},
        "architecture": {"layout": "compact", "hidden": [256, 128, 64], "n_latent": 32, "regressor": "compact"},
        "training": {
            "settings": {
                "name": name,
                "limits": ["Made up *alone*."],
                "grid": {"teff": [3000.0, 4300.0], "extrapolate_logg": True},
                "autoencoder": {"hidden": [256, 128, 64], "learning_rate": 0.002},
            },
            "seed": 42,
        },
        "data": {
            "library": "made_up.npz (84 nodes)",
            "reference": "Husser et al. 2013, A&A 553, A6",
            "observed": "none",
        },
        "transfer": {"spectra": 858, "what": "simulated surveys, without their truth", "history": []},
        "limits": [
            "Teff 3000-4300 K, [M/H] -0.5 to +0.5, log g 4.7-5.1 on the main sequence; nothing outside is validated.",
            "log g was extrapolated and is the weakest of the four parameters; *made up*.",
        ],
        "calibration": {
            name: {"scale": scale, "floor": floor}
            for name, scale, floor in zip(PARAMETERS, (1.2, 0.8, 1.0, 1.5), (21.3, 0.016, 0.0207, 0.119), strict=True)
        },
        "trust": {"percentile": 99.62, "false_alarms": 0.015, "scores": dict(SCORES)},
        "metrics": _metrics(),
        "versions": {"python": "3.11.7", "dtl": "0.1.0", "torch": "2.13.0"},
        "licence": "BSD-3-Clause",
        "format": 2,
        "sha256": {"weights.safetensors": "8565" * 16, "grid.npz": "6dbd" * 16},
    }


def _metrics() -> dict:
    return {
        "test_nodes": 2094,
        "autoencoder_parameters": 1_882_957,
        "dead_latents": 0,
        "autoencoder_mse": 5.377e-07,
        "autoencoder_mse_snr100": 1.2235e-06,
        "pca_mse": {"4": 4.86e-05, "8": 1.07e-05, "16": 1.61e-06, "32": 1.54e-07},
        "rmse_noise_free": {"teff": 5.588, "logg": 0.02522, "mh": 0.02416, "vsini": 0.1341},
        "rmse_snr100": {"teff": 11.06, "logg": 0.0312, "mh": 0.0389, "vsini": 0.2372},
        "survey": {"stars": 1430, "before": _errors("none"), "after": _errors("ours", 0.2)},
        "survey_at_snr": {snr: _errors("ours", 0.2) for snr in ("50", "100", "300")},
        "gap": {
            "flux": 2.41,
            "latent_before": 3.1,
            "latent_after": 2.02,
            "mse_before": 1.13e-3,
            "mse_after": 2.6e-4,
        },
        "ablation": {variant: _surveys(variant) for variant in _RMSE},
        "gain": {
            name: _RMSE["ours"][i] / _RMSE["none"][i] - 1 for i, name in enumerate(PARAMETERS)
        },
        "coverage_1_sigma": {
            snr: dict(zip(PARAMETERS, parts, strict=True))
            for snr, parts in {
                "50": (0.698, 0.662, 0.722, 0.666),
                "100": (0.704, 0.676, 0.686, 0.672),
                "300": (0.618, 0.624, 0.682, 0.65),
            }.items()
        },
        "unseen_gaps": {kind: _left_out("ours", 0.7) for kind in ("cool star", "atoms weaker")},
        "adapted_gaps": {kind: _left_out("joint", 0.8) for kind in ("cool star", "atoms weaker")},
        "false_alarms": {"50": 0.0301, "100": 0.0168, "300": 0.0203},
        "trust": {
            "spectra_of_each_kind": 40,
            "flagged": {kind: max(1 - 0.04 * i, 0.0) for i, kind in enumerate(_KINDS) if kind != "cool"},
            "all": 0.7,
            "left_out": {"cool": "No library: give a folder."},
        },
        "real_stars": {
            "stars": {
                "GJ699": _star((3253.0, 5.02, -0.31, 2.9), (3240.0, 5.0, -0.4, 1.5), 12, anchor=True, limit=True),
                "GJ273": _star((3391.0, 4.93, -0.02, 2.2), (3360.0, 4.92, -0.06, 1.5), 1, limit=False),
                "Nameless_1": _star((3511.0, 4.84, 0.1, 6.2), None, 3),
            },
            "refused": [],
        },
    }  # fmt: skip


def _left_out(variant: str, held: float) -> dict:
    return {
        "errors": _errors(variant, 0.2),
        "coverage": dict.fromkeys(PARAMETERS, held),
        "coverage_by_third": {by: {name: [0.6, 0.7, 0.8] for name in PARAMETERS} for by in ("teff", "mh")},
        "flagged": 0.04,
    }


def _errors(variant: str, share: float = 1.0) -> dict:
    return {name: {"rmse": _RMSE[variant][i], "bias": share * _BIAS[name]} for i, name in enumerate(PARAMETERS)}


def _surveys(variant: str) -> dict:
    spread = (0.97, 1.02, 0.99, 1.01, 1.01)
    rows = {
        name: {"rmse": [_RMSE[variant][i] * s for s in spread], "bias": [_BIAS[name] * s for s in spread]}
        for i, name in enumerate(PARAMETERS)
    }
    return rows | {"latent_distance": {"mean": [_RMSE[variant][4] * s for s in spread]}}


def _star(found: tuple, known: tuple | None, spectra: int, *, anchor: bool = False, limit: bool = False) -> dict:
    entry: dict = {"spectra": spectra, "snr": 104.2}
    for i, (name, interval) in enumerate(zip(PARAMETERS, (22.3, 0.04, 0.06, 0.31), strict=True)):
        entry[name] = {"value": found[i], "interval": interval}
        if known:
            entry[name]["literature"] = known[i]
        if spectra > 1:
            entry[name]["worst_pair"] = 1.234
    entry["flags"] = {"upper_limit_vsini": spectra} if limit else {"out_of_distribution": 1}
    if known:
        entry |= {"reference": "Somebody et al. 2020 (made up)", "anchor": anchor}
    return entry


def without(card: dict, *keys: str) -> dict:
    """The card without what stands under nested keys."""
    inner = card
    for key in keys[:-1]:
        inner = inner[key]
    del inner[keys[-1]]
    return card
