"""``dtl train``: a bundle from a library of synthetic spectra, by one command."""

from __future__ import annotations

import argparse
from pathlib import Path

from dtl.cli.arguments import check_installed, config
from dtl.cli.engine import add_engine, check_engine, engine_of
from dtl.cli.grid import add_source, grid_for
from dtl.cli.progress import Progress

__all__ = ["add"]


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    parser = commands.add_parser("train", help="train a bundle; resumes an interrupted run")
    parser.add_argument("config", type=config, help="file .toml, or the name of a shipped one, as common-r50000")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="folder of the bundle")
    add_source(parser)
    parser.add_argument(
        "--checkpoints", type=Path, metavar="DIR", help="where an interrupted run is resumed from (default: runs/NAME)"
    )
    parser.add_argument(
        "--networks", metavar="BUNDLE", help="take the networks of this bundle; transfer, calibration and figures anew"
    )
    add_engine(parser, "processes of this machine that train the members of the ensemble (default: 1)")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from dtl.bundle.store import load_bundle
    from dtl.evaluation.make import finish_bundle, train_bundle
    from dtl.grid.recognition import read_library, wavelengths_around
    from dtl.training.settings import read_settings

    check_installed("umap-learn")
    check_engine(options)
    settings = read_settings(options.config)
    grid = grid_for(options, settings)
    library = read_library(options.phoenix, reach=wavelengths_around(settings.window)) if options.phoenix else None
    checkpoints = options.checkpoints or Path("runs") / settings.name
    options.output.mkdir(parents=True, exist_ok=True)  # where it cannot be made, that is said before the work
    with Progress() as progress:
        if options.networks:
            networks = load_bundle(options.networks)
            bundle = finish_bundle(networks, grid, settings, options.output, library=library, progress=progress)
        else:
            bundle = train_bundle(
                grid,
                settings,
                options.output,
                checkpoints,
                library=library,
                engine=engine_of(options, progress.say),
                progress=progress,
            )
    rmse = bundle.card["metrics"]["rmse_noise_free"]
    print(
        f"{options.output}: test rmse {rmse['teff']:.1f} K, {rmse['logg']:.3f}, {rmse['mh']:.3f}, "
        f"{rmse['vsini']:.2f} km/s"
    )
    return 0
