"""Where assets and dashboard are found, in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtl import resources
from tests.conftest import ROOT


def test_in_a_checkout() -> None:
    assert resources.asset("models", "common-r50000", "card.json").is_file()
    assert resources.asset() == ROOT / "assets" and (resources.dashboard() / "app.py").is_file()


def test_in_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "assets").mkdir()  # of somebody else, beside the package
    package = tmp_path / "dtl"
    (package / "assets").mkdir(parents=True)
    (package / "dashboard").mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resources.asset("x.txt") == package / "assets" / "x.txt"
    assert resources.dashboard() == package / "dashboard"


def test_no_other_module_looks_for_files_beside_itself() -> None:
    sources = [*ROOT.glob("dtl/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "app.py"]
    assert not [str(path) for path in sources if "Path(__file__)" in path.read_text(encoding="utf-8")]
