"""The house: floors that nothing climbs, small modules, short functions, one name for one thing."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Bytes of a module and lines of a function at the most.
MAX_BYTES, MAX_LINES = 15_000, 60
#: Modules that may stand on the ground floor of the package.
MAX_WORDS = 10
#: Folders whose modules show, write, run or ask about what another module is, and may bear its name.
MIRRORS = {"figures", "export", "cli", "pages"}
#: Two folders of which one builds what the other defines.
WORKSHOP = {"networks", "training"}


def modules() -> list[Path]:
    """All modules of the package and of the pages, relative to the root."""
    found = [*(ROOT / "dtl").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
    return sorted(path.relative_to(ROOT) for path in found)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """The contracts of imports, checked in a folder."""
    program = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as c; c()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the code and its contracts."""
    for name in ("dtl", "pages"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_nothing_climbs_a_floor() -> None:
    found = lint(ROOT)
    assert found.returncode == 0, found.stdout
    assert "0 broken" in found.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("dtl/spectrum.py", "from dtl.readers import read_spectrum"),
        ("dtl/inference/infer.py", "from dtl.figures.style import axis"),
        ("dtl/bundle/model.py", "from dtl.grid.build import Grid"),  # a neighbour on the same floor
        ("dtl/readers/words/units.py", "from dtl.readers.registry import FORMATS"),  # a circle inside a folder
    ],
)
def test_a_wrong_import_breaks_the_contract(copy: Path, module: str, line: str) -> None:
    path = copy / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    found = lint(copy)
    assert found.returncode == 1 and "BROKEN" in found.stdout


def test_few_modules_on_the_ground_floor() -> None:
    words = [path.name for path in (ROOT / "dtl").glob("*.py")]
    assert len(words) <= MAX_WORDS, sorted(words)


def test_modules_are_small() -> None:
    large = {str(path): size for path in modules() if (size := (ROOT / path).stat().st_size) > MAX_BYTES}
    assert not large


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module, also inside classes and functions."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_functions_are_short() -> None:
    long = [
        f"{path}: {function.name} has {lines} lines"
        for path in modules()
        for function in functions(path)
        if (lines := function.end_lineno - function.lineno + 1) > MAX_LINES
    ]
    assert not long


def folder(path: Path) -> str:
    """Where a module stands, as the rule of names knows it: its folder in the package, or ``pages``."""
    return "pages" if path.parts[0] in ("pages", "app.py") else path.parts[1] if len(path.parts) > 2 else ""


def may_share_a_name(first: Path, second: Path) -> bool:
    """Whether one of two modules shows, runs or builds what the other one is.

    One of them stands in a folder of `MIRRORS` that the other does not stand in, or the two are a workshop and what it
    works on. Of two modules of the pages one is a page and the other a part.
    """
    places = {folder(first), folder(second)}
    if places == {"pages"}:
        return len(first.parts) != len(second.parts)
    return len(places) == 2 and (bool(places & MIRRORS) or places == WORKSHOP)


def test_no_two_modules_of_one_name_but_mirrors() -> None:
    by_name: dict[str, list[Path]] = {}
    for path in modules():
        if not path.stem.startswith("__"):
            by_name.setdefault(path.stem, []).append(path)
    pairs = [pair for paths in by_name.values() for pair in combinations(paths, 2)]
    assert not [pair for pair in pairs if not may_share_a_name(*pair)]


def test_the_rule_of_names() -> None:
    assert may_share_a_name(Path("dtl/figures/literature.py"), Path("dtl/catalogue/literature.py"))
    assert may_share_a_name(Path("dtl/networks/autoencoder.py"), Path("dtl/training/autoencoder.py"))
    assert may_share_a_name(Path("pages/spectrum.py"), Path("dtl/spectrum.py"))
    assert may_share_a_name(Path("pages/literature.py"), Path("pages/shared/core/literature.py"))
    assert not may_share_a_name(Path("pages/shared/core/literature.py"), Path("pages/shared/export/literature.py"))
    assert not may_share_a_name(Path("dtl/readers/words/units.py"), Path("dtl/preparation/units.py"))
    assert not may_share_a_name(Path("dtl/spectrum.py"), Path("dtl/bundle/spectrum.py"))


def test_every_folder_says_what_it_is_for() -> None:
    """What comes in, what goes out, and what it may use."""
    for place in (path for path in (ROOT / "dtl").rglob("*") if path.is_dir() and path.name != "__pycache__"):
        text = ast.get_docstring(ast.parse((place / "__init__.py").read_text(encoding="utf-8"))) or ""
        assert all(word in text for word in ("In:", "Out:", "May use:")), place.name
        assert len(text.splitlines()) >= 3, place.name
