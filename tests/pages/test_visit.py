"""The visit: one value, changed in one assignment."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import FrozenInstanceError, dataclass
from itertools import chain, repeat
from types import SimpleNamespace

import pytest

from pages.shared.core import incoming, uploads, visit
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
    visit.change(waiting=tuple(uploaded(*names)))
    with pytest.raises(KeyboardInterrupt):
        incoming.read_waiting("upload")
    assert len(visit.current().results) == 10 and len(visit.current().waiting) == 15
    told: list[tuple[int, str]] = []
    incoming.read_waiting("upload", lambda number, name: told.append((number, name)))
    assert told == list(enumerate(names[10:]))
    assert [upload.name for upload in visit.current().uploads.values()] == names
    assert not visit.current().waiting and read.count("9.txt") == 1
    assert visit.current().uploaders == {"upload": 1}  # once, when all is read


def test_a_file_that_cannot_be_taken_at_all_is_not_tried_forever(state, monkeypatch):
    def analyse(upload: Upload) -> object:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(uploads, "analyse_upload", analyse)
    visit.change(waiting=tuple(uploaded("a.txt")))
    with pytest.raises(RuntimeError):
        incoming.read_waiting("upload")
    assert not visit.current().waiting


@pytest.fixture
def queue(state, monkeypatch):
    """What `incoming.queue` makes of files that the uploader shows, those of the one before it last."""

    def offer(files: list[SimpleNamespace], *before: Sequence[SimpleNamespace]) -> list[str]:
        shown = chain([files, *before], repeat(()))
        monkeypatch.setattr(incoming.st, "file_uploader", lambda title, key, **options: list(next(shown)))
        monkeypatch.setattr(incoming.st, "container", lambda **options: nullcontext())
        count = incoming.queue("Upload", "upload")
        names = [file.name for file in visit.current().waiting]
        assert count == len(names)
        return names

    return offer


def test_what_is_chosen_while_others_wait_joins_the_queue(queue):
    first, more = uploaded("a.txt", "b.txt"), uploaded("c.txt")
    assert queue(first) == ["a.txt", "b.txt"]
    assert queue(first) == ["a.txt", "b.txt"]
    assert queue([*first, *more]) == ["a.txt", "b.txt", "c.txt"]


def test_what_is_taken_out_of_an_uploader_waits_no_more(queue):
    first = uploaded("a.txt", "b.txt", "c.txt")
    queue(first)
    assert queue([first[0], first[2]]) == ["a.txt", "c.txt"]


def test_what_waits_survives_a_look_at_another_page(queue):
    """The uploader comes back empty from there, which `opening` tells by forgetting what it showed."""
    queue(uploaded("a.txt"))
    visit.change(offered={})
    assert queue([]) == ["a.txt"]


def test_what_was_dropped_as_the_uploader_was_replaced_is_taken_once(queue, monkeypatch):
    monkeypatch.setattr(uploads, "analyse_upload", lambda upload: fakes.make_result(file=upload.name))
    old, late = uploaded("a.txt"), uploaded("late.txt")
    queue(old)
    incoming.read_waiting("upload")
    assert queue([], [*old, *late]) == ["late.txt"]
    incoming.read_waiting("upload")
    assert queue([], [], [*old, *late]) == [] and len(visit.current().uploads) == 2


def test_an_uploader_stays_while_files_come_in(queue, monkeypatch):
    monkeypatch.setattr(uploads, "analyse_upload", lambda upload: fakes.make_result(file=upload.name))
    monkeypatch.setattr(incoming, "coming_in", lambda: True)
    queue(uploaded("a.txt"))
    incoming.read_waiting("upload")
    assert visit.current().results and not visit.current().uploaders
