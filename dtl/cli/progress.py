"""Progress bars on stderr, one for each stage of a command."""

from __future__ import annotations

import sys

__all__ = ["Progress"]

#: Seconds between two drawings of a bar at least.
_PAUSE = 0.2


class Progress:
    """A progress bar for each stage of a run; a context manager that is called with what is done.

    Args:
        quiet: show bars on a terminal only, for work that is over at once as often as not.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._hidden = None if quiet else False  # as tqdm has it: None asks whether there is a terminal
        self._stage = ""
        self._bar = None

    def __call__(self, stage: str, fraction: float, text: str = "") -> None:
        """Show the fraction of a stage that is done, 0 to 1, and a word on what is at work."""
        from tqdm import tqdm

        if stage != self._stage:
            self.__exit__()
            self._stage = stage
            form = "{l_bar}{bar}| {elapsed} {postfix}"
            self._bar = tqdm(
                total=1.0, desc=stage, file=sys.stderr, bar_format=form, disable=self._hidden, mininterval=_PAUSE,
                miniters=0,
            )  # fmt: skip
        self._bar.set_postfix_str(text, refresh=False)
        self._bar.update(fraction - self._bar.n)

    def say(self, sentence: object) -> None:
        """A sentence on stderr, above the bar where there is one."""
        if self._bar is None:
            print(sentence, file=sys.stderr)
        else:
            self._bar.write(str(sentence), file=sys.stderr)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
