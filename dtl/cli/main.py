"""Command line: ``dtl``, or ``python -m dtl``. Parses the arguments and runs the command they name."""

from __future__ import annotations

import argparse
import codecs
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from dtl import __version__
from dtl.cli import (
    adapt,
    app,
    benchmark,
    evaluate,
    examples,
    grid,
    merge,
    predict,
    sample_size,
    search,
    simulate,
    train,
)

__all__ = ["main"]

#: In the order of the help.
_COMMANDS = (predict, merge, app, adapt, train, search, grid, simulate, evaluate, sample_size, benchmark, examples)

#: How signs are printed where the terminal or the file has no such: a minus must not become a question mark.
_PLAIN = {"−": "-", "–": "-", "±": "+/-", "…": "...", "Å": "A", "µ": "u", "λ": "lambda", "×": "x", "→": "->"}

#: Exit status of what ends because nobody reads its output any more, as shells give it: 128 + SIGPIPE.
_PIPE_CLOSED = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0, or 2 for unusable arguments or input; 130 or 141 where it was ended.

    Args:
        arguments: those of the process where None.
    """
    codecs.register_error("plain", _in_plain_signs)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="plain")
    options = _parser().parse_args(arguments)
    if sys.stdout is None:
        print("The standard output is closed, so nothing can be printed; send it to a file.", file=sys.stderr)
        return 2
    from dtl.spectrum import UnusableInput  # here: help comes without numpy

    try:
        with warnings.catch_warnings():
            if not sys.warnoptions:
                warnings.simplefilter("ignore")  # of libraries, about what a sentence or a flag says in words
            status = options.run(options)
            sys.stdout.flush()  # what cannot be written is said here, not while the interpreter ends
            return status
    except UnusableInput as error:
        print(error, file=sys.stderr)
    except ModuleNotFoundError as error:
        if (error.name or "dtl").split(".")[0] == "dtl":  # a fault of the program itself
            raise
        print(
            f"{error.name}: this library is not installed for {sys.executable}; install the program there "
            "(`pip install .`), or use the Python that has it.",
            file=sys.stderr,
        )
    except BrokenPipeError:  # who reads the output, as `head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains at its end
        return _PIPE_CLOSED
    except OSError as error:
        reason = error.strerror or error
        print(f"{error.filename or 'output'} cannot be used ({reason}); choose another place.", file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped by the user", file=sys.stderr)
        return 130
    return 2


def _in_plain_signs(error: UnicodeError) -> tuple[str, int]:
    """What stands for signs that cannot be written: as `codecs.register_error` asks for."""
    signs = error.object[error.start : error.end]
    return "".join(_PLAIN.get(sign, "?") for sign in signs), error.end


class _Parser(argparse.ArgumentParser):
    """Refuses arguments in one sentence, without all that could be given."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}; see {self.prog} --help.\n")


def _parser() -> argparse.ArgumentParser:
    as_module = Path(sys.argv[0]).name == "__main__.py"
    parser = _Parser(
        prog="python -m dtl" if as_module else "dtl",
        description="Stellar parameters of M dwarfs from high-resolution spectra.",
    )
    parser.add_argument("--version", action="version", version=f"dtl {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in _COMMANDS:
        command.add(commands)
    return parser
