"""Exposures at one place are of one star, unless their names say that they are two."""

from __future__ import annotations

from dataclasses import replace

import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

from dtl.catalogue.epochs import group_epochs
from dtl.catalogue.places import MAX_SEPARATION, same_place
from dtl.result import InferenceResult
from tests import fakes

BARNARD = (269.452, 4.693)


def exposure(star: str = "", place: tuple[float, float] | None = BARNARD, **known: object) -> InferenceResult:
    result = fakes.make_result(star=star)
    spectrum = replace(result.prepared.spectrum, position=place, **known)
    return replace(result, prepared=replace(result.prepared, spectrum=spectrum))


@pytest.mark.parametrize("dec", [-89.5, -30.0, 0.0, 60.0])
@pytest.mark.parametrize("angle", [0.0, 70.0, 200.0])
def test_separations_are_those_of_astropy(dec: float, angle: float) -> None:
    first = SkyCoord(359.999 * u.deg, dec * u.deg)
    for factor in (0.95, 1.05):
        second = first.directional_offset_by(angle * u.deg, factor * MAX_SEPARATION * u.arcsec)
        assert same_place([(first.ra.deg, dec)], [(second.ra.deg, second.dec.deg)]) == (factor < 1)


def groups(**results: InferenceResult) -> list[list[str]]:
    return [list(star.results) for star in group_epochs(results)]


def test_a_star_without_a_name_is_told_by_its_place() -> None:
    near = (BARNARD[0], BARNARD[1] + 10 / 3600)
    far = (BARNARD[0], BARNARD[1] + 60 / 3600)
    found = groups(a=exposure("GJ 699"), b=exposure("", near), c=exposure("", far), d=exposure("TIC 325554331", near))
    assert found == [["a", "b", "d"], ["c"]]
    assert groups(a=exposure(), b=exposure(place=None), c=exposure("GJ 699", None)) == [["a"], ["b"], ["c"]]


def test_names_of_two_stars_stand_against_the_place() -> None:
    """Published stars, and the components of a binary, which lie nearer to each other than a fast star moves."""
    assert groups(a=exposure("GJ 699"), b=exposure("GJ 273")) == [["a"], ["b"]]
    assert groups(a=exposure("LHS 9991 A"), b=exposure("LHS 9991 B")) == [["a"], ["b"]]
    assert groups(a=exposure("GJ 699"), b=exposure(), c=exposure("GJ 273")) == [["a", "b"], ["c"]]


def test_simulations_and_several_stars_of_one_file_are_not_joined() -> None:
    """A header gives one place and one name for all of a field."""
    assert groups(a=exposure(simulated=True), b=exposure()) == [["a"], ["b"]]
    field = {key: exposure("M 67", spectra=3) for key in "abc"}
    assert groups(**field) == [["a"], ["b"], ["c"]]
    epochs = {key: exposure("GJ 699", spectra=3) for key in "abc"}
    assert groups(**epochs) == [["a", "b", "c"]]
