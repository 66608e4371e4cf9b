"""Fixtures of all tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

# Small networks on a busy machine: threads that wait for each other cost more than they bring.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]
#: Seconds that anything may take: far more than it does, as the machine may do other things too.
PATIENCE = 300.0
if str(ROOT) not in sys.path:  # so that the tests run without an installation
    sys.path.insert(0, str(ROOT))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The optional folder of real data, from SHARED_DATA or beside the repository; skips where it is absent."""
    folder = Path(os.environ.get("SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is absent (set SHARED_DATA)")
    return folder
