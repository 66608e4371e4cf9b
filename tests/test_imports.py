"""The floors of the program: what each folder may import, as `pyproject.toml` says."""

from __future__ import annotations

from pathlib import Path

from importlinter import cli


def test_imports_keep_to_the_contracts(capsys):
    broken = cli.lint_imports(str(Path(__file__).parents[1] / "pyproject.toml"), no_cache=True, no_logo=True)
    assert broken == 0, capsys.readouterr().out
