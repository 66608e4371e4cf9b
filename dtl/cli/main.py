"""Command line: ``python -m dtl predict | adapt | train | search | simulate | grid | benchmark | examples``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dtl.cli.adapt import add_adapt, add_simulate
from dtl.cli.arguments import add_reading, count, reading
from dtl.cli.evaluate import add_evaluate, add_gap, add_sample_size
from dtl.spectrum import UnusableInput

if TYPE_CHECKING:
    from dtl.grid.build import Grid, GridSettings
    from dtl.readers.options import ReadOptions
    from dtl.result import InferenceResult

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0, or 2 for unusable arguments or input."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except UnusableInput as error:
        print(error, file=sys.stderr)
    except OSError as error:
        reason = error.strerror or error
        print(f"{error.filename or 'output'}: cannot be used ({reason}); choose another place.", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dtl", description="Stellar parameters of M dwarfs from spectra in 8800-8835 Angstrom."
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    predict = commands.add_parser("predict", help="parameters of spectra")
    predict.add_argument("path", nargs="+", help="files of spectra, in any of the formats the app reads")
    predict.add_argument(
        "--bundle", help="name of a shipped bundle, or a folder (default: by the resolution of each spectrum)"
    )
    output = predict.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="one JSON object a line")
    output.add_argument("--output", metavar="FILE", help="table: .ecsv, .fits, .vot or .csv")
    predict.add_argument("--report", metavar="FILE.zip", help="archive of tables, figures, log, versions, citations")
    add_reading(predict)
    predict.set_defaults(run=_predict)

    add_adapt(commands, _Bars)

    train = commands.add_parser("train", help="train a bundle; goes on where a killed run stood")
    train.add_argument("config", help="as assets/configs/common-r50000.toml")
    train.add_argument("--output", required=True, type=Path, metavar="DIR", help="folder of the bundle")
    source = train.add_mutually_exclusive_group(required=True)
    source.add_argument("--phoenix", metavar="DIR", help="folder of the library; the grid is built first")
    source.add_argument("--grid", metavar="FILE", help="grid written by `grid build`")
    train.add_argument(
        "--checkpoints", type=Path, metavar="DIR", help="where a killed run is resumed from (default: runs/NAME)"
    )
    train.add_argument(
        "--networks", metavar="BUNDLE", help="take the networks of this bundle; transfer, calibration and figures anew"
    )
    train.set_defaults(run=_train)

    _add_search(commands)
    add_simulate(commands, _Bars)

    grid = commands.add_parser("grid", help="grids of synthetic spectra")
    actions = grid.add_subparsers(required=True, metavar="action")
    add_gap(actions)
    build = actions.add_parser("build", help="build one from a library")
    build.add_argument("--phoenix", required=True, metavar="DIR", help="folder of the library")
    build.add_argument("--output", required=True, metavar="FILE", help="grid, .npz")
    build.add_argument("--config", help="training config whose [grid] is built (default: the published full grid)")
    build.set_defaults(run=_build_grid)
    fetch = actions.add_parser("download", help="fetch the PHOENIX files that one needs; goes on where it was stopped")
    fetch.add_argument("--to", required=True, metavar="DIR", help="folder of the library")
    fetch.add_argument("--config", help="training config whose [grid] is wanted (default: the published full grid)")
    fetch.add_argument("--server", metavar="URL", help="address of the folder HiResFITS (default: in Göttingen)")
    fetch.set_defaults(run=_download_grid)

    add_evaluate(commands, _Bars)
    add_sample_size(commands, _Bars)

    benchmark = commands.add_parser("benchmark", help="how long an answer takes on this machine")
    benchmark.add_argument("--json", action="store_true", help="one JSON object")
    benchmark.add_argument("--file", metavar="PATH", help="spectrum (default: a shipped example)")
    benchmark.add_argument("--bundle", default="common-r50000", help="name of a shipped bundle, or a folder")
    benchmark.add_argument("--repeat", type=count, default=7, metavar="N", help="runs whose median is taken")
    benchmark.set_defaults(run=_benchmark)

    examples = commands.add_parser("examples", help="render the shipped examples anew")
    examples.add_argument("--bundle", default="common-r50000")
    examples.add_argument("--output", default="assets/examples", metavar="DIR")
    examples.set_defaults(run=_examples)
    return parser


def _add_search(commands: argparse._SubParsersAction) -> None:
    search = commands.add_parser("search", help="search for settings; goes on where a killed search stood")
    search.add_argument("config", help="as assets/configs/common-r50000.toml")
    source = search.add_mutually_exclusive_group(required=True)
    source.add_argument("--phoenix", metavar="DIR", help="folder of the library; the grid is built first")
    source.add_argument("--grid", metavar="FILE", help="grid written by `grid build`")
    search.add_argument("--preset", choices=("published", "budget"), required=True, help="what is searched, and how")
    search.add_argument("--output", required=True, type=Path, metavar="FILE.json", help="table of all candidates")
    search.add_argument("--engine", choices=("joblib", "dask", "serial"), default="joblib", help="what runs the jobs")
    search.add_argument("--workers", type=count, default=1, metavar="N", help="processes")
    search.add_argument("--cluster", metavar="ADDRESS", help="of a running Dask scheduler, which runs the jobs")
    search.add_argument("--write", metavar="DIR", help="write the table into the card of this bundle (a folder) too")
    search.set_defaults(run=_search)


def _predict(options: argparse.Namespace) -> int:
    import torch

    from dtl.bundle.selector import shipped_by_resolution
    from dtl.bundle.store import load_bundle
    from dtl.export.tables import FORMATS, json_line, write_table
    from dtl.inference.analyse import analyse

    if options.output and Path(options.output).suffix.lower() not in FORMATS:
        raise UnusableInput(f"{options.output}: unknown kind of table; let the name end in {', '.join(FORMATS)}.")
    if options.report and Path(options.report).suffix.lower() != ".zip":
        raise UnusableInput(f"{options.report}: a report is a zip archive; let the name end in .zip.")
    torch.set_num_threads(1)  # one spectrum gains nothing from more, and waits for them on a busy machine
    bundle = load_bundle(options.bundle) if options.bundle else shipped_by_resolution()
    known = reading(options)
    results, used, status = [], [], 0
    for path in options.path:
        try:
            result = analyse(path, bundle=bundle, options=known)
        except UnusableInput as error:
            print(error, file=sys.stderr)
            status = 2
            continue
        results.append(result)
        used.append(path)
        if options.json:
            print(json_line(result), flush=True)
    if options.output and results:
        write_table(results, options.output)
    elif not options.json and results:
        _print_table(results)
    if options.report and results:
        _report(options, results, used, known)
    return status


def _report(options: argparse.Namespace, results: list[InferenceResult], paths: list[str], known: ReadOptions) -> None:
    from hashlib import sha256

    from dtl.export.report import Reported, report_archive

    digests = [sha256(Path(path).read_bytes()).hexdigest() for path in paths]
    reported = [Reported(*pair, known, options.bundle) for pair in zip(results, digests, strict=True)]
    with _Bars() as bars:
        archive = report_archive(reported, progress=lambda fraction, text: bars("report", fraction, text))
    Path(options.report).write_bytes(archive)


def _print_table(results: list[InferenceResult]) -> None:
    from dtl.result import PARAMETERS

    for result in results:
        row = result.row()
        print(f"{row['file']}  {row['star']}  {row['instrument']}".rstrip())
        print(f"  rv     {row['rv']:+.2f} km/s ({row['rv_frame']}), S/N {row['snr']:.0f}")
        for name, (label, unit, digits) in PARAMETERS.items():
            e = result.estimates[name]
            limit = "  (upper limit)" if name == "vsini" and "upper_limit_vsini" in result.flags else ""
            print(f"  {label:8s}{e.value:.{digits}f}  -{e.lower:.{digits}f} +{e.upper:.{digits}f}  {unit}{limit}")
        print(f"  flags   {', '.join(result.flags) or 'none'}")
        because = next((f", because {f.reason}" for f in result.prepared.spectrum.findings if f.name == "models"), "")
        print(f"  models  {result.bundle}{because}")


def _train(options: argparse.Namespace) -> int:
    from dtl.bundle.store import load_bundle
    from dtl.evaluation.make import finish_bundle, train_bundle
    from dtl.grid.build import load_grid
    from dtl.grid.phoenix import read_library
    from dtl.training.settings import read_settings

    settings = read_settings(options.config)
    grid = load_grid(options.grid) if options.grid else _grid_from(options.phoenix, settings.grid)
    library = read_library(options.phoenix) if options.phoenix else None
    checkpoints = options.checkpoints or Path("runs") / settings.name
    with _Bars() as bars:
        if options.networks:
            networks = load_bundle(options.networks)
            bundle = finish_bundle(networks, grid, settings, options.output, library=library, progress=bars)
        else:
            bundle = train_bundle(grid, settings, options.output, checkpoints, library=library, progress=bars)
    rmse = bundle.card["metrics"]["rmse_noise_free"]
    print(f"{options.output}: test rmse {rmse['teff']:.1f} K, {rmse['logg']:.3f}, {rmse['mh']:.3f}, "
          f"{rmse['vsini']:.2f} km/s")  # fmt: skip
    return 0


def _search(options: argparse.Namespace) -> int:
    from dtl.bundle.store import load_bundle, save_bundle
    from dtl.grid.build import load_grid
    from dtl.training.search import PRESETS
    from dtl.training.settings import read_settings
    from dtl.training.split import split_nodes

    if options.output.suffix != ".json" or not options.output.parent.is_dir():
        raise UnusableInput(f"{options.output}: cannot be written; name a .json file in a folder that exists.")
    settings = read_settings(options.config)
    bundle = load_bundle(options.write) if options.write else None
    grid = load_grid(options.grid) if options.grid else _grid_from(options.phoenix, settings.grid)
    with _Bars() as bars:
        table = PRESETS[options.preset](
            grid,
            split_nodes(len(grid.nodes), settings.seed),
            settings,
            store=options.output.with_suffix(".jsonl"),
            progress=lambda fraction, text: bars("search", fraction, text),
            engine="dask" if options.cluster else options.engine,
            workers=options.workers,
            cluster=options.cluster,
        )
    found = {"preset": options.preset, "config": settings.name, "seed": settings.seed, "grid_sha256": grid.digest()}
    options.output.write_text(json.dumps(found | {"search": table}, indent=1) + "\n", encoding="utf-8")
    if bundle:
        entry = {"preset": options.preset, "seed": settings.seed, "rows": table}
        save_bundle(replace(bundle, card=bundle.card | {"search": entry}), options.write)
    print(f"{options.output}: {sum(row['kept'] for row in table)} of {len(table)} kept")
    return 0


def _build_grid(options: argparse.Namespace) -> int:
    from dtl.grid.build import GridSettings
    from dtl.training.settings import read_settings

    settings = read_settings(options.config).grid if options.config else GridSettings()
    if not options.output.endswith(".npz"):
        raise UnusableInput(f"{options.output}: a grid is written as .npz; let the name end so.")
    grid = _grid_from(options.phoenix, settings)
    grid.save(options.output)
    print(f"{options.output}: {len(grid.nodes):,} spectra of {len(grid.wavelength):,} points")
    return 0


def _download_grid(options: argparse.Namespace) -> int:
    from dtl.grid.build import GridSettings
    from dtl.grid.download import SERVER, download, plan_download
    from dtl.training.settings import read_settings

    settings = read_settings(options.config).grid if options.config else GridSettings()
    plan = plan_download(options.to, settings, server=options.server or SERVER)
    print(plan, flush=True)
    with _Bars() as bars:
        download(plan, progress=lambda fraction, text: bars("download", fraction, text))
    print(f"{options.to}: complete, for `grid build --phoenix {options.to}`")
    return 0


def _grid_from(folder: str, settings: GridSettings) -> Grid:
    from dtl.grid.build import build_grid
    from dtl.grid.library import OutsideLibrary
    from dtl.grid.phoenix import read_library

    library = read_library(folder)
    with _Bars() as bars:
        try:
            return build_grid(library, settings, progress=lambda fraction: bars("grid", fraction, ""))
        except OutsideLibrary as error:
            raise UnusableInput(f"{folder}: {error}; narrow the domain in the config, or add spectra.") from error


def _benchmark(options: argparse.Namespace) -> int:
    from dtl.evaluation.benchmark import DEFAULT_FILE, measure_times

    times = measure_times(options.file or DEFAULT_FILE, bundle=options.bundle, repeats=options.repeat)
    if options.json:
        print(json.dumps(times))
    else:
        for stage, seconds in times["seconds"].items():
            print(f"{stage:10s}{1000 * seconds:9.1f} ms")
    return 0


def _examples(options: argparse.Namespace) -> int:
    from dtl.bundle.store import load_bundle
    from dtl.simulation.observation import write_examples

    for file in write_examples(load_bundle(options.bundle), options.output):
        print(file)
    return 0


class _Bars:
    """A progress bar on stderr for each stage of a run."""

    def __init__(self) -> None:
        self._stage = ""
        self._bar = None

    def __call__(self, stage: str, fraction: float, text: str) -> None:
        from tqdm import tqdm

        if stage != self._stage:
            self.__exit__()
            self._stage = stage
            self._bar = tqdm(total=1.0, desc=stage, file=sys.stderr, bar_format="{l_bar}{bar}| {elapsed} {postfix}")
        self._bar.set_postfix_str(text)
        self._bar.update(fraction - self._bar.n)

    def __enter__(self) -> _Bars:
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()
