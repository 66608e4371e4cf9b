"""What a visit leaves behind: sessions, reports and the Python of each result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from dtl.catalogue import published_stars
from dtl.result import InferenceResult
from pages.shared.core import bundles, links, uploads, visit, wording
from pages.shared.core.examples import list_examples

if TYPE_CHECKING:  # loaded where they are used: they bring tables of astropy, for which the first page would wait
    from dtl.export import snippet
    from dtl.export.report import Reported
    from dtl.export.session import SavedSession

__all__ = ["current", "notes", "python", "report", "reported", "restore", "saver"]

#: Notes that are shown, the newest; how many came before is said.
_NOTES = 20
#: Notes that are open at once: of more the parameters would be out of sight.
_OPEN_NOTES = 5


def reported(results: list[InferenceResult] | None = None) -> list[Reported]:
    """Results of this visit with their files; None for all."""
    from dtl.export.report import Reported

    now = visit.current()
    return [
        Reported(
            result,
            digest.partition("#")[0],
            upload.options,
            upload.bundle,
            now.luminosities.get(digest),
            upload.part,
            now.stars.get(digest),
        )
        for digest, result in now.results.items()
        if (upload := now.uploads.get(digest)) and (results is None or any(result is wanted for wanted in results))
    ]


def current() -> SavedSession:
    """This visit as it can be saved, the spectra that are awaited still among them."""
    return _saved(visit.current(), links.settings())


def saver(*, embed: bool) -> Callable[[], str]:
    """What writes this visit, as it is now, when it is called: until then no file is read.

    The state of the visit is taken at once, as it cannot be asked for when a download is clicked.
    """
    now, settings = visit.current(), links.settings()
    return lambda: _saved(now, settings).to_json(embed=embed)


def _saved(now: visit.Visit, settings: dict[str, object]) -> SavedSession:
    from dtl.export.report import bundles_used
    from dtl.export.session import SavedSession, SavedSpectrum

    here = [
        SavedSpectrum(
            upload.name, digest.partition("#")[0], upload.options, upload.bundle,
            now.results[digest].row() if digest in now.results else None, upload.data, upload.part,
        )
        for digest, upload in now.uploads.items()
        if digest != now.example
    ]  # fmt: skip
    awaited = [spectrum for digest, spectrum in now.awaited.items() if digest not in now.uploads]
    known = {*now.uploads, *now.awaited}  # what was said of a spectrum that was removed goes with it
    return SavedSession(
        spectra=(*here, *awaited),
        settings=settings,
        luminosities={key: given for key, given in now.luminosities.items() if key in known},
        stars={key: star for key, star in now.stars.items() if key in known},
        selected=now.selected,
        bundles=bundles_used(list(now.results.values())) if now.results else {},
    )


def restore(saved: SavedSession) -> tuple[str, bool]:
    """Bring a saved visit back beside what is there; spectra that are not at hand are awaited by their checksum.

    Returns:
        What came back, in words, and whether all values that came back are those of the networks of the session.
    """
    known = {example.digest: example.read() for example in list_examples()}
    now, keys = visit.current(), {spectrum.key for spectrum in saved.spectra}
    # First what takes no time: where the visitor leaves meanwhile, the rest is awaited as if it were not at hand.
    visit.change(
        awaited=visit.current().awaited | {spectrum.key: spectrum for spectrum in saved.spectra},
        luminosities={**visit.current().luminosities, **saved.luminosities},
        stars=visit.current().stars | _named(saved),
        example=None if now.example in keys else now.example,  # it stands in no more where it is one of the session
    )
    for key in [key for key in st.session_state if str(key).startswith("luminosity-")]:
        st.session_state.pop(key, None)  # fields would bring their old values back
    links.want(saved.settings)
    bar = st.progress(0.0, "Restoring …")
    files = {spectrum.sha256: spectrum for spectrum in saved.spectra}  # one file may hold several of them
    for number, (digest, spectrum) in enumerate(files.items(), 1):
        bar.progress(number / len(files), wording.plain(f"Restoring {spectrum.file} …"))
        now = visit.current()
        held = next((upload for key, upload in now.uploads.items() if key.partition("#")[0] == digest), None)
        data = spectrum.data or (held.data if held else None) or known.get(digest)
        if data is not None:
            uploads.add([(spectrum.file, data)])
    bar.empty()
    now = visit.current()
    visit.change(selected=saved.selected if saved.selected in now.results else now.selected)
    return _told(saved, visit.current())


def _named(saved: SavedSession) -> dict[str, str]:
    """The stars that a saved visit was told of its spectra, without those that this catalogue does not have."""
    known, keys = published_stars.names() if saved.stars else {}, {spectrum.key for spectrum in saved.spectra}
    return {key: star for key, star in saved.stars.items() if key in keys and (not star or star in known)}


def _told(saved: SavedSession, now: visit.Visit) -> tuple[str, bool]:
    """What of a saved session is back, as a sentence or two, and whether with the networks of the session."""
    keys = {spectrum.key for spectrum in saved.spectra}
    back = keys & now.results.keys()
    rows = {spectrum.key: spectrum.row for spectrum in saved.spectra if spectrum.row}
    other = {key for key in back & rows.keys() if rows[key].get("bundle") != now.results[key].row()["bundle"]}
    refused = {key for key in keys - now.results.keys() if {key, key.partition("#")[0]} & now.failures.keys()}
    awaited = (keys & now.awaited.keys()) - refused
    without = "without its spectrum" if len(awaited) == 1 else "without their spectra"
    parts = ["the views you chose"] if saved.settings else []
    parts += [
        f"{_count(len(found), *words)}{more}"
        for found, words, more in (
            (saved.luminosities, ("typed luminosity", "typed luminosities"), ""),
            (_named(saved), ("spectrum", "spectra"), " of stars that you named"),
            (back - other, ("spectrum", "spectra"), " read as before"),
            (other, ("spectrum", "spectra"), " computed again with other networks"),
            (awaited, ("saved result", "saved results"), f" {without}, listed below"),
        )
        if found
    ]
    sentence = f"Restored: {wording.listed(parts) or 'an empty session'}."
    if other:
        used, gone = (wording.listed(sorted(names)) for names in (
            {now.results[key].row()["bundle"] for key in other}, {str(rows[key].get("bundle")) for key in other}
        ))  # fmt: skip
        sentence += (
            f" The networks of the session, {gone}, are not here, so {used} gave the values; load their file on Adapt "
            "first to have them as they were."
        )
    if refused:
        sentence += f" {_count(len(refused), 'spectrum', 'spectra')} could not be read; the first page says why."
    return wording.plain(sentence, 1000), not other


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def notes() -> None:
    """What happened to spectra that a restored session knows, and to files that were here already, as sentences."""
    sentences = visit.current().notes
    if sentences:
        left, right = st.columns([7, 3], vertical_alignment="center")
        text = "\n".join("- " + wording.sentence(sentence) for sentence in [*sentences][-_NOTES:])
        text += f"\n- {more} more before these." if (more := len(sentences) - _NOTES) > 0 else ""
        if len(sentences) > _OPEN_NOTES:
            left = left.expander(f"{len(sentences)} notes on your spectra", icon=":material/info:")
        left.info(text, icon=":material/info:")
        right.button("Dismiss", key="dismiss-restore-notes", on_click=_dismiss)


def _dismiss() -> None:
    visit.change(notes={})


def report(results: list[InferenceResult] | None = None) -> bytes:
    """The archive of results, with a bar that shows how far it is."""
    from dtl.export.report import report_archive

    bar = st.progress(0.0, "Writing the report …")
    try:
        return report_archive(
            reported(results),
            session=current() if results is None else None,
            progress=lambda fraction, text: bar.progress(min(fraction, 1.0), wording.plain(f"Writing {text} …")),
        )
    finally:
        bar.empty()


def python(kind: str, result: InferenceResult | None = None, /, **details: object) -> None:
    """A button that shows the script that gives a result again.

    Args:
        kind: function of `dtl.export.snippet`: ``parameters``, ``latent``, ``opinion``, ``explanation``, ``table`` or
            ``diagram``.
        result: which it is about; None for all of this visit.
        details: more arguments of the function, as ``which`` or ``parameter``.
    """
    from dtl.export import snippet

    # Sent closed: a menu that runs a part of the page as it closes leaves the page empty that a link is followed to.
    with st.popover("Python", icon=":material/code:", type="tertiary", key=f"python-{kind}"):
        every = reported()
        if not every:
            st.caption("Analyse a spectrum first; the script is about its file.")
            return
        if kind == "diagram":
            code = snippet.diagram(
                [(_source(entry), entry.luminosity) for entry in every], stars=[e.star for e in every], **details
            )
        elif kind == "table":
            code = snippet.table([_source(entry) for entry in every], **details)
        else:
            found = reported([result])
            if not found:
                return
            if kind in ("opinion", "explanation"):
                details = {"bundle": bundles.name_of(result)} | details
            code = getattr(snippet, kind)(_source(found[0]), **details)
        # Without the colours of a language, which are too pale to read, and without a bar that only a mouse can move.
        st.code(code, language=None, wrap_lines=True)
        st.caption("Runs in the folder of the file, where dtl is installed; with an example, in any folder.")
        about = every if kind in ("diagram", "table") else found
        for name in dict.fromkeys(wording.plain(e.bundle) for e in about if e.bundle in bundles.own()):
            st.caption(f"Its networks are of this visit: download {name} on Adapt, and unpack it in a folder {name}.")


def _source(entry: Reported) -> snippet.Source:
    """The file of a result, or the shipped example that it is."""
    from dtl.export import snippet

    name = entry.file
    shipped = any(example.file == name and example.digest == entry.sha256 for example in list_examples())
    return snippet.Source(name, entry.options, entry.bundle, shipped)
