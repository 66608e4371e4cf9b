"""Networks of another window in the app, loaded from a file by a visit."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dtl.bundle.zip_file import pack
from tests.conftest import PATIENCE
from tests.other_window import other_bundle, other_file
from tests.pages.conftest import APP, figure, texts, upload, uploader, visit_of


@pytest.fixture
def app() -> AppTest:
    """The app as it is, with the shipped networks."""
    return AppTest.from_file(APP, default_timeout=PATIENCE).run()


def test_a_spectrum_of_another_window_is_answered_by_the_networks_that_know_it(app: AppTest) -> None:
    assert "in 8800–8835 Å. Your files" in texts(app)
    upload(app, other_txt=other_file())
    assert not app.exception and any("8800–8835 Å" in error.value.replace("\\", "") for error in app.error)
    app.switch_page("pages/adapt.py").run()
    uploader(app, "load-networks").upload("mine.zip", pack(other_bundle()), "application/zip").run()
    assert not app.exception and not app.error
    (name,) = visit_of(app).own_bundles
    app.switch_page("pages/spectrum.py").run()
    assert "in 8800–8835 Å and 8650–8690 Å. Your files" in texts(app)
    upload(app, second_txt=other_file() + b"\n")
    assert not app.exception
    (result,) = [r for r in visit_of(app).results.values() if r.prepared.spectrum.file == "second.txt"]
    assert result.bundle == f"{name} 1.0" and result.estimates["teff"].value == pytest.approx(3400.0, abs=75.0)
    assert figure(app, 1)["layout"]["xaxis"]["range"] == [8650.0, 8690.0]
    assert app.pills(key="lines").options == ["Ca II", "Telluric H₂O"]
    app.segmented_control(key="axis").set_value("km/s").run()
    assert not app.exception and app.selectbox(key="axis-line").value == "Ca II 8664.5"
    for page in ("latent_space", "hr_diagram", "literature", "model"):
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception, page
