"""What happens before any page runs: a visit begins with an example, or with the one that the address names."""

from __future__ import annotations

from dataclasses import dataclass

from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.core import ending, links, uploads, visit
from pages.shared.core.examples import find_example, list_examples
from pages.shared.core.upload_memory import forget_others

__all__ = ["start"]


@dataclass(frozen=True)
class Opened:
    """What a visit keeps of the page that it saw last: its identifier."""

    page: str = ""


def start() -> None:
    """Make sure that there is a spectrum to show, where examples are installed."""
    ending.begin()
    _leave_last_page()
    known, now = list_examples(), visit.current()
    if not now.results and known and now.example is None:
        uploads.add([(known[0].file, known[0].read())], stand_in=True)
    _open_linked_example()
    now = visit.current()
    if now.selected not in now.results:
        visit.change(selected=next(iter(now.results), None))


def _leave_last_page() -> None:
    """Forget uploads that were meant for a page that was left."""
    context = get_script_run_ctx()
    page = context.page_script_hash if context else ""
    if page != visit.kept(Opened).page:
        forget_others(*visit.current().waiting)
        visit.keep(Opened(page), offered={})  # uploaders come back empty, which takes nothing out of the queue


def _open_linked_example() -> None:
    """Open the example that the address names; let the address name the one that is shown."""
    now, known = visit.current(), {example.file: example for example in list_examples()}
    upload = now.uploads.get(now.selected)
    shown = find_example(upload) if upload else None
    if asked := links.example(list(known), shown.file if shown else None):
        uploads.add([(asked, known[asked].read())])
