"""The tour of the first visit."""

from __future__ import annotations

from pages.shared.core import tour
from tests.conftest import PATIENCE
from tests.pages.conftest import APP, AppTest


def buttons(app: AppTest) -> list[str]:
    return [button.label for button in app.button if button.key and button.key.startswith("tour-")]


def test_nobody_who_has_no_browser_is_shown_around(visit):
    assert not buttons(visit())


def test_it_comes_when_asked_for_and_leads_through_its_steps_to_the_end(calls):
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["tour"] = ""
    app.run()
    assert buttons(app) == ["Close for good", "Next"]
    for number, (title, _) in enumerate(tour.STEPS, 1):
        assert any(f"**{title}** · {number} of {len(tour.STEPS)}" in text.value for text in app.markdown)
        if number < len(tour.STEPS):
            app.button(key="tour-next").click().run()
    assert buttons(app) == ["Back", "Done"]
    app.button(key="tour-back").click().run()
    assert any(tour.STEPS[-2][0] in text.value for text in app.markdown)
    app.button(key="tour-close").click().run()
    assert not app.exception and not buttons(app)
    assert not app.run().exception and not buttons(app)


def test_its_last_step_ends_it(calls):
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["tour"] = ""
    app.run()
    for _ in tour.STEPS[1:]:
        app.button(key="tour-next").click().run()
    app.button(key="tour-done").click().run()
    assert not app.exception and not buttons(app)
