"""Which spectra of files an adaptation takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dtl.readers.options import ReadOptions
from dtl.transfer.adaptation import read_spectra
from tests.builders import shipped, star_flux

WAVE = np.arange(8770.0, 8865.0, 0.05)


@pytest.fixture
def field(tmp_path: Path) -> Path:
    """A table with three stars on the same wavelengths, the second of which is only zeros."""
    rng = np.random.default_rng(3)
    stars = [star_flux(WAVE) + 0.01 * rng.normal(size=WAVE.size) for _ in range(3)]
    stars[1] = np.zeros(WAVE.size)
    path = tmp_path / "field.txt"
    rows = [np.column_stack([WAVE, flux, np.full(WAVE.size, 0.01)]) for flux in stars]
    np.savetxt(path, np.vstack(rows), header="wave flux err", fmt="%.7g")
    return path


def test_one_spectrum_of_a_file_or_every_one(field: Path) -> None:
    one, digests, refused = read_spectra([field], shipped())
    assert [p.spectrum.file for p in one] == ["field.txt"] and len(digests) == 1 and not refused
    third, _, _ = read_spectra([field], shipped(), options=ReadOptions(row=3))
    every, digests, refused = read_spectra([field], shipped(), every=True)
    assert [p.spectrum.file for p in every] == ["field.txt [1 of 3]", "field.txt [3 of 3]"]
    assert len(set(digests)) == 1 and len(digests) == 2
    np.testing.assert_array_equal(every[1].flux, third[0].flux)
    assert len(refused) == 1 and refused[0].startswith("field.txt [2 of 3] has")


def test_a_copy_of_a_file_does_not_count_twice(field: Path) -> None:
    copy = field.with_name("copy.txt")
    copy.write_bytes(field.read_bytes())
    every, _, refused = read_spectra([field, copy], shipped(), every=True)
    assert len(every) == 2 and "is a copy of field.txt" in refused[-1]
