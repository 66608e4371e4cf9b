"""``dtl grid``: grids of synthetic spectra are built and fetched, the synthetic gap is measured."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from dtl.cli.arguments import add_bundle, check_output, config
from dtl.cli.progress import Progress

if TYPE_CHECKING:
    from dtl.grid.build import Grid, GridSettings
    from dtl.training.settings import TrainingSettings
    from dtl.wavelengths import Window

__all__ = ["add", "add_source", "grid_for"]


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command with its actions."""
    actions = commands.add_parser("grid", help="grids of synthetic spectra").add_subparsers(
        required=True, metavar="action"
    )
    wanted = "training config whose [grid] and [window] are meant, or the name of a shipped one (default: all nodes)"

    build = actions.add_parser("build", help="build one from a library")
    build.add_argument("--phoenix", required=True, metavar="DIR", help="folder of the library")
    build.add_argument("--output", required=True, metavar="FILE", help="grid, .npz")
    build.add_argument("--config", type=config, help=wanted)
    build.set_defaults(run=_build)

    fetch = actions.add_parser("download", help="fetch the PHOENIX files that one needs; resumes where it was stopped")
    fetch.add_argument("--to", required=True, metavar="DIR", help="folder of the library")
    fetch.add_argument("--config", type=config, help=wanted)
    fetch.add_argument("--server", metavar="URL", help="address of the folder HiResFITS (default: in Göttingen)")
    fetch.set_defaults(run=_download)

    gap = actions.add_parser("gap", help="measure the synthetic gap on real stars of known parameters")
    gap.add_argument("path", nargs="+", help="files of spectra of two stars")
    gap.add_argument("--phoenix", required=True, metavar="DIR", help="folder of the library")
    add_bundle(gap, "its resolution is taken")
    gap.add_argument("--output", required=True, metavar="FILE", help="description of the gap, .json")
    gap.set_defaults(run=_gap)


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add what `grid_for` takes the grid from."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--phoenix", metavar="DIR", help="folder of the library; the grid is built first")
    source.add_argument("--grid", metavar="FILE", help="grid written by `grid build`")


def grid_for(options: argparse.Namespace, settings: TrainingSettings) -> Grid:
    """The grid of a config: read, or built from a library.

    Raises:
        UnusableInput: where there is none, or the one that is read was built for another window or domain.
    """
    from dtl.grid.build import load_grid
    from dtl.spectrum import UnusableInput

    if not options.grid:
        return _build_from(options.phoenix, settings.grid, settings.window)
    grid = load_grid(options.grid)
    for name, built, wanted in (("window", grid.window, settings.window), ("grid", grid.settings, settings.grid)):
        of_config = asdict(wanted)
        other = {key: value for key, value in asdict(built).items() if value != of_config[key]}
        if other:
            told = ", ".join(f"{key} {_plain(value)}, not {_plain(of_config[key])}" for key, value in other.items())
            raise UnusableInput(
                f"{options.grid} was built for another [{name}] than that of {options.config} ({told}); build one "
                f"with `dtl grid build --config {options.config}`."
            )
    return grid


def _plain(value: object) -> str:
    return " to ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _build_from(folder: str, settings: GridSettings, window: Window) -> Grid:
    """A grid from the library in a folder, with a progress bar.

    Raises:
        UnusableInput: where the folder holds no library, or one that lacks what the settings ask for.
    """
    from dtl.grid.build import build_grid
    from dtl.grid.library import OutsideLibrary
    from dtl.grid.recognition import read_library, wavelengths_around
    from dtl.spectrum import UnusableInput

    library = read_library(folder, reach=wavelengths_around(window))
    with Progress() as progress:
        try:
            return build_grid(library, settings, window, progress=lambda fraction: progress("grid", fraction))
        except OutsideLibrary as error:
            raise UnusableInput(f"{folder}: {error}; narrow the domain in the config, or add spectra.") from error


def _wanted(options: argparse.Namespace) -> tuple[GridSettings, Window]:
    """Domain and window of the config; without one the published full grid on the window of common-r50000."""
    from dtl.grid.build import GridSettings
    from dtl.training.settings import read_settings

    settings = read_settings(options.config or config("common-r50000"))
    return settings.grid if options.config else GridSettings(), settings.window


def _build(options: argparse.Namespace) -> int:
    check_output(options.output, [".npz"], "a grid")
    grid = _build_from(options.phoenix, *_wanted(options))
    grid.save(options.output)
    print(f"{options.output}: {len(grid.nodes):,} spectra of {len(grid.wavelength):,} points")
    return 0


def _download(options: argparse.Namespace) -> int:
    from dtl.grid.download import SERVER, download, plan_download

    plan = plan_download(options.to, _wanted(options)[0], server=options.server or SERVER)
    print(plan, flush=True)
    with Progress() as progress:
        download(plan, progress=lambda fraction, text: progress("download", fraction, text))
    print(f"{options.to}: complete, for `grid build --phoenix {options.to}`")
    return 0


def _gap(options: argparse.Namespace) -> int:
    from dtl.bundle.store import load_bundle
    from dtl.evaluation.observed_gap import gap_of_stars
    from dtl.grid.build import GridSettings

    check_output(options.output, [".json"], "the description of a gap")
    bundle = load_bundle(options.bundle)
    settings = bundle.card["training"]["settings"]["grid"]
    grid = GridSettings(**{k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()})
    gap = gap_of_stars(options.path, options.phoenix, bundle, grid)
    gap.save(options.output)
    print(f"{options.output}: {len(gap.centre)} lines, measured on {gap.source}")
    return 0
