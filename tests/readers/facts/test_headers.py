"""Cards that say what was done to wavelengths, and in what medium they are."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from tests.readers import layouts
from tests.readers.reading import read_spectrum

WAVE = layouts.grid()
FLUX = layouts.truth(WAVE)


def table(names: str = "WAVE FLUX", **cards: object) -> bytes:
    arrays = [WAVE - 2.42 if "AIR" in name else WAVE if "WAVE" in name else FLUX for name in names.split()]
    columns = [fits.Column(name, "D", array=values) for name, values in zip(names.split(), arrays, strict=True)]
    primary = fits.PrimaryHDU()
    primary.header.update(cards)
    return layouts.to_bytes(primary, fits.BinTableHDU.from_columns(columns))


@pytest.mark.parametrize(("key", "value"), [("TOPOCENT", True), ("GEOCENT", "T"), ("FRAME", "TOPO")])
def test_a_card_says_that_wavelengths_are_as_observed(key: str, value: object) -> None:
    assert read_spectrum(table(**{key: value}), name="c.fits").frame == "observatory"
    assert read_spectrum(table(TOPOCENT=False), name="c.fits").frame == "unknown"


@pytest.mark.parametrize("key", ["BARYCORR", "BERVCORR", "HELCORR", "HELIOCOR", "BARYAPPL", "BERVDONE", "BARYCENT"])
@pytest.mark.parametrize(
    ("value", "frame"),
    [
        (True, "barycentric"),
        (1, "barycentric"),
        ("DONE", "barycentric"),
        ("COMPLETE", "barycentric"),
        (False, "observatory"),
        ("OMIT", "observatory"),
        ("PERFORM", "observatory"),
        ("no", "observatory"),
    ],
)
def test_a_card_says_whether_earths_motion_was_removed(key: str, value: object, frame: str) -> None:
    spectrum = read_spectrum(table(**{key: value, "BERV": 12.3}), name="c.fits")
    assert spectrum.frame == frame and "frame_guessed" not in spectrum.flags


@pytest.mark.parametrize("value", [12.3, 0.0, 0, 1.0, "12.3 km/s", (12.3, "[km/s] barycentric correction")])
def test_how_fast_earth_moves_says_nothing_of_what_was_done(value: object) -> None:
    assert read_spectrum(table(BARYCORR=value), name="c.fits").frame == "unknown"


@pytest.mark.parametrize("key", ["BARYCORR", "VHELIO", "BERV"])
@pytest.mark.parametrize(
    ("comment", "frame"),
    [
        ("km/s, applied to wavelengths", "barycentric"),
        ("barycentric correction applied", "barycentric"),
        ("heliocentric velocity, already applied", "barycentric"),
        ("Earth motion removed", "barycentric"),
        ("[km/s] removed from wavelengths", "barycentric"),
        ("(km/s) not removed", "observatory"),
        ("barycentric correction, not applied", "observatory"),
        ("applied to the RV", "unknown"),
    ],
)
def test_the_comment_of_a_velocity_says_what_was_done(key: str, comment: str, frame: str) -> None:
    if (key, frame) == ("BERV", "unknown"):
        frame = "observatory"  # guessed
    found = read_spectrum(table(**{key: (12.3, comment)}), name="c.fits")
    assert found.frame == frame
    assert ("frame_guessed" in found.flags) == (key == "BERV" and "RV" in comment)


@pytest.mark.parametrize(
    ("cards", "frame", "medium"),
    [
        ({"FRAME": "BARYCENTRIC", "WAVE_TYP": "VACUUM"}, "barycentric", "vacuum"),
        ({"WAVSYS": "air, heliocentric"}, "barycentric", "air"),
        ({"WAVEFRAM": "observatory", "WSCALE": "air (Angstrom)"}, "observatory", "air"),
        ({"RESTFRAM": True, "REFFRAME": "ICRS", "VACUUM": True}, "rest", "vacuum"),
        ({"RESTFRAM": False, "FRAME": "FK5", "VACUUM": True}, "unknown", "vacuum"),
        ({"WAVEFILE": "air_rest.dat", "LAMP": "vacuum", "RESTWAV": 6562.8}, "unknown", None),
    ],
)
def test_cards_about_wavelengths_by_words_alone(cards: dict[str, object], frame: str, medium: str | None) -> None:
    found = read_spectrum(table(**cards), name="w.fits")
    assert found.frame == frame
    assert ("medium_guessed" in found.flags) == (medium is None)
    assert medium is None or next(f.value for f in found.findings if f.name == "medium") == medium


@pytest.mark.parametrize(
    ("key", "value", "medium"),
    [
        ("AIRVAC", "air", "air"),
        ("AIRVAC", "VACUUM", "vacuum"),
        ("AIRWAVE", True, "air"),
        ("AIRWAVE", False, "vacuum"),
        ("VACWAVE", True, "vacuum"),
        ("ISVAC", 1, "vacuum"),
        ("INAIR", False, "vacuum"),
    ],
)
def test_the_medium_by_a_card(key: str, value: object, medium: str) -> None:
    spectrum = read_spectrum(table(**{key: value}), name="m.fits")
    assert next(f.value for f in spectrum.findings if f.name == "medium") == medium
    assert "medium_guessed" not in spectrum.flags


@pytest.mark.parametrize(("key", "value"), [("AIRMASS", 1.0), ("AIRVAC", True), ("VACUUM", 3e-6), ("AIRTEMP", "10 C")])
def test_cards_of_the_air_of_the_site(key: str, value: object) -> None:
    assert "medium_guessed" in read_spectrum(table(**{key: value}), name="m.fits").flags


@pytest.mark.parametrize("names", ["WAVE_AIR WAVE_VAC FLUX", "WAVE_VAC WAVE_AIR FLUX", "WAVE WAVE_AIR FLUX"])
def test_wavelengths_in_either_medium_do_not_contradict_each_other(names: str) -> None:
    spectrum = read_spectrum(table(names), name="w.fits")
    assert "medium_guessed" not in spectrum.flags
    assert abs(float(spectrum.wavelength[spectrum.flux.argmin()]) - 8822.3) < 0.1


@pytest.mark.parametrize(
    ("said", "star"),
    [("STD,TELLURIC", "GJ 551"), ("OBJECT,SKY", "GJ 551"), ("science", "GJ 551"), ("Star 5", "Star 5")],
)
def test_a_category_of_exposures_is_no_star(said: str, star: str) -> None:
    assert read_spectrum(table(OBJECT=said, **{"HIERARCH ESO OBS TARG NAME": "GJ 551"}), name="s.fits").star == star


@pytest.mark.parametrize(
    ("value", "frame", "reason"),
    [
        (None, "barycentric", "wavelengths of ESPRESSO come so"),
        ("LSRK", "unknown", "card SPECSYS = 'LSRK', which is not used here"),
    ],
)
def test_a_card_without_a_value_says_nothing(value: str | None, frame: str, reason: str) -> None:
    spectrum = read_spectrum(table(SPECSYS=value, INSTRUME="ESPRESSO"), name="c.fits")
    finding = next(finding for finding in spectrum.findings if finding.name == "frame")
    assert spectrum.frame == frame and finding.reason.startswith(reason)


@pytest.mark.parametrize(("value", "velocity"), [("-110.5", -110.5), (True, None), ("fast", None)])
def test_the_velocity_of_the_star_is_a_number(value: object, velocity: float | None) -> None:
    assert read_spectrum(table(RADVEL=value), name="c.fits").stated_velocity == velocity


@pytest.mark.parametrize(
    ("key", "frame"), [("HELIUM", "unknown"), ("HELIOV", "barycentric"), ("HELVEL", "barycentric")]
)
def test_helium_is_no_velocity(key: str, frame: str) -> None:
    assert read_spectrum(table(**{key: (12.3, "applied")}), name="c.fits").frame == frame


@pytest.mark.parametrize(
    ("cards", "said"),
    [
        ({"frame": "barycentric"}, {"frame": "barycentric"}),
        ({"rest_frame": True}, {"frame": "rest"}),
        ({"berv_applied": True}, {"frame": "barycentric"}),
        ({"spectral_resolution": 50_000.0}, {"resolution": 50_000.0}),
        ({"SPECTRAL_RESOLUTION": 50_000, "SPEC_RES": 60_000}, {"resolution": 60_000.0}),
        ({"star_name": "GJ 7"}, {"star": "GJ 7"}),
        ({"SPECSYS": "TOPOCENT", "barycentric_velocity": 21.5}, {"barycentric_velocity": 21.5}),
        ({"rv": (120.0, "[m/s]")}, {"stated_velocity": 0.12}),
        ({"rv": (12.0, "of the template"), "name": "order 5"}, {"stated_velocity": None, "star": ""}),
        ({"resolution": (2048, "pixels of the detector")}, {"resolution": None}),
        ({"resolution": 2048}, {"resolution": None}),
        ({"resolution": (2.99792458, "km/s")}, {"resolution": pytest.approx(100_000.0)}),
        ({"resolution": (2.99792458, "km/s of the template")}, {"resolution": None}),
        ({"SPECSYS": "TOPOCENT", "barycentric_velocity": (21.5, "of the template")}, {"barycentric_velocity": None}),
        ({"OBJNAME": "GJ 7"}, {"star": "GJ 7"}),
        ({"spectral_resolution": (50_000, "resolving power of the template")}, {"resolution": None}),
        ({"spectral_resolution": (50_000, "nominal resolving power")}, {"resolution": 50_000.0}),
        ({"ESO STAR_NAME": "GJ 7", "ESO FRAME": "rest"}, {"star": "", "frame": "unknown"}),
    ],
)
def test_cards_with_long_names_or_in_small_letters(cards: dict[str, object], said: dict[str, object]) -> None:
    spectrum = read_spectrum(table(**{key if len(key) < 9 and key.isupper() else f"HIERARCH {key}": value
                                      for key, value in cards.items()}), name="h.fits")  # fmt: skip
    assert {name: getattr(spectrum, name) for name in said} == said


def test_further_names_of_the_star_and_the_spectrograph() -> None:
    spectrum = read_spectrum(table(OBJNAME="GJ 15A", INSTRUM="NEO-NARVAL"), name="c.fits")
    assert (spectrum.star, spectrum.instrument, spectrum.resolution) == ("GJ 15A", "NARVAL", 65000.0)
    assert read_spectrum(table(OBJECT="GJ 1", OBJNAME="flat"), name="c.fits").star == "GJ 1"
    assert read_spectrum(table(INSTRUME="FEROS", INSTRUM="CCD 4"), name="c.fits").instrument == "FEROS"


@pytest.mark.parametrize(
    ("value", "comment", "frame"),
    [
        (12.3, "[km/s] applied heliocentric velocity", "barycentric"),
        (0.0, "[km/s] applied heliocentric velocity", "unknown"),
        (0, "applied", "unknown"),
        (12.3, "barycentric correction applied to velocities", "unknown"),
        (12.3, "correction applied to wavelengths", "barycentric"),
        (True, "applied", "barycentric"),
        (0.0, "not applied", "observatory"),
        (0, "0 = not corrected, 1 = applied", "observatory"),
        (12.3, "[km/s] (applied)", "barycentric"),
    ],
)
def test_what_was_done_with_the_motion_of_earth(value: float, comment: str, frame: str) -> None:
    """A velocity of 0 was not removed, and one that was added to velocities was not to wavelengths."""
    assert read_spectrum(table(BSS_VHEL=(value, comment)), name="c.fits").frame == frame


def test_wavelengths_behind_many_columns_have_a_medium_of_their_own() -> None:
    """The name of the first in air spoke against that of the second, which is read."""
    wave = layouts.grid()
    columns = {"wave_air": wave, "flux": layouts.truth(wave), **{f"z{i}": np.arange(wave.size) % 7 for i in range(40)}}
    data = layouts.to_bytes(fits.PrimaryHDU(), fits.BinTableHDU(Table({**columns, "wave_vac": wave + 2.4})))
    found = read_spectrum(data, name="w.fits")
    medium = next(finding for finding in found.findings if finding.name == "medium")
    assert (medium.value, medium.source) == ("vacuum", "file") and "medium_guessed" not in found.flags
