"""``dtl predict``: parameters of spectra."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dtl.cli.arguments import add_reading, check_output, filled, reading
from dtl.cli.engine import add_engine, engine_of
from dtl.cli.paths import expand_paths, names_of
from dtl.cli.progress import Progress

if TYPE_CHECKING:
    from dtl.bundle.model import ModelBundle
    from dtl.bundle.selector import BundleSelector
    from dtl.readers.options import ReadOptions
    from dtl.readers.parts import Part
    from dtl.result import InferenceResult

__all__ = ["add"]


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    parser = commands.add_parser("predict", help="parameters of spectra")
    parser.add_argument(
        "path",
        nargs="+",
        type=filled,
        help="files of spectra, in any of the formats the app reads; folders, without those inside; patterns in "
        "quotes, as 'DIR/**/*.fits'; @list.txt, a path a line",
    )
    parser.add_argument(
        "--bundle",
        type=filled,
        metavar="NAME",
        help="name of a shipped bundle, or a folder (default: by the resolution of each spectrum)",
    )
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="one JSON object a line")
    output.add_argument(
        "--output",
        type=filled,
        metavar="FILE",
        help="table; the ending names the format, as .ecsv, .fits, .csv or .tex",
    )
    output.add_argument(
        "--into",
        type=filled,
        metavar="RUN",
        help="folder of a run, for any number of files; the same command goes on with one that was stopped, and `dtl "
        "merge RUN --output FILE` makes its table",
    )
    add_engine(parser, "processes that read files, with --into (default: all processors)")
    parser.add_argument(
        "--report", type=filled, metavar="FILE.zip", help="archive of tables, figures, log, versions, citations"
    )
    add_reading(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    import torch

    from dtl.bundle.selector import shipped_by_resolution
    from dtl.bundle.store import load_bundle
    from dtl.inference.analyse import analyse, analyse_rows
    from dtl.readers.parts import Part
    from dtl.spectrum import UnusableInput

    if options.output:
        from dtl.export.tables import ENDINGS, write_table  # with the tables of Astropy, which take long to load

        check_output(options.output, ENDINGS, "a table")
    if options.report:
        check_output(options.report, [".zip"], "a report")
    if options.into and options.report:
        raise UnusableInput("--into writes the parts of a table and goes with --workers; leave out --report.")
    for name in ("workers", "scheduler"):
        if getattr(options, name) and not options.into:
            raise UnusableInput(f"--{name} is for runs of many files; give --into RUN too.")
    torch.set_num_threads(1)  # one spectrum gains nothing from more, and waits for them on a busy machine
    known = reading(options)
    bundle = load_bundle(options.bundle) if options.bundle else shipped_by_resolution()
    results, used, status = [], [], 0  # of what was used: path, options, and which spectrum of the file it is
    paths = expand_paths(options.path)
    _check_not_read(paths, options.output, options.report)
    if options.into:
        return _predict_into(options, paths, bundle, known)
    with Progress(quiet=True) as progress:
        for i, (path, name) in enumerate(zip(paths, names_of(paths), strict=True)):
            if options.output:  # otherwise the answers themselves show how far the work is
                progress("predict", i / len(paths), Path(path).name)
            try:
                if options.row == "all":
                    found = analyse_rows(path, bundle=bundle, name=name, options=known)
                else:
                    found = [(Part("", known), analyse(path, bundle=bundle, name=name, options=known))]
            except UnusableInput as error:
                progress.say(error)
                status = 2
                continue
            for part, result in found:
                if isinstance(result, UnusableInput):
                    progress.say(result)
                    status = 2
                    continue
                results.append(result)
                used.append((path, part))
                if options.json:
                    from dtl.export.tables import json_line

                    print(json_line(result), flush=True)
                elif not options.output:
                    _print(result)
    if options.output and results:
        write_table(results, options.output)
    if options.report and results:
        _report(options, results, used)
    return status


def _check_not_read(paths: list[str], *outputs: str | None) -> None:
    """Make sure that no file of the results is one of those that are read.

    Raises:
        UnusableInput: where one is.
    """
    from dtl.spectrum import UnusableInput

    for output in outputs:
        if output and Path(output).exists() and any(Path(p).exists() and Path(p).samefile(output) for p in paths):
            raise UnusableInput(f"{output} is one of the files to be read; choose another place.")


def _predict_into(
    options: argparse.Namespace, paths: list[str], bundle: ModelBundle | BundleSelector, known: ReadOptions
) -> int:
    import os

    from dtl.batch.prediction import predict_into

    inputs = [(os.path.abspath(path), name) for path, name in zip(paths, names_of(paths), strict=True)]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with Progress() as progress:
        files, refused = predict_into(
            options.into,
            inputs,
            bundle,
            options=known,
            every=options.row == "all",
            engine=engine_of(options, progress.say, cores),
            progress=lambda fraction, text: progress("predict", fraction, text),
        )
    words = f", {refused} not usable, see {Path(options.into) / 'failures.ecsv'}" if refused else ""
    counted = f"{files} file" if files == 1 else f"{files} files"
    print(f"{options.into}: {counted}{words}; the table: dtl merge {options.into} --output FILE", file=sys.stderr)
    return 2 if refused else 0


def _report(options: argparse.Namespace, results: list[InferenceResult], used: list[tuple[str, Part]]) -> None:
    from hashlib import sha256

    from dtl.export.report import Reported, report_archive
    from dtl.resources import whole_file

    digests = {path: sha256(Path(path).read_bytes()).hexdigest() for path, _ in used}
    reported = [
        Reported(result, digests[path], part.options, options.bundle, part=part.title)
        for result, (path, part) in zip(results, used, strict=True)
    ]
    with Progress() as progress:
        archive = report_archive(reported, progress=lambda fraction, text: progress("report", fraction, text))
    with whole_file(options.report) as place:
        place.write_bytes(archive)


def _print(result: InferenceResult) -> None:
    """A result for people."""
    from dtl.result import FRAME_WORDS, PARAMETERS
    from dtl.rounding import estimate_words, format_number, format_with_error

    prepared = result.prepared
    print(f"{prepared.spectrum.file}  {prepared.spectrum.star}  {prepared.spectrum.instrument}".rstrip())
    velocity = format_with_error(prepared.rv, prepared.rv_error)
    print(f"  rv      {velocity} km/s ({FRAME_WORDS[prepared.rv_frame]}), S/N {format_number(prepared.snr, 0)}")
    for name, (label, _, _) in PARAMETERS.items():
        estimate = result.estimates[name]
        limit = "  (upper limit, 95 %)" if estimate.limit is not None else ""
        print(f"  {label:8s}{estimate_words(name, estimate)}{limit}")
    print(f"  flags   {', '.join(result.flags) or 'none'}")
    for flag in result.flags:
        print(f"          {flag}: {result.explain(flag)}")
    findings = prepared.spectrum.findings
    for finding in findings:
        if finding.source == "guessed" and finding.name != "models":
            print(f"  guessed {finding.name}: {finding.value}" + (f" ({finding.reason})" if finding.reason else ""))
    because = next((f", because {f.reason}" for f in findings if f.name == "models"), "")
    print(f"  models  {result.bundle}{because}", flush=True)
