"""What becomes of a process that reads a hostile file; imports nothing, to be there at once."""

from __future__ import annotations

import os


def die(*job: object) -> None:
    os._exit(3)


def compute(*job: object) -> None:
    while True:
        pass
