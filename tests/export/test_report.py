"""The report says of a star what the pages say of it."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

from dtl.export.report import Reported, report_archive
from dtl.export.session import read_session
from tests import fakes


def test_the_star_that_was_named_is_the_one_of_diagrams_and_session() -> None:
    """With its published luminosity, once for its two exposures."""
    results = [fakes.make_result(file=f"night{number}.fits") for number in (1, 2)]
    archives = [
        ZipFile(BytesIO(report_archive([Reported(r, f"{n}" * 64, star=star) for n, r in enumerate(results)])))
        for star in (None, "J17578+046")
    ]
    counts = [archive.read("figures/hr-diagram.html").count(b"L 0.003523") for archive in archives]
    assert counts == [0, 1]
    note = f"with the networks {results[0].bundle.split()[0]} unpacked in a folder of this name"
    assert note in archives[0].read("README.txt").decode()  # none that come with the program
    session = read_session(archives[1].read("session.json"), "session.json")
    assert session.stars == {"0" * 64: "J17578+046", "1" * 64: "J17578+046"}
