"""Assets and dashboard are found, in a checkout and in an installed package; files are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtl import resources
from dtl.resources import whole_file, whole_folder, write_whole
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


def test_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("old")
    with whole_file(path) as place:
        place.write_text("new")
        assert path.read_text() == "old" and place.suffix == ".csv"
    assert path.read_text() == "new" and list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), whole_file(path) as place:
        place.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_text_is_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "table.json"
    write_whole(path, "[1, 2]")
    assert path.read_text() == "[1, 2]"

    def fail(self: Path, text: str, **known: object) -> None:
        self.write_bytes(text[:2].encode())
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, "[3, 4]")
    assert path.read_text() == "[1, 2]" and list(tmp_path.iterdir()) == [path]


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "bundle"
    with pytest.raises(ZeroDivisionError), whole_folder(folder) as place:
        (place / "a").write_text("half")
        raise ZeroDivisionError
    assert list((tmp_path / "new").iterdir()) == []
    with whole_folder(folder) as place:
        (place / "a").write_text("1")
        (place / "more").mkdir()
        assert not folder.exists()
    assert (folder / "a").read_text() == "1" and (folder / "more").is_dir()
    with pytest.raises(ZeroDivisionError), whole_folder(folder) as place:
        (place / "a").write_text("2")
        raise ZeroDivisionError
    assert (folder / "a").read_text() == "1"
    with whole_folder(folder) as place:
        (place / "b").write_text("3")
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b", "more"]
    assert list(folder.parent.iterdir()) == [folder]
