"""The README's table of speed: python -m tests.readme_speed --measure FILE [PART ...], and then --write.

FILE is an HPF file. What was measured is kept beside this module with the machine that it was measured on: by `dtl
benchmark` for the file, for the same cut to the window as text, and for runs of many; by `tests.visitors` for a crowd.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from dtl.readers import read_spectrum
from dtl.wavelengths import Window
from tests.conftest import ROOT

README, MEASURED = ROOT / "README.md", ROOT / "tests" / "readme_speed.json"
_TABLE = re.compile(r"\| \d+ cores? .*?(?=\n\n)", re.DOTALL)
_WINDOW = Window(8800.0, 8835.0, margin=5.0)
#: On either side of the window, of what is cut to it, Angstrom.
_KEPT = 35.0


def table(found: dict) -> str:
    """What the README has to say."""
    file, cut, crowd = found["file"], found["cut"], found["visitors"]
    seconds, runs = file["seconds"], found["runs"]["runs"]
    counts = " / ".join(f"{int(count):,}" for count in runs)
    stages = " + ".join(f"{1000 * seconds[stage]:.0f}" for stage in ("read", "prepare", "infer"))
    slow, most = f"{seconds['noise_loop_286']:.0f} s", crowd["memory_mb"]
    rows = {
        f"{file['cpus']} cores ({file['processor']}, {file['date']}), by `python -m tests.readme_speed`": "",
        "---": "---",
        "start; an HPF file is read, prepared, answered": f"{seconds['start']:.1f} s; {stages} ms",
        "files to table a second: reading alone, one worker, two workers (as text cut to the window)": (
            f"{_rates(file)} ({_rates(cut)})"
        ),
        f"runs of {counts} such texts: memory beside the workers; a second": (
            f"{_of_runs(runs, 'memory_mb')} MB; {_of_runs(runs, 'rate')}"
        ),
        "286 spectra with their noise: at once, in a loop over the members": f"{seconds['infer_286']:.1f} s, {slow}",
        "20 visitors, two adapting: p95 of pages, of uploads; memory at most, once they are gone": (
            f"{crowd['page']['p95']:.2f} s, {crowd['upload']['p95']:.2f} s; {most['most']}, {most['after']} MB"
        ),
    }
    return "\n".join(f"|{what}|{value}|" if what == "---" else f"| {what} | {value} |" for what, value in rows.items())


def _rates(found: dict) -> str:
    batch = found["batch"]
    return ", ".join(f"{rate:.0f}" for rate in (batch["read"], *batch["workers"].values()))


def _of_runs(runs: dict, what: str) -> str:
    return " / ".join(f"{run[what]:.0f}" for run in runs.values())


def _benchmark(path: Path, *options: str) -> dict:
    command = [sys.executable, "-m", "dtl", "benchmark", "--json", "--file", str(path), *options]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def _cut(path: Path, *options: str) -> dict:
    spectrum = read_spectrum(path, window=_WINDOW)
    near = (spectrum.wavelength > _WINDOW.lower - _KEPT) & (spectrum.wavelength < _WINDOW.upper + _KEPT)
    columns = (spectrum.wavelength[near], spectrum.flux[near], spectrum.uncertainty[near])
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "cut.txt"
        np.savetxt(text, np.transpose(columns), header="wavelength_vacuum flux uncertainty", comments="")
        return _benchmark(text, *options)


def _crowd(path: Path) -> dict:
    command = [sys.executable, "-m", "tests.visitors", str(path), "--visitors", "20", "--minutes", "2.5"]
    done = subprocess.run([*command, "--after", "60"], cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


#: What can be measured alone.
PARTS: dict[str, Callable[[Path], dict]] = {
    "file": lambda path: _benchmark(path, "--files", "400"),
    "cut": lambda path: _cut(path, "--repeat", "3", "--files", "1000"),
    "runs": lambda path: _cut(path, "--repeat", "1", "--runs", "1000", "10000", "100000"),
    "visitors": _crowd,
}


def main() -> None:
    """Measure, or write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--measure", nargs="+", metavar="FILE", help="and the parts to be measured, all where none is")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    found = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    if options.measure:
        path, *parts = options.measure
        for part in parts or PARTS:
            found[part] = PARTS[part](Path(os.path.abspath(path)))
            MEASURED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    missing = PARTS.keys() - found.keys()
    if missing:
        print("to be measured:", *sorted(missing))
    elif options.write:
        text = README.read_text(encoding="utf-8")
        README.write_text(_TABLE.sub(lambda _: table(found), text), encoding="utf-8")
    else:
        print(table(found))


if __name__ == "__main__":
    main()
