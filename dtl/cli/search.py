"""``dtl search``: a search for settings of the networks."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from dtl.cli.arguments import check_output, config
from dtl.cli.engine import add_engine, check_engine, engine_of
from dtl.cli.grid import add_source, grid_for
from dtl.cli.progress import Progress
from dtl.resources import write_whole

__all__ = ["add"]


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    parser = commands.add_parser("search", help="search for settings; resumes an interrupted search")
    parser.add_argument("config", type=config, help="file .toml, or the name of a shipped one, as common-r50000")
    add_source(parser)
    parser.add_argument("--preset", choices=("published", "budget"), required=True, help="what is searched, and how")
    parser.add_argument("--output", required=True, type=Path, metavar="FILE.json", help="table of all candidates")
    add_engine(parser)
    parser.add_argument("--write", metavar="DIR", help="write the table into the card of this bundle (a folder) too")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from dtl.bundle.store import load_bundle, save_bundle
    from dtl.training.search import PRESETS
    from dtl.training.settings import read_settings
    from dtl.training.split import split_nodes

    check_output(options.output, [".json"], "a table of candidates")
    check_engine(options)
    settings = read_settings(options.config)
    bundle = load_bundle(options.write) if options.write else None
    grid = grid_for(options, settings)
    with Progress() as progress:
        table = PRESETS[options.preset](
            grid,
            split_nodes(len(grid.nodes), settings.seed),
            settings,
            store=options.output.with_suffix(".jsonl"),
            progress=lambda fraction, text: progress("search", fraction, text),
            engine=engine_of(options, progress.say),
        )
    found = {"preset": options.preset, "config": settings.name, "seed": settings.seed, "grid_sha256": grid.digest()}
    write_whole(options.output, json.dumps(found | {"search": table}, indent=1) + "\n")
    if bundle:
        entry = {"preset": options.preset, "seed": settings.seed, "rows": table}
        save_bundle(replace(bundle, card=bundle.card | {"search": entry}), options.write)
    print(f"{options.output}: {sum(row['kept'] for row in table)} of {len(table)} kept")
    return 0
