"""Open the dashboard of an installed package with ``dtl app`` and wait for its first answer.

Run from the checkout, whose tests bring the browser:

    python .ci/first_answer.py DTL FOLDER

``DTL`` is the command as installed, ``FOLDER`` where it is run, which is not the checkout. Where there is no
browser, the server has to say that it is well, and that is all.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import server

_PATIENCE = 120.0


def main(command: str, folder: str) -> int:
    """Exit status: 0 where the app answers as the command line does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = subprocess.Popen([command, "app", "--no-browser", "--address", "127.0.0.1", "--port", str(port)], cwd=folder)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/_stcore/health", app)
        if reason := server.missing():
            print(f"dtl app: serves; its answer is not looked at ({reason})")
            return 0
        shown = _shown(address)
    finally:
        app.terminate()
        app.wait(20)
    expected = _predicted(command, folder)
    print(f"dtl app shows Teff {shown}, dtl predict says {expected:.0f} K")
    return int(shown != f"{expected:.0f} K")


def _wait(health: str, app: subprocess.Popen) -> None:
    end = time.monotonic() + _PATIENCE
    opener = build_opener(ProxyHandler({}))  # this machine is reached without a proxy
    while time.monotonic() < end and app.poll() is None:
        try:
            if opener.open(health, timeout=2).status == 200:
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("dtl app: no server answers")


def _shown(address: str) -> str:
    """Temperature of the first example on the first page."""
    with server.chromium() as browser, server.visit(browser, address) as page:
        page.wait_for_selector("[data-testid=stMetricValue]", timeout=1000 * _PATIENCE)
        text = page.inner_text("[data-testid=stMetric]:has-text('Teff') [data-testid=stMetricValue]")
        if page.locator("[data-testid=stException]").count():
            raise SystemExit("dtl app: the first page shows an exception")
    return re.sub(r"\s+", " ", text.strip())


def _predicted(command: str, folder: str) -> float:
    """Temperature of that example on the command line."""
    python = Path(command).with_name("python")
    where = (
        "import json; from dtl.resources import asset; "
        "print(asset('examples', json.loads(asset('examples', 'index.json').read_text())[0]['file']))"
    )
    path = subprocess.run([python, "-c", where], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()
    done = subprocess.run([command, "predict", path, "--json"], cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["teff"]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
