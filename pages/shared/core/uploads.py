"""Files of a visit: adding them, reading one again, removing them. They are analysed at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from dtl.catalogue.luminosity import LuminosityInput
from dtl.readers import limits
from dtl.readers.parts import Part
from dtl.resources import whole_file
from dtl.result import InferenceResult
from dtl.spectrum import UnusableInput
from pages.shared.core import bundles, ending, epochs, holding, visit
from pages.shared.core.analysis import analyse_upload
from pages.shared.core.twins import first_name, sentences
from pages.shared.core.visit import Upload, Visit

__all__ = [
    "add",
    "reanalyse",
    "remove",
    "reread",
    "separate",
]

_log = logging.getLogger(__name__)

#: Bytes from which an upload waits in a file rather than in memory.
_MIN_BYTES_ON_DISK = 2**16


def add(
    files: Iterable[tuple[str, bytes]],
    progress: Callable[[int, str], object] = lambda number, name: None,
    *,
    stand_in: bool = False,
) -> str | None:
    """Analyse files, keep the good ones and the sentences about the others; give the digest of the last good one.

    What is here already under another name is not added again, and said.

    Args:
        files: name and bytes of each.
        progress: told the number, from 0, and the name of each file before it is analysed.
        stand_in: whether they stand in only until something is chosen.
    """
    from dtl.readers import SIZE_LIMIT

    results, uploads, failures, twins = {}, {}, {}, []
    size, new, count = visit.current().size, 0, len(visit.current().uploads)
    for number, (name, data) in enumerate(files):
        progress(number, name)
        digest = sha256(data).hexdigest()
        upload = Upload(name, data)
        if first := first_name(digest, name, visit.current(), uploads):
            twins.append((digest, name, first))
            continue
        if len(data) > SIZE_LIMIT:  # refused by the reader, and not kept
            failures[digest] = str(analyse_upload(upload))
            continue
        if refusal := _refusal(name, size + len(data), count + len(uploads) + 1, 0 if stand_in else new + len(data)):
            failures[digest] = refusal
            continue
        size, new = size + len(data), new + len(data)
        for key, each in _as_saved(digest, _laid_aside(digest, upload)).items():
            answer = analyse_upload(each)
            uploads[key] = each
            (failures if isinstance(answer, str) else results)[key] = answer
    last = next(reversed(results), None)
    before = visit.current()
    after = _without_example(before, results) if results else before
    visit.change(
        uploads={**after.uploads, **uploads},
        failures={d: text for d, text in after.failures.items() if d not in uploads} | failures,
        results={d: result for d, result in after.results.items() if d not in uploads} | results,
        stages=after.stages,
        example=(last or "") if stand_in else after.example,
        selected=last or after.selected,
        awaited={digest: spectrum for digest, spectrum in after.awaited.items() if digest not in uploads},
        notes={**after.notes, **_arrivals(before, results, uploads), **_again(before, failures), **sentences(twins)},
    )
    _delete_files(before)
    return last


def reread(digest: str, **changes: object) -> str | None:
    """Read one file again with other options; where that fails the earlier reading stays and a sentence is given.

    Args:
        digest: of the file.
        changes: fields of `dtl.readers.options.ReadOptions`, or ``bundle``, the name of the bundle that is wanted.
    """
    upload = visit.current().uploads[digest]
    if "bundle" in changes:
        upload = upload._replace(bundle=changes.pop("bundle"))
    try:
        upload = upload._replace(options=replace(upload.options, **changes))
    except UnusableInput as error:
        return str(error)
    answer = analyse_upload(upload)
    if isinstance(answer, str):
        return answer
    before = visit.current()
    after = _without_example(before, (digest,)) if digest in before.failures else before
    visit.change(
        uploads={**after.uploads, digest: upload},
        failures={d: text for d, text in after.failures.items() if d != digest},
        results={**after.results, digest: answer},
        stages=after.stages,
        example=after.example,
        selected=digest,
        notes={note: about for note, about in after.notes.items() if about != digest},  # of the reading before
    )
    _delete_files(before)
    return None


def separate(
    digest: str, parts: Sequence[Part], progress: Callable[[int, str], object] = lambda number, name: None
) -> str | None:
    """Make each of several spectra of one file one of the visit, in the place of the file.

    Where they are more than a visit takes, the file stays as it is and a sentence is given.

    Args:
        digest: of the file.
        parts: its spectra, see `dtl.readers.parts.parts_of`.
        progress: told the number, from 0, and the name of each before it is analysed.
    """
    from dtl.export.session import spectrum_key

    upload = visit.current().uploads[digest]
    each = {spectrum_key(digest, p.title): upload._replace(options=p.options, part=p.title) for p in parts}
    files = {*visit.current().uploads, *each} - {digest}
    if refusal := _refusal(f"Each of the {len(each)} spectra of {upload.name}", visit.current().size, len(files)):
        return refusal
    answers: dict[str, InferenceResult | str] = {}
    for number, (key, one) in enumerate(each.items()):
        progress(number, one.title)
        answers[key] = analyse_upload(one)
    good = {key: answer for key, answer in answers.items() if not isinstance(answer, str)}
    if not good:
        return None
    shown = (upload.options.row or 1, upload.options.extension)
    same = [key for key in good if (each[key].options.row or 1, each[key].options.extension) == shown]
    key = next(iter(same), next(iter(good)))
    before = visit.current()
    after = before.without(digest, *each)
    visit.change(
        results=_in_place(before.results, digest, good),
        uploads=_in_place(before.uploads, digest, each),
        failures=dict(after.failures) | {k: answer for k, answer in answers.items() if isinstance(answer, str)},
        stages=before.stages,
        selected=key,
        luminosities=_in_place(before.luminosities, digest, {key: before.luminosities.get(digest)}),
        stars=_in_place(before.stars, digest, {key: before.stars.get(digest)}),
    )
    return None


def _in_place(before: Mapping[str, object], digest: str, new: Mapping[str, object]) -> dict[str, object]:
    """A mapping with others in the place of one entry; as it is where it has no such entry."""
    rest = {key: value for key, value in before.items() if key not in new}
    return {
        key: value
        for old in before
        for key, value in (new.items() if old == digest else ((old, rest[old]),) if old in rest else ())
    }


def reanalyse(
    digests: Iterable[str], progress: Callable[[int, str], object] = lambda number, name: None, **changes: object
) -> list[str]:
    """Read files again as `reread` does; what fails keeps its result and gives a sentence, once for each.

    Args:
        digests: of the files.
        progress: told the number, from 0, and the name of each before it is read.
        changes: as of `reread`; ``bundle=None`` leaves the networks to the resolution of the spectra.
    """
    selected, problems = visit.current().selected, []
    for number, digest in enumerate(digests):
        if upload := visit.current().uploads.get(digest):
            progress(number, upload.title)
            problems.append(reread(digest, **changes))
    visit.change(selected=selected)
    return [problem for problem in problems if problem]


def remove(*digests: str) -> None:
    """Forget spectra or failures; without any spectrum left the example comes back."""
    before = visit.current()
    after = before.without(*digests)
    visit.change(
        results=after.results,
        uploads=after.uploads,
        failures=after.failures,
        stages=after.stages,
        notes=after.notes,
        example=before.example if after.results else None,
        luminosities=_left(before.luminosities, digests),
    )
    _delete_files(before)


def _left(luminosities: Mapping[str, LuminosityInput], removed: Sequence[str]) -> dict[str, LuminosityInput]:
    """The luminosities that were given, those of removed spectra as of another exposure of their star."""
    left = dict(luminosities)
    for digest in removed:
        heir = next((key for key in epochs.exposures_of(digest) if key not in removed), None)
        if heir and digest in left:
            left[heir] = left.pop(digest)
    return left


def _without_example(before: Visit, chosen: Iterable[str]) -> Visit:
    """A visit without the example that stands in, which stays where it is itself among the chosen digests."""
    after = before.without(before.example) if before.example and before.example not in chosen else before
    return replace(after, example=None if before.example else before.example)


def _refusal(name: str, size: int, count: int, new: int = 0) -> str:
    """Why a visit takes no further file, empty where it does; ``new`` is what all visits together do not hold yet."""
    try:
        holding.check(name, new)
        for limit, found in (("visit_bytes", size), ("visit_files", count)):
            limits.check(limit, found, lambda words: UnusableInput(f"{name} {words}"))
    except UnusableInput as error:
        return str(error)
    return ""


def _laid_aside(digest: str, upload: Upload) -> Upload:
    """The upload with its bytes in a file, where they are many and there is room."""
    if upload.size < _MIN_BYTES_ON_DISK:
        return upload
    folder = visit.current().folder
    try:
        if folder is None:
            folder = TemporaryDirectory(prefix="visit-", ignore_cleanup_errors=True)
            ending.at_end(folder.cleanup)
            visit.change(folder=folder)
        path = Path(folder.name, digest)
        with whole_file(path) as place:
            place.write_bytes(upload.data)
    except OSError as error:
        _log.warning("an upload stays in memory, as it cannot be written: %s", error.strerror)
        return upload
    return upload._replace(content=path)


def _delete_files(before: Visit) -> None:
    """Delete the files of the uploads that a visit held before and holds no more."""
    held = {upload.content for upload in visit.current().uploads.values() if isinstance(upload.content, Path)}
    for upload in before.uploads.values():
        if isinstance(upload.content, Path) and upload.content not in held:
            upload.content.unlink(missing_ok=True)
    holding.note()


def _as_saved(digest: str, upload: Upload) -> dict[str, Upload]:
    """The spectra of a file with the options that a restored session has for them, or the file as it is; by their key.

    A saved name could be a path; only what can be chosen here is taken.
    """
    return {
        key: upload._replace(
            options=saved.options, bundle=saved.bundle if saved.bundle in bundles.available() else None, part=saved.part
        )
        for key, saved in visit.current().awaited.items()
        if saved.sha256 == digest
    } or {digest: upload}


def _arrivals(before: Visit, results: Mapping[str, InferenceResult], uploads: Mapping[str, Upload]) -> dict[str, str]:
    """What is not as it was saved of spectra that a restored session knows: sentence -> digest."""
    awaited = before.awaited
    if not awaited:
        return {}
    from dtl.export.session import departure

    notes = {departure(awaited[d].row, r.row()): d for d, r in results.items() if d in awaited and awaited[d].row}
    names = {spectrum.file for digest, spectrum in awaited.items() if digest not in uploads}
    notes |= {
        f"{upload.name} is not the file that the saved session knows by this name: its content is another. It was "
        "analysed as a new spectrum, and the saved one is awaited still.": digest
        for digest, upload in uploads.items()
        if digest not in awaited and upload.name in names
    }
    return {note: digest for note, digest in notes.items() if note}


def _again(before: Visit, failures: Mapping[str, str]) -> dict[str, str]:
    """A sentence on each file that came once more and cannot be used as before -> its digest."""
    return {
        f"{before.uploads[digest].name} was tried again and cannot be used, for the same reason as before.": digest
        for digest, reason in failures.items()
        if digest in before.uploads and before.failures.get(digest) == reason
    }
