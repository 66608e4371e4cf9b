"""The terms that a student may not know."""

from __future__ import annotations

from app import PAGES
from pages.shared.core.glossary import TERMS
from tests.pages.conftest import texts

ADDRESSES = [page["url_path"] for page in PAGES]


def test_terms_are_in_order_of_pages_that_exist_and_lead_somewhere():
    names = [name.strip("[").casefold() for name in TERMS]
    assert names == sorted(names)
    for term in TERMS.values():
        assert term.pages and set(term.pages) <= set(ADDRESSES)
        assert bool(term.citation) == term.url.startswith("https://")
        assert term.meaning.endswith(".")


def test_every_page_but_export_explains_its_terms_once_asked(visit):
    app = visit()
    for page in PAGES:
        if page["url_path"] == "keep-results":
            continue
        app.switch_page(page["page"]).run()
        assert "Effective temperature: that of a black body" not in texts(app)
        app.session_state[f"terms-{page['url_path']}"] = True
        app.run()
        assert not app.exception
        mine = [term for term in TERMS.values() if page["url_path"] in term.pages]
        assert all(term.url in texts(app) for term in mine)
