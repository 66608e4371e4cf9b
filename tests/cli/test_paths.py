"""Which files a command is given."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dtl.cli.paths import expand_paths, names_of
from dtl.spectrum import UnusableInput


def test_folders_and_lists(tmp_path: Path) -> None:
    folder = tmp_path / "night"
    folder.mkdir()
    for name in ("b.fits", "a.fits", ".hidden"):
        (folder / name).write_text("x")
    other = tmp_path / "a.fits"
    other.write_text("x")
    listed = tmp_path / "list.txt"
    listed.write_text(f"# my stars\n{folder}\n\n{other}\n")
    found = expand_paths([f"@{listed}", "missing.fits"])
    assert found == [str(folder / "a.fits"), str(folder / "b.fits"), str(other), "missing.fits"]
    assert names_of(found) == [str(folder / "a.fits"), "b.fits", str(other), "missing.fits"]


def test_what_cannot_be_read(tmp_path: Path) -> None:
    assert expand_paths([str(tmp_path)]) == [str(tmp_path)]  # refused later, like a bad file
    with pytest.raises(UnusableInput, match="list of files cannot be read"):
        expand_paths([f"@{tmp_path / 'none.txt'}"])
    listed = tmp_path / "list.txt"
    listed.write_text("# none yet\n\n")
    with pytest.raises(UnusableInput, match=r"list\.txt names no files"):
        expand_paths([f"@{listed}"])
    listed.write_text("@list.txt\n")
    with pytest.raises(UnusableInput, match="another list"):
        expand_paths([f"@{listed}"])


def test_a_list_as_editors_write_it(tmp_path: Path) -> None:
    """With a byte order mark, ends of lines as elsewhere, and signs in names that some take for ends of lines."""
    listed = tmp_path / "list.txt"
    listed.write_bytes("# stars\r\na.fits\r\nb\u2028c.fits".encode("utf-8-sig"))
    assert expand_paths([f"@{listed}"]) == ["a.fits", "b\u2028c.fits"]


def test_two_stars_go_down_folders_but_not_round_in_circles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("a.fits", "night/b.fits", "night/early/c.fits", "night/.old/d.fits", "night/early/notes.txt"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text("")
    for name in ("again", "once-more"):
        (tmp_path / "night" / name).symlink_to(tmp_path, target_is_directory=True)
    found = ["a.fits", "night/b.fits", "night/early/c.fits"]
    assert expand_paths([f"{tmp_path}/**/*.fits"]) == [f"{tmp_path}/{name}" for name in found]
    assert expand_paths([f"{tmp_path}/n*/**"]) == [
        f"{tmp_path}/{name}" for name in (*found[1:], "night/early/notes.txt")
    ]
    monkeypatch.chdir(tmp_path)
    assert expand_paths(["**/*.fits"]) == found and expand_paths(["night/**/e*/**/*.fits"]) == found[2:]


def test_patterns_that_the_shell_has_left(tmp_path: Path) -> None:
    for name in ("b.fits", "a.fits", "c.txt"):
        (tmp_path / name).write_text("")
    assert expand_paths([str(tmp_path / "*.fits")]) == [str(tmp_path / "a.fits"), str(tmp_path / "b.fits")]
    assert expand_paths([str(tmp_path / "*.dat")]) == [str(tmp_path / "*.dat")]  # refused like a missing file
    (tmp_path / "[1].fits").write_text("")
    assert expand_paths([str(tmp_path / "[1].fits")]) == [str(tmp_path / "[1].fits")]


def test_a_list_without_end_is_refused_and_one_through_a_pipe_is_read(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="/dev/zero: the list of files cannot be read"):
        expand_paths(["@/dev/zero"])
    reading, writing = os.pipe()
    os.write(writing, b"a.fits\nb.fits\n")
    os.close(writing)
    assert expand_paths([f"@/dev/fd/{reading}"]) == ["a.fits", "b.fits"]
    os.close(reading)


def test_names_are_text_where_paths_are_not() -> None:
    assert names_of([os.fsdecode(b"night/bad\xff.txt"), "good.txt"]) == ["bad?.txt", "good.txt"]
