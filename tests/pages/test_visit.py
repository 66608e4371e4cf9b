"""The visit: one value, changed in one assignment."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from types import SimpleNamespace

import pytest

from pages.shared.core import uploads, visit
from pages.shared.core.visit import Upload, Visit
from tests import fakes

A, B = "a" * 64, "b" * 64


@dataclass(frozen=True)
class Walk:
    """What a made-up page keeps."""

    steps: int = 0


class Assignments(dict):
    """A session state that counts what is put into it."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __setitem__(self, key: str, value: object) -> None:
        self.count += 1
        super().__setitem__(key, value)


@pytest.fixture
def state(monkeypatch) -> Assignments:
    state = Assignments()
    monkeypatch.setattr(visit.st, "session_state", state)
    return state


def test_all_fields_change_in_one_assignment(state):
    assert visit.current() == Visit()
    result = fakes.make_result()
    visit.change(results={A: result}, selected=A)
    assert state.count == 1 and list(state) == ["visit"]
    assert visit.shown() is result
    with pytest.raises(FrozenInstanceError):
        visit.current().selected = B


def test_what_a_page_keeps_is_known_by_its_type(state):
    assert visit.kept(Walk) == Walk()
    visit.keep(Walk(3), selected=A)
    assert state.count == 1
    assert visit.kept(Walk) == Walk(3) and visit.current().selected == A


def test_without_a_file_nothing_of_it_is_left():
    both = {A: fakes.make_result(), B: fakes.make_result(teff=3500.0)}
    files = {digest: Upload("star.txt", b"") for digest in both}
    stages = {("star.txt", digest): object() for digest in both}
    rest = Visit(results=both, uploads=files, stages=stages, selected=A).without(A)
    assert list(rest.results) == list(rest.uploads) == [B] and list(rest.stages) == [("star.txt", B)]
    assert rest.shown is None


def test_without_a_part_of_a_file_what_was_kept_of_it_is_gone():
    first, other = (Upload("field.txt", b"", part=f"{row} of 2") for row in (1, 2))
    uploads = {f"{A}#{upload.part}": upload for upload in (first, other)}
    stages = {(upload.title, A): object() for upload in (first, other)}
    assert list(Visit(uploads=uploads, stages=stages).without(f"{A}#1 of 2").stages) == [(other.title, A)]


def test_files_come_into_the_visit_together(state, monkeypatch):
    monkeypatch.setattr(uploads, "analyse_upload", lambda upload: fakes.make_result(file=upload.name))
    uploads.add([("a.txt", b"a"), ("b.txt", b"b")])
    assert state.count == 1 and len(visit.current().results) == 2


def test_an_analysis_that_is_interrupted_changes_nothing(state, monkeypatch):
    def analyse(upload: Upload) -> object:
        if upload.name == "b.txt":
            raise KeyboardInterrupt
        return fakes.make_result(file=upload.name)

    monkeypatch.setattr(uploads, "analyse_upload", analyse)
    before = visit.change(selected=A)
    with pytest.raises(KeyboardInterrupt):
        uploads.add([("a.txt", b"a"), ("b.txt", b"b")])
    assert visit.current() is before


def uploaded(*names: str) -> list[SimpleNamespace]:
    return [SimpleNamespace(name=name, file_id=name, getvalue=name.encode) for name in names]


def test_files_whose_reading_is_broken_off_are_read_later(state, monkeypatch):
    """As by a look at another page: nothing is lost, and what is there already is not read again."""
    read: list[str] = []

    def analyse(upload: Upload) -> object:
        if upload.name == "14.txt" and read.count("14.txt") == 0:
            read.append(upload.name)
            raise KeyboardInterrupt
        read.append(upload.name)
        return fakes.make_result(file=upload.name)

    monkeypatch.setattr(uploads, "analyse_upload", analyse)
    names = [f"{number}.txt" for number in range(25)]
    uploads.take("upload", uploaded(*names))
    assert visit.current().uploaders == {"upload": 1}
    with pytest.raises(KeyboardInterrupt):
        uploads.read_waiting()
    assert len(visit.current().results) == 10 and len(visit.current().waiting) == 15
    told: list[tuple[int, str]] = []
    uploads.read_waiting(lambda number, name: told.append((number, name)))
    assert told == list(enumerate(names[10:]))
    assert [upload.name for upload in visit.current().uploads.values()] == names
    assert not visit.current().waiting and read.count("9.txt") == 1


def test_a_file_that_cannot_be_taken_at_all_is_not_tried_forever(state, monkeypatch):
    def analyse(upload: Upload) -> object:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(uploads, "analyse_upload", analyse)
    uploads.take("upload", uploaded("a.txt"))
    with pytest.raises(RuntimeError):
        uploads.read_waiting()
    assert not visit.current().waiting
