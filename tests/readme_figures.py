"""The README's section on accuracy, from the cards of the shipped bundles: python -m tests.readme_figures --write"""

from __future__ import annotations

import re
import sys
from textwrap import wrap

from dtl.bundle.shipped import read_card
from dtl.inference.judgement import least_measured_rotation
from dtl.result import PARAMETERS
from dtl.simulation.gap_kinds import LABEL_KINDS, OBSERVED_KINDS, ROTATION_KINDS
from tests.conftest import ROOT

README = ROOT / "README.md"
_BUNDLES = ("common-r50000", "carmenes-r94600")
_FIRST = "common-r50000"
_PLACES = dict(zip(PARAMETERS, (0, 3, 3, 2), strict=True))
_UNITS = dict(zip(PARAMETERS, (" K", "", "", " km/s"), strict=True))
_SECTION = re.compile(r"## How good it is.*?(?=\n## )", re.DOTALL)
_TABLE = "|---|---|---|---|---|"
#: Kinds of gaps by what their stars are.
_KINDS = {
    "gap of one measured star, the other left out": ("cool star", "hot star"),
    "measured stars taken for others (50 K, 0.15 dex, 0.7 km/s)": (*LABEL_KINDS, *ROTATION_KINDS),
    "lines of atoms and molecules 12 % off, strong lines 25 %": ("atoms stronger", "atoms weaker", "saturation"),
}
#: The same by what networks were adapted to.
_ADAPTED = {
    "gaps of measured stars, adapted to 30 of these stars": OBSERVED_KINDS,
    "lines that are off, adapted to 30 of these stars": ("atoms stronger", "atoms weaker", "saturation"),
}

_FAULTS = ("atoms stronger", "atoms weaker", "saturation")


def section() -> str:
    """What the README has to say."""
    cards = {name: read_card(name) for name in _BUNDLES}
    models = cards[_FIRST]["metrics"]
    lines = [
        "## How good it is",
        "",
        "| `common-r50000`: test nodes, seen by no training | noise-free | S/N 100 |",
        "|---|---|---|",
        f"| autoencoder MSE (PCA with 32 components: {models['pca_mse']['32']:.1e}; published: 5e-5) | "
        f"{models['autoencoder_mse']:.1e} | {models['autoencoder_mse_snr100']:.1e} |",
        "| rmse: Teff, log g, [M/H], v sin i (published: 18.8 K, 0.065, 0.040, 0.23 km/s) | "
        f"{_all(models['rmse_noise_free'])} | {_all(models['rmse_snr100'])} |",
        "",
        "| simulated stars, S/N 50–300: rmse (part within 1-sigma intervals) | Teff | log g | [M/H] | v sin i |",
        _TABLE,
    ]
    for name, card in cards.items():
        survey = card["metrics"]["survey"]
        lines.append(f"| `{name}`: the gap in the middle of the family, no transfer | {_row(survey['before'])} |")
        lines.append(f"| as shipped | {_row(survey['after'], card['metrics']['coverage_1_sigma'])} |")
        for words, kinds in list(_KINDS.items())[: None if name == _FIRST else 1]:
            found = [card["metrics"]["unseen_gaps"][kind] for kind in kinds]
            lines.append(f"| {words} | {_ranges(found)} |")
        adapted = card["metrics"].get("adapted_gaps", {})
        for words, kinds in _ADAPTED.items() if adapted else ():
            lines.append(f"| {words} | {_ranges([adapted[kind] for kind in kinds])} |")
    flagged = {kind: 100 * row["flagged"] for kind, row in models["unseen_gaps"].items()}
    real = [part for kind, part in flagged.items() if kind not in _FAULTS]
    words = (
        "Below the first two rows of each bundle that gap was left out of the training; ranges are over kinds, "
        f"or S/N 50, 100, 300. {min(real):.0f}–{max(real):.0f} % of stars with gaps of real stars are flagged, "
        f"{min(flagged[kind] for kind in _FAULTS):.0f} % of those with other faults."
    )
    lines += ["", *wrap(words, 118)]
    return "\n".join(lines) + "\n"


def _number(name: str, value: float) -> str:
    return f"{value:.{_PLACES[name]}f}{_UNITS[name]}"


def _all(values: dict[str, float]) -> str:
    places = dict(_PLACES, teff=1)
    return ", ".join(f"{values[name]:.{places[name]}f}{_UNITS[name]}" for name in PARAMETERS)


def rotation() -> str:
    """From where on rotation is measured, as the README's section on limits has it."""
    least = {name: least_measured_rotation(read_card(name)) for name in reversed(_BUNDLES)}
    return " and ".join(f"{speed:.1f} km/s with `{name}`" for name, speed in least.items())


def _row(errors: dict, covered: dict[str, dict] | None = None) -> str:
    """Errors, with the least and the largest part within the intervals over signal-to-noise ratios."""
    held = {name: f" ({_span([parts[name] for parts in covered.values()])})" if covered else "" for name in PARAMETERS}
    return " | ".join(_number(name, errors[name]["rmse"]) + held[name] for name in PARAMETERS)


def _span(parts: list[float]) -> str:
    low, high = round(100 * min(parts)), round(100 * max(parts))
    return f"{low if low == high else f'{low}–{high}'} %"


def _ranges(kinds: list[dict]) -> str:
    cells = []
    for name in PARAMETERS:
        rmse = sorted(kind["errors"][name]["rmse"] for kind in kinds)
        low, high = (f"{value:.{_PLACES[name]}f}" for value in (rmse[0], rmse[-1]))
        errors = (low if low == high else f"{low}–{high}") + _UNITS[name]
        cells.append(f"{errors} ({_span([kind['coverage'][name] for kind in kinds])})")
    return " | ".join(cells)


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    if sys.argv[1:] == ["--write"]:
        README.write_text(_SECTION.sub(lambda _: section(), text), encoding="utf-8")
    else:
        print(section())
