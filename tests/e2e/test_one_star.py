"""Three exposures of a star that turns too slowly to be seen: one star, and an upper limit in each place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from astropy.table import Table

from dtl.simulation.observation import simulate_observation
from tests.builders import shipped

_NAMES = ("GJ 699", "Gls699", "gj699_3")


def exposures(folder: Path) -> list[Path]:
    """Three files of text, each with another way to write the name of the star."""
    paths = []
    for seed, name in enumerate(_NAMES):
        star = np.array([3250.0, 4.95, -0.3, 1.5])
        data = simulate_observation(star, shipped(), snr=120.0, velocity=-110.3, pixel=0.05, seed=40 + seed)
        paths.append(folder / f"exposure-{seed}.txt")
        head = f"star: {name}\nmedium: vacuum\nunit: Angstrom\nframe: barycentric\nresolution: 50000"
        np.savetxt(paths[-1], np.column_stack(data), fmt="%.4f", header=f"{head}\nwavelength flux uncertainty")
    return paths


def test_three_exposures_are_one_star_with_a_limit_everywhere(visitor, tmp_path):
    visitor.upload(exposures(tmp_path))
    visitor.wait_for("3 exposures of")
    answer = visitor.answer()
    assert any(value.startswith("< ") for value in answer.values()), answer
    visitor.wait_for("95 % limit, not resolved")
    table = Table.read(visitor.download("ECSV"), format="ascii.ecsv")
    assert len(table) == 3 and np.isfinite(table["vsini_limit"]).all()
    assert abs(table["rv"] + 110.3).max() < 1.0
    visitor.open_box("Least-squares fit")
    fit = visitor.page.get_by_test_id("stTable").filter(has_text="Difference [sigma]")
    cells = fit.get_by_role("row").filter(has_text="v sin i").get_by_role("cell").all_inner_texts
    visitor.wait_until(lambda: len(cells()) == 4)
    assert cells()[1].startswith("< "), cells()
    visitor.go("HR diagram")
    visitor.wait_for_figure("1 of yours")
    visitor.go("Literature")
    visitor.wait_for_figure("1 of your stars")
    visitor.take("v sin i", last=True)
    visitor.wait_for("hollow with an arrow where it is an upper limit")
    assert visitor.row("Yours, mean of 3")["v sin i [km/s]"].startswith("< ")
    visitor.go("Export")
    visitor.wait_for("Tables")
    rows = [line for line in visitor.download("LaTeX, A&A").splitlines() if line.endswith("\\\\") and "$<" in line]
    assert len(rows) == 3
    assert Table.read(visitor.download("CSV"), format="ascii.csv")["vsini_limit"].min() > 0
