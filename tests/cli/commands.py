"""Running commands in this process, for the tests of the command line."""

from __future__ import annotations

import json

from dtl.cli.main import main
from tests.conftest import ROOT

EXAMPLES = ROOT / "assets" / "examples"
GOOD = [str(EXAMPLES / name) for name in ("simulated-m3.fits", "simulated-m4-metal-poor.ecsv")]
#: A training that is over in seconds.
CONFIG = """
name = "tiny"
version = "0.1"
seed = 3
limits = ["a test"]
[window]
lower = 8800.0
upper = 8835.0
[grid]
teff = [3350.0, 3425.0]
logg = [4.8, 4.9]
mh = [-0.2, 0.2]
[autoencoder]
hidden = [32]
n_latent = 8
epochs = 10
batch = 16
[regressor]
members = 2
steps = 120
batch = 64
draws = 4
[augmentation]
snr = [50.0, 500.0]
depth = 0.0
[maps]
neighbours = 10
[survey]
transfer = "none"
calibration_surveys = 1
test_surveys = 1
stars = 10
"""


def run(*arguments: object) -> int:
    """Exit status of a command."""
    return main([str(argument) for argument in arguments])


def rows(out: str) -> list[dict[str, object]]:
    """What ``--json`` printed."""
    return [json.loads(line) for line in out.splitlines()]
