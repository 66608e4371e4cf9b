"""Asking SIMBAD, VizieR and Gaia for a star, only on demand.

The services are reached through astroquery, an optional package that is imported when the first question is asked. Each
question has a deadline, whatever the network does. Only the name that was typed, or the position or Gaia number of the
star, is sent.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib.util import find_spec
from urllib.parse import quote

from dtl.catalogue.online import Answer, Unanswered, gaia, simbad, unreachable, vizier

__all__ = ["PATIENCE", "ask", "available", "bibcode_url", "service_links"]

#: Seconds that a service is given.
PATIENCE = 10.0
_LONGEST = 80
#: Questions that may be under way at once; one that nobody waits for any longer counts until its connection ends.
_places = threading.BoundedSemaphore(6)


def available() -> bool:
    """Whether astroquery is installed; it is not imported."""
    return find_spec("astroquery") is not None


def ask(service: str, name: str, *, patience: float = PATIENCE, client: object = None) -> Answer:
    """Ask a service for a star.

    Args:
        service: key of `dtl.catalogue.online.HOSTS`.
        name: of the star, as typed.
        patience: seconds until it is given up.
        client: object of astroquery that asks, the usual one where None.

    Raises:
        Unanswered: with one sentence: not installed, offline, too late, or not known.
    """
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not name or len(name) > _LONGEST:
        raise Unanswered(f"A name of 1 to {_LONGEST} characters is needed to ask {service}.")
    if client is None and not available():
        raise Unanswered(
            f"{service} cannot be asked: the package astroquery is not installed; "
            'install it with: pip install ".[online]".'
        )
    question = {"SIMBAD": simbad, "VizieR": vizier, "Gaia": gaia}[service]
    return _within(patience, service, lambda: question(name, client))


def bibcode_url(bibcode: str) -> str:
    """Where a work is found by its bibcode."""
    return f"https://ui.adsabs.harvard.edu/abs/{bibcode.replace('&', '%26')}" if bibcode else ""


def service_links(name: str) -> dict[str, str]:
    """Service -> address at which a browser finds a star by its name; Aladin shows the sky around it."""
    star = quote(name, safe="")
    return {
        "SIMBAD": f"https://simbad.cds.unistra.fr/simbad/sim-id?Ident={star}",
        "VizieR": f"https://vizier.cds.unistra.fr/viz-bin/VizieR?-c={star}&-c.rs=5",
        "Gaia DR3": f"https://vizier.cds.unistra.fr/viz-bin/VizieR-3?-source=I/355/gaiadr3&-c={star}&-c.rs=5",
        "Aladin": f"https://aladin.cds.unistra.fr/AladinLite/?target={star}&fov=0.1",
    }


def _within(patience: float, service: str, question: Callable[[], Answer]) -> Answer:
    """The answer, or a sentence; the thread of a late one is left behind and ends with its connection."""
    places = _places
    if not places.acquire(blocking=False):
        raise Unanswered(f"Too many questions are under way; ask {service} again in a minute.")
    outcome: list[object] = []

    def work() -> None:
        try:
            outcome.append(question())
        except BaseException as error:
            outcome.append(error)
        finally:
            places.release()

    thread = threading.Thread(target=work, name=f"ask {service}", daemon=True)
    thread.start()
    thread.join(patience)
    if not outcome:
        raise Unanswered(f"{service} did not answer within {patience:g} seconds; try again later.")
    answer = outcome[0]
    if isinstance(answer, Answer):
        return answer
    if isinstance(answer, Unanswered):
        raise answer
    raise unreachable(service) from answer
