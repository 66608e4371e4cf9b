"""Files that a visitor brings along, made from the simulated examples."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"


@cache
def examples() -> tuple[Path, ...]:
    """The simulated observations of the app, none where they are not installed."""
    index = EXAMPLES / "index.json"
    return tuple(EXAMPLES / row["file"] for row in json.loads(index.read_text())) if index.is_file() else ()


def renamed(folder: Path, count: int) -> list[Path]:
    """The first ``count`` examples under names of the visitor's own: another content, so no example of the app's."""
    paths = []
    for i, example in enumerate(examples()[:count]):
        path = folder / f"night-{i + 1}{example.suffix}"
        data = example.read_bytes()
        path.write_bytes(data if example.suffix == ".fits" else data + b"\n")
        paths.append(path)
    return paths


def in_nanometres(folder: Path) -> Path:
    """A text table in nanometres that does not say so and goes on far into the infrared.

    By its numbers alone it looks like Angstrom: they run over the window and most are large.
    """
    lines = (EXAMPLES / "simulated-m1-fast.txt").read_text().splitlines()
    header = [line for line in lines if line.startswith("#") and "unit" not in line]
    rows = np.array([[float(word) for word in line.split()] for line in lines if line and line[0] not in "#w"])
    rows[:, 0] /= 10.0
    far = np.geomspace(rows[-1, 0] + 1.0, 12_000.0, 4 * len(rows))
    level = np.median(rows[:, 1:], axis=0)
    more = np.column_stack([far, *(np.full(far.size, value) for value in level)])
    path = folder / "to-the-infrared.txt"
    table = [" ".join(f"{value:.6f}" for value in row) for row in np.vstack([rows, more])]
    path.write_text("\n".join([*header, *table]) + "\n")
    return path
