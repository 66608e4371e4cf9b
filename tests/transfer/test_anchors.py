"""Anchors: who they are, and what they say of the zero points, against facts and against many made-up samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dtl.spectrum import PreparedSpectrum, Spectrum, UnusableInput
from dtl.transfer.anchors import Anchor, find_anchors, read_anchors, zero_points
from dtl.transfer.sample import all_distinct
from tests.builders import WINDOW

BELIEF = np.outer([30.0, -0.09], [30.0, -0.09]) + np.diag([18.0**2, 0.02**2])


def named(star: str = "", file: str = "x.fits", *, simulated: bool = False) -> PreparedSpectrum:
    points = WINDOW.points(0.1)
    flat = np.ones(points.shape)
    spectrum = Spectrum(points, flat, 0.01 * flat, star=star, file=file, simulated=simulated)
    return PreparedSpectrum(
        spectrum, points, flat, 0.01 * flat, flat > 0, 0.1, 100.0, 0.0, "rest", 1.0, window=WINDOW
    )  # fmt: skip


SPECTRA = [
    named("GJ 699"), named(file="gj273_2020.fits"), named("HD 1"), named("GJ 436"), named("GJ 699", simulated=True)
]  # fmt: skip


def test_published_stars_are_recognised_and_bring_published_values() -> None:
    """Mann et al. 2015, Table 5: GJ 699 3228 K, -0.40; GJ 273 3317 K, -0.11; GJ 436 3479 K, 0.01."""
    anchors = find_anchors(SPECTRA, "mann15")
    assert [anchor.row for anchor in anchors] == [0, 1, 3]
    assert anchors[0].values == (3228.0, -0.40) and anchors[1].values == (3317.0, -0.11)
    assert anchors[2].values == (3479.0, 0.01)
    assert all(error == (60.0, 0.08) for error in (anchor.errors for anchor in anchors))
    other = find_anchors(SPECTRA, "marfil21")
    assert other[0].values == (3254.0, -0.57) and other[0].errors != anchors[0].errors


def test_too_few_or_an_unknown_scale_is_said() -> None:
    with pytest.raises(UnusableInput, match=r"Anchors: 2 .* too few"):
        find_anchors(SPECTRA[:2], "mann15")
    with pytest.raises(UnusableInput, match="mann15, interferometry, marfil21, passegger19"):
        find_anchors(SPECTRA, "gaia")


def test_a_table_names_files_with_or_without_folders(tmp_path: Path) -> None:
    spectra = [named(file=f"{i}.fits") for i in range(5)]
    table = tmp_path / "mine.csv"
    table.write_text(
        "file,teff,teff_error,mh,mh_error\nnights/0.fits,3300,60,-0.1,0.08\n2.fits,3400,50,,\n4.fits,,,0.1,0.05\n"
        "9.fits,3000,60,0,0.1\n"
    )
    anchors = read_anchors(table, all_distinct(spectra), spectra)
    assert [anchor.row for anchor in anchors] == [0, 2, 4]
    assert anchors[0].values == (3300.0, -0.1) and anchors[0].errors == (60.0, 0.08)
    assert np.isnan(anchors[1].values[1]) and np.isnan(anchors[2].values[0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("file,teff\n0.fits,3300\n1.fits,3300\n2.fits,3300\n", "0.fits has a value without an error"),
        ("star,teff\n0.fits,3300\n", "needs the columns file, teff"),
        ("file,teff,teff_error\n0.fits,3300,60\n", r"Anchors: 1 star of .* too few.*more of the files"),
        ("\x00\x01", "mine.csv"),
        (None, "cannot be read as a table of anchors"),
    ],
)
def test_a_table_that_cannot_be_used_is_said_in_a_sentence(tmp_path: Path, text: str | None, said: str) -> None:
    spectra = [named(file=f"{i}.fits") for i in range(3)]
    table = tmp_path / "mine.csv"
    if text is not None:
        table.write_text(text)
    with pytest.raises(UnusableInput, match=said):
        read_anchors(table, all_distinct(spectra), spectra)


def test_a_name_that_several_stars_share_is_no_anchor(tmp_path: Path) -> None:
    spectra = [named(file=name) for name in ("spec.fits", "spec.fits", "b.fits", "c.fits")]
    table = tmp_path / "mine.csv"
    rows = "".join(f"{name},3300,60\n" for name in ("GJ 699/spec.fits", "b.fits", "c.fits"))
    table.write_text(f"file,teff,teff_error\n{rows}")
    with pytest.raises(UnusableInput, match="spectra of several stars"):
        read_anchors(table, all_distinct(spectra), spectra)


def made_up(
    seed: int, count: int = 15, stars: int = 40, error: tuple[float, float] = (60.0, 0.08)
) -> tuple[np.ndarray, list[Anchor], np.ndarray]:
    """Estimates, anchors and the true error of the zero points, drawn from `BELIEF`."""
    rng = np.random.default_rng(seed)
    wrong = rng.multivariate_normal([0.0, 0.0], BELIEF)
    estimates = np.stack(
        [rng.uniform(3100, 3900, stars), np.full(stars, 4.9), rng.normal(-0.05, 0.2, stars), np.full(stars, 2.0)],
        axis=1,
    )
    noise = rng.normal(0.0, np.hypot(error, [25.0, 0.08]), (count, 2))
    values = estimates[:count][:, [0, 2]] + wrong + noise
    return estimates, [Anchor(i, str(i), tuple(v), error) for i, v in enumerate(values)], wrong


def test_the_stated_errors_are_those_of_many_samples() -> None:
    """Fifteen anchors of 60 K and 0.08 dex fix the zero points to about 13 K and 0.03 dex, and say so."""
    left, stated = [], []
    for seed in range(300):
        estimates, anchors, wrong = made_up(seed)
        found = zero_points(estimates, anchors, BELIEF)
        left.append(found.shift - wrong)
        stated.append(np.diag(found.covariance))
    deviation, expected = np.std(left, axis=0), np.sqrt(np.mean(stated, axis=0))
    np.testing.assert_allclose(deviation, expected, rtol=0.15)
    assert deviation[0] < 15.0 and deviation[1] < 0.03 and np.abs(np.mean(left, axis=0)).max() < 2.0


def test_many_precise_anchors_overrule_what_is_believed() -> None:
    estimates, anchors, wrong = made_up(3, count=400, stars=400, error=(5.0, 0.01))
    found = zero_points(estimates, anchors, BELIEF)
    assert (np.abs(found.shift - wrong) < (4.0, 0.012)).all()


def test_metallicities_alone_move_the_temperature_as_the_belief_has_them_go_together() -> None:
    estimates, anchors, _ = made_up(4, error=(1.0, 0.001))
    only = [Anchor(a.row, a.star, (np.nan, estimates[a.row, 2] + 0.09), a.errors) for a in anchors]
    found = zero_points(estimates, only, BELIEF)
    expected = BELIEF[0, 1] / BELIEF[1, 1] * found.shift[1]
    assert found.shift[0] == pytest.approx(expected, rel=1e-6) and found.shift[0] < -15.0
    assert np.isnan(found.before[:, 0]).all() and np.isfinite(found.after[:, 1]).all()


def test_a_star_does_not_judge_itself() -> None:
    """Moved far away, an anchor changes what the others are judged by, and not what it is judged by itself."""
    estimates, anchors, _ = made_up(5)
    first = zero_points(estimates, anchors, BELIEF)
    away = [Anchor(0, "0", (anchors[0].values[0] + 50.0, anchors[0].values[1]), anchors[0].errors), *anchors[1:]]
    second = zero_points(estimates, away, BELIEF)
    assert second.after[0, 0] - first.after[0, 0] == pytest.approx(50.0, abs=1e-6)
    assert np.abs(second.after[1:, 0] - first.after[1:, 0]).min() > 0.1
