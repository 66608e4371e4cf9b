"""A visit in one JSON file: which spectra, read how, with what results and views; the spectra too where wished."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import math
import zlib
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256

import dtl
from dtl.catalogue.luminosity import LuminosityInput
from dtl.export.session_values import (
    BadValue,
    as_dict,
    as_digest,
    as_key,
    as_number,
    as_options,
    as_row,
    as_settings,
    as_text,
)
from dtl.readers import limits
from dtl.readers.options import ReadOptions
from dtl.readers.source import SIZE_LIMIT
from dtl.result import PARAMETERS
from dtl.rounding import format_number
from dtl.spectrum import UnusableInput

__all__ = [
    "FORMAT",
    "LIMIT",
    "SavedSession",
    "SavedSpectrum",
    "card_digest",
    "departure",
    "read_session",
    "spectrum_key",
]

#: Version of the file; a reader refuses any other.
FORMAT = 1
#: Bytes of the largest file that is read, and of the spectra in it once they are unpacked.
LIMIT, _UNPACKED_LIMIT = limits.most("session_bytes"), 200 * 2**20
_KIND = "dtl session"
_MAX_SPECTRA = 10_000


def spectrum_key(sha256: str, part: str = "") -> str:
    """By what a visit knows a spectrum: the sha256 of its file, and which it is where the file holds several."""
    return f"{sha256}#{part}" if part else sha256


@dataclass(frozen=True)
class SavedSpectrum:
    """A spectrum of a visit.

    Attributes:
        file: name of its file.
        sha256: of its bytes, as 64 hexadecimal digits.
        options: of its reading.
        bundle: name of the bundle that was asked for, None for that of the resolution.
        row: its result, columns of `dtl.result.COLUMNS`; None where there was none.
        data: its bytes, None where they are not in the file of the session.
        part: which spectrum of the file it is, where it holds several, see `dtl.readers.parts`.
    """

    file: str
    sha256: str
    options: ReadOptions = ReadOptions()
    bundle: str | None = None
    row: dict[str, object] | None = None
    data: bytes | None = None
    part: str = ""

    @property
    def key(self) -> str:
        """By what a visit knows it."""
        return spectrum_key(self.sha256, self.part)


@dataclass(frozen=True)
class SavedSession:
    """A visit.

    Attributes:
        spectra: its files, in the order of arrival.
        settings: name of a view option -> its value, a scalar or a list of scalars.
        luminosities: key of a spectrum -> luminosity that was given for its star.
        stars: key of a spectrum -> CARMENES identifier that was given for its star, empty for none.
        selected: key of the spectrum shown.
        bundles: name of each bundle used -> its ``version`` and the sha256 of its card, ``card_sha256``.
        software: that wrote it, as ``dtl 0.1.0``.
        saved: when, UTC, ISO 8601.
    """

    spectra: tuple[SavedSpectrum, ...]
    settings: dict[str, object] = field(default_factory=dict)
    luminosities: dict[str, LuminosityInput] = field(default_factory=dict)
    stars: dict[str, str] = field(default_factory=dict)
    selected: str | None = None
    bundles: dict[str, dict[str, str]] = field(default_factory=dict)
    software: str = f"dtl {dtl.__version__}"
    saved: str = ""

    def to_json(self, *, embed: bool) -> bytes:
        """The file, with the bytes of the spectra that are at hand where ``embed``.

        Raises:
            UnusableInput: where it would be too large to be read again.
        """
        first: dict[str, int] = {}  # the bytes of a file are written once
        for place, spectrum in enumerate(self.spectra):
            if spectrum.data is not None:
                first.setdefault(spectrum.sha256, place)
        content = {
            "format": _KIND,
            "format_version": FORMAT,
            "software": self.software,
            "saved": self.saved or datetime.now(UTC).isoformat(timespec="seconds"),
            "bundles": self.bundles,
            "selected": self.selected,
            "settings": self.settings,
            "luminosities": {digest: given._asdict() for digest, given in self.luminosities.items()},
            "stars": self.stars,
            "spectra": [_written(spectrum, embed and place == first.get(spectrum.sha256))
                        for place, spectrum in enumerate(self.spectra)],
        }  # fmt: skip
        text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False).encode()
        if len(text) > LIMIT:
            raise UnusableInput(
                f"With its spectra the session has {len(text) // 10**6} MB, and {LIMIT // 10**6} MB is the most that "
                "can be restored; save it without them."
            )
        return text


def read_session(content: bytes, name: str) -> SavedSession:
    """Read the file of a session, trusting nothing in it.

    Args:
        content: of the file.
        name: of the file, for people.

    Raises:
        UnusableInput: with one sentence that names what is wrong.
    """
    limits.check("session_bytes", len(content), lambda words: UnusableInput(f"{name} {words}"))
    try:
        tree = json.loads(content, parse_constant=_refuse_constant)
        json.dumps(tree, ensure_ascii=False).encode()  # halves of letters could be neither shown nor saved again
    except (ValueError, RecursionError) as error:
        raise UnusableInput(
            f"{name} is no JSON file, or only a part of one; choose the file that “Save the session” gave you."
        ) from error
    if not isinstance(tree, dict) or tree.get("format") != _KIND:
        raise UnusableInput(f"{name} is no saved session; choose the file that “Save the session” gave you.")
    if tree.get("format_version") != FORMAT:
        raise UnusableInput(
            f"{name} has version {_shown(tree.get('format_version'), 20)} of the format and this program reads version "
            f"{FORMAT}; use the version of the program that wrote it ({_shown(tree.get('software'), 40)})."
        )
    try:
        return _session(tree)
    except BadValue as error:
        raise UnusableInput(f"{name} cannot be restored: {error}; it was changed or damaged.") from error


def departure(saved: dict[str, object], now: dict[str, object]) -> str:
    """How a result differs from the saved one, as a sentence; empty where it does not.

    Numbers that agree to a hundredth of the interval, or to the decimals shown, are the same.
    """
    changes = []
    for name, (label, unit, places) in PARAMETERS.items():
        before, old = _shown_value(saved, name, places)
        after, new = _shown_value(now, name, places)
        if before is None or not math.isfinite(before):
            continue
        width = float(saved.get(f"{name}_lower") or 0) + float(saved.get(f"{name}_upper") or 0)
        if after is None:
            changes.append(f"{label} {old} is now withheld")
        elif (old[0] == "<") != (new[0] == "<") or (
            old != new and abs(after - before) > max(0.01 * width, 0.5 * 10.0**-places)
        ):
            changes.append(f"{label} {old} is now {new}" + f" {unit}" * (name != "logg"))
    other = saved.get("bundle") != now["bundle"]
    if not changes and not other:
        return ""
    if other:
        why = f"saved with the networks {saved.get('bundle')}, computed again with {now['bundle']}"
    else:
        why = "computed again with networks of the same name and version, and yet"
    return f"{now['file']}: {why}: {', '.join(changes) or 'the same values in the figures shown'}."


def _shown_value(row: dict[str, object], name: str, places: int) -> tuple[float | None, str]:
    """A value of a row, or the upper limit in its place, and how it is shown; None for one that is withheld."""
    value, limit = row.get(name), row.get(f"{name}_limit")
    shown = value if limit is None else limit
    if shown is None:
        return None, ""
    return float(shown), "< " * (limit is not None) + format_number(float(shown), places)


def card_digest(card: dict[str, object]) -> str:
    """The sha256 of the card of a bundle, whatever the order and spacing of its text."""
    return sha256(json.dumps(card, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _written(spectrum: SavedSpectrum, embed: bool) -> dict[str, object]:
    row = spectrum.row and {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in spectrum.row.items()
    }
    packed = None
    if embed and spectrum.data is not None:
        packed = base64.b64encode(gzip.compress(spectrum.data, 6, mtime=0)).decode()
    return {
        "file": spectrum.file,
        "part": spectrum.part,
        "sha256": spectrum.sha256,
        "options": asdict(spectrum.options),
        "bundle": spectrum.bundle,
        "result": row,
        "data": packed,
    }


def _shown(value: object, longest: int) -> str:
    return "".join(c for c in str(value)[:longest] if c.isprintable())


def _refuse_constant(word: str) -> float:
    raise ValueError(word)


def _session(tree: dict[str, object]) -> SavedSession:
    listed = tree.get("spectra")
    if not isinstance(listed, list) or len(listed) > _MAX_SPECTRA:
        raise BadValue("its list of spectra is missing")
    spectra, room = [], _UNPACKED_LIMIT
    for number, entry in enumerate(listed, 1):
        spectrum = _spectrum(entry, f"spectrum {number}", room)
        room -= len(spectrum.data or b"")
        spectra.append(spectrum)
    known = {spectrum.sha256: spectrum.data for spectrum in spectra if spectrum.data is not None}
    spectra = [replace(spectrum, data=known.get(spectrum.sha256)) for spectrum in spectra]
    keys = [spectrum.key for spectrum in spectra]
    if len(set(keys)) < len(keys):
        raise BadValue("it names a spectrum twice")
    selected = tree.get("selected")
    luminosities = as_dict(tree.get("luminosities"), "luminosities")
    bundles = as_dict(tree.get("bundles"), "bundles")
    return SavedSession(
        spectra=tuple(spectra),
        settings=as_settings(tree.get("settings")),
        luminosities={
            as_key(key, "luminosities"): _luminosity(as_dict(value, "luminosities"))
            for key, value in luminosities.items()
        },
        stars={
            as_key(key, "stars"): as_text(star, "the name of a star", longest=60)
            for key, star in as_dict(tree.get("stars", {}), "stars").items()
        },
        selected=selected if selected in keys else None,
        bundles={
            as_text(key, "the name of a bundle"): {
                field: as_text(as_dict(value, "bundles").get(field), f"{field} of a bundle")
                for field in ("version", "card_sha256")
            }
            for key, value in bundles.items()
        },
        software=as_text(tree.get("software"), "software"),
        saved=as_text(tree.get("saved"), "saved"),
    )


def _luminosity(entry: dict[str, object]) -> LuminosityInput:
    return LuminosityInput(
        as_number(entry.get("value"), "a luminosity", low=1e-6, high=1e4),
        as_number(entry.get("error"), "the error of a luminosity", low=0.0, high=1e4),
        as_text(entry.get("source"), "the source of a luminosity"),
    )


def _spectrum(entry: object, where: str, room: int) -> SavedSpectrum:
    entry = as_dict(entry, where)
    file, digest = as_text(entry.get("file"), f"file of {where}"), as_digest(entry.get("sha256"), where)
    bundle, packed = entry.get("bundle"), entry.get("data")
    data = None if packed is None else _unpacked(packed, file, room)
    if data is not None and sha256(data).hexdigest() != digest:
        raise BadValue(f"the bytes of {file} do not have the checksum that is noted")
    return SavedSpectrum(
        file=file,
        sha256=digest,
        options=as_options(entry.get("options"), where),
        bundle=None if bundle is None else as_text(bundle, f"bundle of {where}"),
        row=None if entry.get("result") is None else as_row(entry["result"], where),
        data=data,
        part=as_text(entry.get("part", ""), f"part of {where}", longest=60),
    )


def _unpacked(packed: object, file: str, room: int) -> bytes:
    """Bytes of an embedded spectrum, no more than the readers take."""
    try:
        pressed = base64.b64decode(as_text(packed, f"data of {file}", longest=LIMIT), validate=True)
        most = min(SIZE_LIMIT, room)
        unpacker = zlib.decompressobj(wbits=31)
        data = unpacker.decompress(pressed, most + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise BadValue(f"the bytes of {file} cannot be unpacked") from error
    if len(data) > most:
        raise BadValue(f"{file} is larger than a spectrum may be")
    if not unpacker.eof:
        raise BadValue(f"the bytes of {file} end too early")
    return data
