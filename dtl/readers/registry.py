"""The formats, in the order in which they are tried, and the function that reads any of them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from dtl.readers import numpy_arrays, votable
from dtl.readers.arrays.columns import Column, usable
from dtl.readers.assembly import assemble
from dtl.readers.contents import Contents
from dtl.readers.fits_files import carmenes, chiron, fits_spectrum, hpf
from dtl.readers.options import ReadOptions
from dtl.readers.source import Source, open_source, sanitise
from dtl.readers.text_files import ecsv, text
from dtl.spectrum import Spectrum, UnusableInput
from dtl.wavelengths import Window

__all__ = ["FORMATS", "Format", "Reading", "read_columns", "read_contents", "read_first", "read_spectrum"]

_Read = TypeVar("_Read")


@dataclass(frozen=True)
class Format:
    """A format.

    Attributes:
        label: for people.
        identify: whether a source is of this format, by its content.
        read: arrays and claims of a source of this format.
        columns: the columns of numbers of a source of this format; None where it is no table.
        extensions: whether one of the extensions or tables of a file can be asked for.
    """

    label: str
    identify: Callable[[Source], bool]
    read: Callable[[Source, ReadOptions, Window], Contents]
    columns: Callable[[Source, ReadOptions, Window], list[Column]] | None = None
    extensions: bool = False


@dataclass(frozen=True)
class Reading:
    """What was read of a file, before unit, medium, frame and order are settled.

    Attributes:
        source: the file, without its bytes.
        contents: its arrays and claims.
        window: that it was read for.
    """

    source: Source
    contents: Contents
    window: Window

    @property
    def size(self) -> int:
        """Bytes of its arrays."""
        return sum(getattr(part, "nbytes", 0) for part in vars(self.contents).values())

    def spectrum(self, options: ReadOptions, name: str | None = None) -> Spectrum:
        """The spectrum with what the user says; any number of times.

        Args:
            options: of which those about columns counted when the file was read.
            name: of this spectrum for people; that of the file where None.

        Raises:
            UnusableInput: with one sentence, as `read_spectrum`.
        """
        source = replace(self.source, name=sanitise(name or self.source.name, 120))
        with _in_words(source):
            contents = replace(self.contents, findings=list(self.contents.findings), flags=set(self.contents.flags))
            for describe in contents.describe:
                describe(contents, source, options, self.window)
            return assemble(contents, source, options, self.window)


#: Special layouts come before general ones.
FORMATS: tuple[Format, ...] = (
    Format("HPF (team's pipeline or Goldilocks)", hpf.identify, hpf.read),
    Format("SERVAL template", carmenes.identify_template, carmenes.read_template),
    Format("CARMENES exposure (CARACAL)", carmenes.identify_exposure, carmenes.read_exposure),
    Format("CHIRON cube", chiron.identify, chiron.read),
    Format(
        "FITS: tables, image extensions, rows of an image, one-dimensional images, IRAF multispec",
        fits_spectrum.identify,
        fits_spectrum.read,
        fits_spectrum.columns,
        extensions=True,
    ),
    Format("NumPy archive or array", numpy_arrays.identify, numpy_arrays.read, numpy_arrays.columns, extensions=True),
    Format("VOTable", votable.identify, votable.read, votable.columns, extensions=True),
    Format("ECSV table", ecsv.identify, ecsv.read, ecsv.columns),
    Format("Libre-ESpRIT text (ESPaDOnS, NARVAL)", text.identify_espadons, text.read_espadons, text.espadons_columns),
    Format("text table", text.identify, text.read, text.columns),
)


def read_spectrum(
    source: str | os.PathLike | bytes,
    *,
    window: Window,
    name: str | None = None,
    options: ReadOptions | None = None,
) -> Spectrum:
    """Read a spectrum around a window from a file or an upload of any known format.

    Args:
        source: a path, or the bytes of an upload.
        window: that is wanted, see `dtl.bundle.model.ModelBundle.window`.
        name: of the file, for messages; taken from the path where there is one.
        options: answers of the user that replace what the file says or a guess.

    Returns:
        Vacuum Angstrom, strictly increasing, to 40 on either side of the window; bad pixels NaN.

    Raises:
        UnusableInput: with one sentence that names the file, what is wrong, the likely cause and the remedy.
    """
    options = options or ReadOptions()
    return read_contents(source, name=name, options=options, window=window).spectrum(options)


def read_contents(
    source: str | os.PathLike | bytes,
    *,
    window: Window,
    name: str | None = None,
    options: ReadOptions | None = None,
) -> Reading:
    """Read a file as far as it depends on nothing but its columns; `Reading.spectrum` settles the rest.

    Args:
        source: a path, or the bytes of an upload.
        window: that is wanted, see `dtl.bundle.model.ModelBundle.window`.
        name: of the file, for messages; taken from the path where there is one.
        options: answers of the user, of which those about columns count here.

    Raises:
        UnusableInput: with one sentence, as `read_spectrum`.
    """
    opened = open_source(source, name)
    with _in_words(opened):
        form, options = _format_of(opened), options or ReadOptions()
        if options.extension is not None and not form.extensions:
            raise opened.refuse(
                f"was to be read from its extension '{sanitise(options.extension, 30)}', but a file of this kind "
                f"({form.label}) is read as a whole; leave out the extension."
            )
        contents = form.read(opened, options, window)
    return Reading(Source(opened.name, b"", opened.compressed), contents, window)


def read_first(windows: Sequence[Window], read: Callable[[Window], _Read]) -> tuple[_Read, Window]:
    """Read a file for the first of several windows that it reaches.

    Args:
        windows: in the order in which they are tried.
        read: reads the file for a window.

    Returns:
        What ``read`` gave, and the window that it was read for.

    Raises:
        UnusableInput: where it reaches none of them; the sentence is about the first.
    """
    refusal: UnusableInput | None = None
    for window in windows:
        try:
            return read(window), window
        except UnusableInput as error:
            refusal = refusal or error
    raise refusal or UnusableInput("There are no trained networks to read a file for; install the program again.")


def read_columns(
    source: str | os.PathLike | bytes, *, window: Window, name: str | None = None, extension: str | None = None
) -> list[Column]:
    """The columns of a table as they stand in the file; empty where the file is no table of numbers."""
    try:
        opened = open_source(source, name)
        with _in_words(opened):
            form = _format_of(opened)
            return usable(form.columns(opened, ReadOptions(extension=extension), window)) if form.columns else []
    except UnusableInput:
        return []


@contextmanager
def _in_words(source: Source) -> Iterator[None]:
    """Turn whatever a parser raises into one sentence, and release the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # astropy's notes on header cards are not for the person who uploads
            yield
    except (UnusableInput, MemoryError):  # that memory is lacking says nothing of the file
        raise
    except Exception as error:
        # damage can strike anywhere in a parser; whatever it raises, a person gets a sentence
        raise source.refuse(
            f"cannot be read ({type(error).__name__}: {sanitise(error, 100).rstrip('.')}), probably because it is "
            "damaged or in a layout unknown here; fetch it again, or export the spectrum as ECSV."
        ) from error
    finally:
        source.close()


def _format_of(source: Source) -> Format:
    chosen = next((form for form in FORMATS if form.identify(source)), None)
    if chosen is None:
        raise _unknown(source)
    return chosen


def _unknown(source: Source) -> UnusableInput:
    if source.is_fits:
        return source.refuse(
            "is a FITS file without any data, probably only a header; give the file that holds the spectrum itself."
        )
    return source.refuse(
        "is neither FITS nor text, so no spectrum can be found in it; give a FITS file, an ECSV table or a text table "
        "with the columns wavelength and flux."
    )
