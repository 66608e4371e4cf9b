"""Names of columns whose signs and abbreviations are written as words: ``err/flux`` is a relative error."""

from __future__ import annotations

import re

__all__ = ["spell_out"]

_NOISE, _SIGNAL = r"(?:err|errors?|unc|uncertainty|sigma|sig|noise|dflux|df)", r"(?:flux|signal|counts)"
_OVER = r"(?:\s*/\s*|[\s_]*(?:over|to|by)[\s_]+)"
#: What is found, and the words for it, in their order.
_WORDS = tuple(
    (re.compile(found, re.IGNORECASE), words)
    for found, words in (
        (r"\b(?:s/n|signal[- _]to[- _]noise)\b", "snr"),
        (rf"(?<![^\W_])(?:{_NOISE}{_OVER}{_SIGNAL}|n/s|[dδ]f/f|sigma/f)(?![^\W_])", "relative err"),
        (rf"(?<![^\W_]){_SIGNAL}(?:\s*/\s*|[\s_]+over[\s_]+){_NOISE}(?![^\W_])", "snr"),
        (rf"(?<![^\W_])(?:{_SIGNAL}[\s_]to[\s_]noise|f\s*/\s*df)(?![^\W_])", "snr"),
        (r"[\s_]+(?:over|to|by)[\s_]+(?:the[\s_]+)?(?=cont(?:inuum)?(?![^\W_]))", "/"),
        (r"(?<![^\W_])(?:1|one)[\s_]+over[\s_]+", "inverse "),
        (r"(?<![^\W_])(sqrt|root)[\[(](?=[^\W\d])", r"\1 "),
        (r"(?<=[^\W_])\s*[\[(]?\s*%\s*[\])]?", " percent "),
        # the error of a flux by the letter before its symbol, as "efl" and "ESPEC"
        (r"(?<![^\W_])(err|sig|sigma)f(?![^\W_])", r"\1 flux"),
        (r"(?<![^\W_])e(?=(?:fl|flx|flam|spec|spectrum|counts)(?![^\W_]))", "err "),
    )
)


def spell_out(text: str) -> str:
    """The name with these in words, else as it is.

    Args:
        text: of a column, row, band or extension, as in the file.
    """
    for found, words in _WORDS:
        text = found.sub(words, text)
    return text
