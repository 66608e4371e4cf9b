"""Stellar parameters of M dwarfs by autoencoders and deep transfer learning.

The method is that of Mas-Buitrago et al. (2024, A&A 687, A205). What this package offers is in `dtl.interface`, which
is imported when one of its names is asked for:

>>> import dtl
>>> results = dtl.predict(dtl.examples())
>>> results.table()["file", "teff", "teff_lower", "teff_upper", "flags"]  # doctest: +ELLIPSIS
<QTable length=5>
...
"""

from typing import Any

__version__ = "0.1.0"

__all__ = [
    "ModelBundle",
    "Results",
    "Spectrum",
    "UnusableInput",
    "__version__",
    "adapt",
    "draw_diagram",
    "example",
    "examples",
    "explain",
    "fit_least_squares",
    "load_bundle",
    "predict",
    "prepare",
    "read",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("dtl.interface.functions"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
