"""What sentences say of wavelengths: what is done, denied, still to come, or said of something else."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from dtl.readers.facts.barycentre import earth_velocity, middle_of_exposure
from dtl.readers.facts.cards import Cards
from dtl.readers.options import ReadOptions
from dtl.readers.words.statements import frame_of, medium_of
from dtl.spectrum import Spectrum
from tests.builders import observe
from tests.readers import layouts
from tests.readers.reading import read_spectrum

BARYCENTRIC = [
    "Telluric correction: no. Barycentric correction: yes.",
    "telluric correction = F, barycentric correction = T",
    "RV shift not applied (barycentric frame)",
    "not normalized barycentric wavelengths",
    "corrected for barycentric motion of the Earth but not for the stellar RV",
    "The barycentric correction has already been applied, do not apply it again",
    "BERV has been taken into account",
    "barycentric corrected, no telluric correction",
    "barycentric corrected no telluric correction",
    "barycentric frame, not normalised",
    "barycentric frame not normalised",
    "Not continuum normalised; barycentric frame",
    "not sky-subtracted, heliocentric frame",
    "heliocentric corrected (no sky subtraction)",
    "no cosmic ray removal but barycentric corrected",
    "barycentric corrected; tellurics not removed",
    "Barycentric correction applied; telluric correction not applied",
    "telluric correction not applied, barycentric correction applied",
    "telluric correction not applied and barycentric correction applied",
    "barycentric correction applied, telluric correction skipped",
    "wavelengths in barycentric frame, flux uncalibrated",
    "barycentric frame, unnormalised",
    "BERV applied without drift correction",
    "barycentric wavelengths not corrected for drift",
    "barycentric wavelengths, not corrected for stellar RV",
    "barycentric frame, not in stellar rest frame",
    "wavelengths not in rest frame but barycentric",
    "barycentric correction has been applied",
    "corrected to the barycenter",
    "wavelengths shifted to the solar system barycentre",
    "barycentric correction: applied",
    "BERV correction: yes",
    "barycentric correction = True",
    "barycentric and telluric corrections applied",
    "flat-fielded, bias subtracted, barycentric corrected",
    "after barycentric correction",
    "BERV = 12.3 km/s (applied)",
    "BERV applied: 26.49",
    "berv_corrected: 1",
    "bary_frame = True",
    "barycentric, not topocentric",
    "not topocentric but barycentric",
    "converted from topocentric to barycentric",
    "rest frame of the barycentre of the solar system",
    "solar-system barycentric rest frame",
    "frame: barycentric",
    "wavelength: barycentric vacuum Angstrom",
    "air wavelengths (Angstrom), barycentric corrected",
    "DOPCOR applied, heliocentric",
    "Data product: 1D, barycentric wavelengths, no merging",
    "spectrum has been barycentric-corrected but not telluric-corrected",
    "Earth's motion removed",
    "Barycentric corrected. Not flux calibrated.",
    "uncorrected for blaze; barycentric wavelengths",
    "barycentric corrected without sky subtraction",
    "HELIOCENTRIC CORRECTION = 12.3 APPLIED",
    "corrected for the motion of the Earth",
]
OBSERVATORY = [
    "detector rest frame",
    "BERV not taken into account",
    "wavelength scale is not in the barycentric rest frame",
    "barycentric correction unapplied",
    "helio_corr = off",
    "wavelengths left in observatory frame, barycentric correction in keyword BERV",
    "no Doppler correction; observed frame",
    "barycentric correction not yet applied",
    "no barycentric correction",
    "without barycentric correction",
    "not barycentric corrected",
    "uncorrected for barycentric motion",
    "not corrected for Earth's motion",
    "barycentric correction pending",
    "barycentric correction still needed",
    "barycentric correction must be applied",
    "barycentric correction will be applied by the user",
    "the barycentric correction has not been performed",
    "the barycentric correction wasn't done",
    "barycentric correction was not done",
    "barycentric correction is still outstanding",
    "apply the barycentric correction before use",
    "apply BERV to get barycentric wavelengths",
    "wavelengths need to be shifted by BERV",
    "wavelengths still to be corrected for BERV",
    "not yet in the barycentric frame",
    "barycentric shift not included",
    "neither telluric nor barycentric correction applied",
    "no telluric or barycentric correction",
    "no telluric correction, no barycentric correction",
    "telluric and barycentric corrections not applied",
    "barycentric and telluric corrections not applied",
    "before barycentric correction",
    "prior to barycentric correction",
    "BARYCORR_DONE = F",
    "barycorr: not applied",
    "BERV = 12.3 (not applied)",
    "berv_corrected: 0",
    "heliocentric_correction: none",
    "Barycentric correction: NOT applied",
    "wavelengths NOT corrected to barycentric",
    "barycentric correction, however, was not applied",
    "wavelengths in observer frame",
    "telescope rest frame",
    "frame of the telescope, no BERV",
    "topocentric frame, not barycentric",
    "topocentric to barycentric correction not applied",
    "not converted from topocentric to barycentric",
    "telluric lines are at rest",
    "Wavelengths are NOT barycentric-corrected (see BERV)",
    "Wavelength solution, non-barycentric",
    "Earth's motion not removed",
    "the motion of the Earth has not been taken out",
    "lacks barycentric correction",
    "missing barycentric correction",
    "barycentric correction disabled",
    "barycentric correction ignored",
    "Observed wavelengths, barycentric correction to be applied: 12.3 km/s",
    "wavelengths are in the observer's frame; use BERV to go to the barycentre",
    "barycentric velocity from barycorrpy, wavelengths topocentric",
    "barycentric correction still to be applied",
    "barycentric correction has yet to be applied",
    "Barycentric correction hasn't been applied",
    "barycentric correction isn't applied",
    "barycentric correction never applied",
    "needs barycentric correction applied",
    "to be corrected for barycentric motion",
    "berv_applied = False",
    "BERV applied = 0",
    "Earth rest frame wavelengths",
]
AT_REST = [
    "wavelength table at rest",
    "wavelengths of fibre A are at rest",
    "fiber spectra at rest",
    "spectrograph ESPaDOnS, spectrum at rest",
    "in the stellar frame 12.3 km/s removed",
    "in the laboratory frame 3500 K model",
    "telescope at rest; wavelengths in the rest frame",
    "camera: wavelengths at rest",
    "shifted to stellar rest frame",
    "barycentric corrected and shifted to the rest frame",
    "rest_frame: true",
    "rest frame wavelengths",
    "wavelengths in rest frame of the star",
    "corrected to rest",
    "Spectrum corrected for stellar RV (-34.0 km/s)",
    "radial velocity of -34.0 km/s removed",
    "barycentric corrected and corrected for the systemic velocity",
]
#: Sentences that leave the frame open.
NO_FRAME = [
    "synthetic spectrum in rest frame used as template",
    "star frame 3 of 12",
    "Detector at rest",
    "telescope at rest during the exposure",
    "slit wheel at rest, grating at rest",
    "not corrected for stellar RV",
    "stellar radial velocity not removed",
    "to be corrected for stellar RV",
    "barycentric radial velocity removed",
    "sky subtracted before barycentric correction was applied",
    "Step 2: telluric correction (in observatory frame)",
    "RV of the template 12.3 km/s rest frame",
    "geocentric distance 1.2 au",
    "no further barycentric correction needed",
    "Do not apply BERV again",
    "wavelengths in the detector frame",
    "Barycentric Earth radial velocity: 12.3 km/s",
    "barycentric correction should be applied",
    "HELCORR = 0 km/s",
    "BERV: 26.493 km/s",
    "barycentric velocity = 12.3",
    "shift to rest frame before use",
    "to be shifted to rest frame with RV",
    "not at rest",
    "isn't in the rest frame",
    "Barycentric Julian Date 2459000.5",
    "Observatory: Calar Alto",
    "telescope: CAHA 3.5m",
    "Earth's atmosphere",
    "RV (barycentric) = 12.3 km/s",
    "barycentric RV corrected for drift",
    "barycentric correction computed with barycorrpy",
    "If barycentric correction is wanted use BERV",
    "barycentric correction is optional",
    "barycentric correction to apply: 12.3 km/s",
    "NOT in rest frame",
    "rest_frame = False",
    "barycentric frame = topocentric + BERV",
    "use BERV to go to the barycentre",
    "heliocentric Julian date of wavelengths",
]
VACUUM = [
    "wavelengths in vacuo",
    "vacuum wavelengths of the spectrum, all lines marked",
    "wavelengths in vacuum have been converted from air using Edlen",
    "corrected for the refractive index of air",
    "ThAr line list in air, wavelengths converted to vacuum",
    "vacuum_wavelengths = 1",
    "vacuum wavelengths",
    "in vacuum",
    "vacuum: True",
    "converted to vacuum with Ciddor 1996",
    "Wavelengths have been converted from air to vacuum",
    "air to vacuum conversion done",
    "air-to-vacuum: Edlen 1953, applied",
    "airtovac used to convert wavelengths",
    "wavelengths in vacuum, flux not calibrated",
    "vacuum wavelengths not barycentric corrected",
    "vacuum wavelengths without telluric correction",
    "vacuum wavelengths never converted to air",
    "not converted to air",
    "without conversion to air",
    "vacuum correction applied",
    "not in air but vacuum",
    "wavelengths: vacuum",
    "air or vacuum: vacuum",
    "Wavelengths (vacuum) uncorrected for BERV",
    "vac2air not applied",
]
AIR = [
    "No conversion from air to vacuum has been performed",
    "air2vac = False",
    "wavelengths were left in air",
    "these aren't vacuum wavelengths",
    "unconverted air wavelengths",
    "wavelengths not converted to vacuum",
    "airtovac: no",
    "were not converted from air to vacuum",
    "vacuum correction not applied to wavelengths",
    "air wavelengths",
    "wavelengths in air",
    "vacuum: False",
    "VACUUM = no",
    "converted to air",
    "need to be converted to vacuum",
    "not flux calibrated, air wavelengths",
    "air wavelengths not converted",
    "no conversion to vacuum",
    "no vacuum correction",
    "vacuum correction: none",
    "in air, not vacuum",
    "not in vacuum but air",
    "air/vacuum: air",
    "vactoair applied",
    "airtovac hasn't been applied",
    "air wavelengths (use airtovac for vacuum)",
    "wavelengths in standard air; to convert to vacuum use Morton",
    "vacuum conversion pending",
    "IRAF dispcor, air wavelengths",
]
#: Instructions and doubts: the medium before them, or nothing.
MAYBE_AIR = [
    "run airtovac before use",
    "still to be converted to vacuum",
    "convert to vacuum before comparing",
    "apply airtovac for vacuum wavelengths",
    "wavelengths should be converted to vacuum",
    "if you need vacuum use airtovac",
]
MAYBE_VACUUM = [
    "use vac2air to convert wavelengths to air",
    "corrected for refraction in air",
]
NO_MEDIUM = [
    "wavelength calibration: ThAr lines in air",
    "NIST air wavelengths of lines",
    "Ritz vacuum wavelengths for the atomic lines",
    "CCF computed with mask M2 in air wavelengths",
    "cross correlated with mask at rest frame wavelengths in air",
    "calibrated with a vacuum line list",
    "line list for wavelength calibration: air wavelengths",
    "mask (air)",
    "airmass 1.2",
    "air temperature 12 C, vacuum pressure 1e-5",
    "in vacuum or air?",
    "vacuum-jacketed echelle",
    "the camera sits in a vacuum",
    "optics in air, bench at 293 K",
    "vacuum 3e-6 torr",
    "vacuum = 4.1",
    "compressed air on",
    "turbulent air above the dome",
    "air bubble in the prism",
    "etalon gap: air",
    "the lamp burns in vacuum",
    "distance 1.8 pc, geocentric distance 2 au, clear air",
]


@pytest.mark.parametrize(
    ("text", "frame"),
    [(text, frame)
     for frame, texts in (("barycentric", BARYCENTRIC), ("observatory", OBSERVATORY), ("rest", AT_REST),
                          (None, NO_FRAME))
     for text in texts],
)  # fmt: skip
def test_the_frame_of_a_sentence(text: str, frame: str | None) -> None:
    assert frame_of(text) == frame
    assert frame_of(text.upper()) == frame


@pytest.mark.parametrize(
    ("text", "media"),
    [(text, media)
     for media, texts in (({"vacuum"}, VACUUM), ({"air"}, AIR), ({"air", None}, MAYBE_AIR),
                          ({"vacuum", None}, MAYBE_VACUUM), ({None}, NO_MEDIUM))
     for text in texts],
)  # fmt: skip
def test_the_medium_of_a_sentence(text: str, media: set[str | None]) -> None:
    assert medium_of(text) in media
    assert medium_of(text.upper()) in media


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("Tellurics modelled in the observatory frame; final spectrum barycentric", "barycentric"),
        ("telluric correction done in topocentric frame, then barycentric correction done", "barycentric"),
        ("Sky subtraction in the observatory frame; coadd in the barycentric frame", "barycentric"),
        ("Template shifted to rest frame; wavelengths barycentric", "barycentric"),
        ("CCF computed in rest frame; wavelengths barycentric", "barycentric"),
        ("Wavelengths were topocentric, now barycentric", "barycentric"),
        ("Input frame: topocentric, output frame: barycentric", "barycentric"),
        ("star: barycentric", "barycentric"),
        ("RV template in rest frame, spectrum in barycentric frame", "barycentric"),
        ("HARPS mask in the rest frame; wavelengths barycentric", "barycentric"),
        *((text, None) for text in ("file: gj1_rest_frame.fits", "COMMENT: RV template at rest frame")),
        ("telluric corrected spectrum in the observatory frame", "observatory"),
        ("sky-subtracted wavelengths in the observatory frame", "observatory"),
        ("telluric lines at rest", "observatory"),
        *(
            (text, None)
            for text in ("rest-frame EW of Ca II: 1.3 A", "H-alpha EW (rest frame) = 0.5", "ISM lines at rest")
        ),
        *(
            (text, None)
            for text in ("lines at rest are marked", "topocentric elevation 45 deg", "telescope frame rotator on")
        ),
        *((text, "rest") for text in ("systemic velocity subtracted", "stellar RV subtracted", "RV shift removed")),
        *((text, "rest") for text in ("corrected for the radial velocity of the star", "wavelength in restframe")),
        *((text, "rest") for text in ("corrected for RV", "shifted to zero velocity")),
        *(
            (text, None)
            for text in ("systemic velocity not subtracted", "mean RV removed from the series", "RV drift removed")
        ),
        *(
            (f"corrected for {text}", None)
            for text in (
                "RV jitter",
                "RV zero-point",
                "radial velocity bias",
                "RV trend of the companion",
                "RV (barycentric)",
            )
        ),
        *(
            (text, None)
            for text in ("outliers in RV removed", "RVs have systemic velocity subtracted", "mean RV subtracted")
        ),
        *(
            (text, None)
            for text in (
                "each line shifted to zero velocity",
                "planet rest frame",
                "shifted to the rest frame of the planet",
            )
        ),
        *((text, None) for text in ("rest frame template", "coord_frame: barycentric")),
        *(
            (text, "rest")
            for text in ("corrected for stellar RV of -12.3 km/s", "corrected for RV by iSpec", "shifted to RV = 0")
        ),
        *(
            (f"shifted to rest frame {text}", "rest")
            for text in ("for equivalent width measurement", "with the interstellar lines masked", "for the plot")
        ),
        *(
            (f"barycentric corrected wavelengths {text}", "barycentric")
            for text in ("with marked cosmics", "at elevation 45 deg", "used for EW")
        ),
        *((text, None) for text in ("tellurics: observatory frame", "template: rest frame", "line list at rest")),
        *((text, None) for text in ("sky lines subtracted in the observer frame", "input frame: topocentric")),
        *((text, None) for text in ("line list at rest wavelengths", "wavelengths were in the observatory frame")),
        *((text, None) for text in ("template shifted to the rest frame of the star", "the models are at rest")),
        *((text, None) for text in ("rest frame of the template", "the stellar template is at rest")),
        *((text, None) for text in ("the former version was not corrected for barycentric motion",)),
        *((text, None) for text in ("the comparison spectrum is in the rest frame", "an atlas in the earth frame")),
        ("The template is in its rest frame, the data are barycentric", "barycentric"),
        ("vacuum / barycentric / R = 50000", "barycentric"),
        *(("ccf mask: M2, rest frame", None), ("bad pixel mask: applied, barycentric", "barycentric")),
    ],
)
def test_the_frame_of_something_else_and_a_former_one(text: str, frame: str | None) -> None:
    assert frame_of(text) == frame


@pytest.mark.parametrize(
    ("text", "medium"),
    [
        ("telluric model in vacuum; stellar spectrum in air", "air"),
        ("template wavelengths in air; wavelengths in vacuum", "vacuum"),
        ("telluric model in vacuum", None),
        ("input wavelengths in air", None),
        ("Input: air, output wavelengths: vacuum", "vacuum"),
        *(("output spectrum: vacuum", "vacuum"), ("sky subtracted (wavelengths in vacuum)", "vacuum")),
        *((text, None) for text in ("the telluric model was computed in vacuum wavelengths",)),
        *((text, None) for text in ("the synthetic template has air wavelengths", "the mask used for RVs is in air")),
        *((text, None) for text in ("the line list (VALD) uses air wavelengths", "the models were converted to air")),
        *((text, None) for text in ("the telluric model (TAPAS, 2014) is in vacuum", "the laser comb is in vacuum")),
        *((text, None) for text in ("an earlier version of this file gave air wavelengths",)),
        *((text, None) for text in ("older reductions used air wavelengths", "ThAr lamp wavelengths are in air")),
        ("vacuum wavelengths, calibrated with a ThAr lamp", "vacuum"),
        *((text, None) for text in ("script: convert_to_vacuum.py", "Note: lamp in air", "comment: template in air")),
        ("converted to vacuum with airtovac.py", "vacuum"),
        *((text, None) for text in ("vacuum wavelengths are in another file", "for vacuum wavelengths see b.txt")),
        *(("To do: convert to vacuum", "air"), ("conversion to vacuum is planned", "air")),
        *(("wavelengths in vacuum rather than air", "vacuum"), ("wavelengths in air as opposed to vacuum", "air")),
        ("telluric corrected vacuum wavelengths", "vacuum"),
        ("wavelengths of the tellurics are in air", None),
        ("Data in vacuum; for air wavelengths see the other file", "vacuum"),
        ("Comparison lamp: ThAr, air wavelengths", "air"),
        *(
            (text, None)
            for text in ("ccf mask: M2, air", "radial velocity mask: G2, vacuum", "line list: VALD, in air")
        ),
        ("wavelengths in air; ccf mask: M2, vacuum", "air"),
        *((text, None) for text in ("RV computed with mask M2, air", "RV measured using a template, vacuum")),
        *((text, None) for text in ("template: PHOENIX, air", "correlated with the line list of VALD, in air")),
        ("wavelengths in vacuum, RV computed with mask M2, air", "vacuum"),
        ("wavelengths computed with the line list of Murphy, air", "air"),
        ("dispersion computed from a line list, vacuum", "vacuum"),
        ("wl solution measured with the line list, air", "air"),
        *(("RV computed with mask M2, wavelengths in air", "air"), ("template: none, air", "air")),
        *(("bad pixel mask: applied, vacuum", "vacuum"), ("cosmic ray mask: yes, air", "air")),
        *(("ccf mask: M2, wavelengths in air", "air"), ("mask: not applied, air", "air")),
        *(("isvac: F", "air"), ("isair: F", "vacuum"), ("isInVacuum = True", "vacuum"), ("wl: air", "air")),
    ],
)
def test_the_medium_of_something_else_and_a_former_one(text: str, medium: str | None) -> None:
    assert medium_of(text) == medium


@pytest.mark.parametrize(
    ("card", "medium"), [("IS_AIR  = T", "air"), ("INVAC   = F", "air"), ("AIR     = F", "vacuum")]
)
@pytest.mark.parametrize("first", ["", "SIMPLE  =                    T / conforms to FITS standard\n"])
def test_a_card_of_yes_or_no_above_a_table(card: str, medium: str, first: str) -> None:
    own = observe()
    rows = "\n".join(f"{w:.3f} {f:.3f}" for w, f in zip(own.wavelength, own.flux, strict=True))
    found = read_spectrum(f"{first}{card}\nSPECSYS = 'BARYCENT'\nEND\n{rows}\n".encode())
    assert reason(found, "medium") == f"card {card.split(maxsplit=1)[0]} = {card[-1] == 'T'}"
    assert [f.value for f in found.findings if f.name == "medium"] == [medium] and found.frame == "barycentric"


@pytest.mark.parametrize(
    ("line", "simulated"),
    [
        ("a simulated star", True),
        ("simulated observation, not a real star", True),
        ("not simulated", False),
        ("no simulation", False),
        ("simulated: no", False),
        ("This is not a simulated spectrum", False),
        ("compared with simulated spectra", False),
    ],
)
def test_what_is_not_simulated_is_said_so(line: str, simulated: bool) -> None:
    assert read_spectrum(layouts.text(head=f"# {line}\n")).simulated == simulated


@pytest.mark.parametrize(
    ("value", "note", "velocity"),
    [
        (26.493, "", 26.493),
        ("26.493 km/s", "", 26.493),
        ("26.493km/s", "", 26.493),
        ("-26493 m/s", "", -26.493),
        (26493, "", 26.493),
        (-26493.0, "", -26.493),
        (812.0, "[m/s] barycentric motion", 0.812),
        (12.0, "Barycentric terms", 12.0),
        (12.0, "[km/s]", 12.0),
        (45.0, "", None),
        (50000, "", None),
        ("2019-05-03", "", None),
        ("unknown", "", None),
        (True, "", None),
        (None, "", None),
        (0.0, "[km/s]", None),
        (-1, "", None),
        (-10, "", -10.0),
        (-9999.0, "", None),
        ("99.99 km/s", "", None),
        (1.03, "", 1.03),
        (9.9, "", 9.9),
        (8.8373e-5, "", 26.49356),
        (8.8373e-5, "[km/s]", 8.8373e-5),
        (0.0124, "[AU/day] barycentric", 21.47006),
        ("-0.0124 au/d", "", -21.47006),
        ("0.0124 AU / d", "", 21.47006),
    ],
)
def test_the_velocity_of_earth_with_and_without_its_unit(value: object, note: str, velocity: float | None) -> None:
    assert earth_velocity(value, 1.0, note)[0] == pytest.approx(velocity)


def test_a_date_as_fits_wrote_it_until_1999() -> None:
    new = middle_of_exposure(Cards(fits.Header([("DATE-OBS", "1998-03-05T06:00:00")])))
    assert middle_of_exposure(Cards(fits.Header([("DATE-OBS", "05/03/98"), ("UT", "06:00:00")]))) == new
    assert middle_of_exposure(Cards(fits.Header([("DATE-OBS", "05/13/98"), ("UT", "06:00:00")]))) is None


def table(name: str, *history: str, **cards: object) -> bytes:
    wave = np.linspace(8780.0, 8855.0, 1500)
    columns = [fits.Column(name, "D", array=wave, unit="Angstrom"), fits.Column("FLUX", "D", array=layouts.truth(wave))]
    primary = fits.PrimaryHDU()
    primary.header.update(cards)
    for line in history:
        primary.header["HISTORY"] = line
    return layouts.to_bytes(primary, fits.BinTableHDU.from_columns(columns))


@pytest.mark.parametrize(
    ("steps", "medium", "frame"),
    [
        (
            ["Wavelengths in air, observatory frame", "Converted to vacuum", "Corrected for Earth's motion"],
            "vac",
            "bary",
        ),
        (["in vacuum, barycentric frame", "vac2air applied", "shifted to rest frame"], "air", "rest"),
        (["air2vac applied", "vacuum wavelengths", "barycentric corrected", "barycentric frame"], "vac", "bary"),
    ],
)
def test_a_later_step_ends_what_an_earlier_one_says(steps: list[str], medium: str, frame: str) -> None:
    found = read_spectrum(table("WAVE", *steps))
    assert next(f.value for f in found.findings if f.name == "medium").startswith(medium)
    assert found.frame.startswith(frame) and not {"medium_guessed", "frame_guessed"} & set(found.flags)


@pytest.mark.parametrize("steps", [["barycentric frame", "observatory frame"], ["wavelengths in vacuum", "in air"]])
def test_words_that_are_no_steps_contradict_each_other(steps: list[str]) -> None:
    assert {"medium_guessed", "frame_guessed"} & set(read_spectrum(table("WAVE", *steps)).flags)


def reason(spectrum: Spectrum, name: str) -> str:
    return next(finding.reason for finding in spectrum.findings if finding.name == name)


@pytest.mark.parametrize(
    ("text", "medium", "frame"),
    [
        ("Wellenlängen in Luft", "air", None),
        ("Wellenlängen nicht in Luft", "vacuum", None),
        ("longueurs d'onde dans le vide", "vacuum", None),
        ("lunghezze d'onda in aria", "air", None),
        ("длины волн в вакууме", "vacuum", None),
        ("comprimento de onda no vácuo (Angstrom)", "vacuum", None),
        ("longueurs d onde pas dans le vide", "air", None),
        ("no en vacío", "air", None),
        ("真空波長", "vacuum", None),
        ("Wellenlänge (Vakuum)", "vacuum", None),
        ("Longitud de onda (aire)", "air", None),
        ("Longitud de onda (vacío)", "vacuum", None),
        ("Lunghezza d'onda (vuoto)", "vacuum", None),
        ("Luft, baryzentrisch, R = 50000", "air", "barycentric"),
        ("vide, repère barycentrique", "vacuum", "barycentric"),
        ("baryzentrische Korrektur angewandt", None, "barycentric"),
        ("corrigé de la vitesse barycentrique", None, "barycentric"),
        ("corregido al baricentro", None, "barycentric"),
        ("sistema di riferimento baricentrico", None, "barycentric"),
        ("nicht baryzentrisch korrigiert", None, "observatory"),
        ("non corrigé de la vitesse barycentrique", None, "observatory"),
        ("sin corrección baricéntrica", None, "observatory"),
        ("topozentrisch", None, "observatory"),
        *((text, None, "rest") for text in ("im Ruhesystem des Sterns", "au repos", "en reposo")),
        ("Luftwellenlängen", "air", None),
        *((text, None, None) for text in ("masa de aire 1.2", "PI: Aria Vidal", "masse d'air 1.3", "campo vacío")),
        *((text, None, None) for text in ("dewar vacuum 1e-6 mbar", "Bel Air Observatory", "vacuum level good")),
        ("wavelengths were in air, now in vacuum", "vacuum", None),
        ("in vacuum, unlike the air wavelengths of the archive", "vacuum", None),
        ("barycentric frame: nein", None, "observatory"),
        ("CTYPE1 = AWAV", "air", None),
        ("vacuum barycentric R=50000", "vacuum", "barycentric"),
        ("barycentric, R = 94,600", None, "barycentric"),
        ("no barycentric correction, R = 50000", None, "observatory"),
        ("barycentric velocity = 12.3", None, None),
        ("helio corr -26.49", None, None),
        ("helio corr. 26.49 km/s", None, None),
        ("helio corr applied", None, "barycentric"),
    ],
)
def test_words_of_other_languages_and_a_resolution_beside(text: str, medium: str | None, frame: str | None) -> None:
    assert (medium_of(text), frame_of(text)) == (medium, frame)


def test_a_file_that_contradicts_itself_is_flagged() -> None:
    medium = read_spectrum(table("WAVE_VAC", AIRORVAC="air"))
    assert "medium_guessed" in medium.flags and "WAVE" in reason(medium, "medium")
    assert "AIRORVAC" in reason(medium, "medium")
    assert "not stated" in reason(read_spectrum(table("WAVE", VACUUM="1.2E-06 mbar")), "medium")
    assert "INAIR" in reason(read_spectrum(table("WAVE", INAIR=True)), "medium")
    frame = read_spectrum(table("WAVE", "as observed, no barycentric correction", SPECSYS="BARYCENT"))
    assert frame.frame == "barycentric" and "frame_guessed" in frame.flags
    assert "SPECSYS" in reason(frame, "frame") and "as observed" in reason(frame, "frame")
    cards = read_spectrum(table("WAVE", AIRORVAC="vacuum", CTYPE1="AWAV", SPECSYS="BARYCENT", SPECSYS1="TOPOCENT"))
    assert cards.frame == "barycentric" and "AIRORVAC" in reason(cards, "medium")
    assert {"frame_guessed", "medium_guessed"} <= set(cards.flags) and "CTYPE1" in reason(cards, "medium")
    lines = read_spectrum(layouts.text(head="# frame: barycentric\n# medium: air\n# vacuum wavelengths, topocentric\n"))
    assert lines.frame == "barycentric" and {"frame_guessed", "medium_guessed"} <= set(lines.flags)


def test_a_velocity_of_earth_that_position_and_time_contradict_is_flagged() -> None:
    """GJ 699 seen from La Silla on 2019-03-19: Earth moves towards it at 26.3 km/s."""
    sky = {"RA": "17:57:48.5", "DEC": "+04:41:36", "DATE-OBS": "2019-03-19T11:49:14", "SPECSYS": "TOPOCENT"}
    for stated, velocity, flagged in ((26.3, 26.3, False), (-26.3, -26.3, True), (-9999.0, 26.3, False)):
        spectrum = read_spectrum(table("WAVE", INSTRUME="FEROS", BERV=stated, **sky))
        assert spectrum.barycentric_velocity == pytest.approx(velocity, abs=0.1)
        assert ("frame_guessed" in spectrum.flags) == flagged
    assert "no" not in reason(spectrum, "barycentric velocity")


def test_what_is_known_of_a_pipeline_goes_before_what_is_known_of_the_instrument() -> None:
    spectrum = read_spectrum(table("WAVE", INST="FEROS", PIPELINE="CERES", RESOL="50000"))
    assert (spectrum.frame, spectrum.instrument) == ("barycentric", "FEROS") and "CERES" in reason(spectrum, "medium")
    assert spectrum.resolution == 50_000 and not {"frame_guessed", "medium_guessed"} & set(spectrum.flags)
    assert read_spectrum(table("WAVE", SPEC_RES=50000, RESOL=600)).resolution == 50_000
    assert read_spectrum(table("WAVE", RESOL=600)).resolution is None


def test_the_planes_of_ceres_are_known() -> None:
    """Wavelength, counts and their weights, both without the blaze, normalised, its weights, continuum, S/N, …"""
    wave = np.linspace(8780.0, 8855.0, 1500)
    flux, noise = layouts.truth(wave), np.random.default_rng(5).normal(0.0, 0.01, wave.size)
    blaze, light = np.sin(np.linspace(0.3, 2.8, wave.size)), flux + noise
    planes = [
        wave,
        light * blaze,
        1e4 / blaze**2,
        light,
        np.full(wave.size, 1e4),
        light / 1.1,
        np.full(wave.size, 1.21e4),
    ]
    planes += [np.full(wave.size, 1.1), flux / 0.01, light / 1.1, np.full(wave.size, 1.21e4)]
    cube = fits.PrimaryHDU(np.repeat(np.array(planes)[:, None], 2, axis=1) * np.array([1.0, 2.0])[:, None])
    cube.data[0, 1] = wave + 75.0
    cube.header["PIPELINE"] = "CERES"
    spectrum = read_spectrum(layouts.to_bytes(cube))
    inside = (spectrum.wavelength > 8790) & (spectrum.wavelength < 8845)
    np.testing.assert_allclose(spectrum.flux[inside], np.interp(spectrum.wavelength[inside], wave, light))
    np.testing.assert_allclose(spectrum.uncertainty[inside], 0.01)
    assert not {"several_spectra", "medium_guessed", "uncertainty_implausible"} & set(spectrum.flags)


def test_a_file_of_one_voice_and_a_user_who_decides_are_not_flagged() -> None:
    agreed = table("WAVE_VAC", "barycentric corrected", "vacuum wavelengths", SPECSYS="BARYCENT", AIRORVAC="vacuum")
    assert not {"frame_guessed", "medium_guessed"} & set(read_spectrum(agreed).flags)
    data = table("WAVE_VAC", "no barycentric correction", SPECSYS="BARYCENT", AIRORVAC="air")
    spectrum = read_spectrum(data, options=ReadOptions(medium="air", frame="observatory"))
    assert spectrum.frame == "observatory" and not {"frame_guessed", "medium_guessed"} & set(spectrum.flags)


def test_a_frame_that_is_denied_leaves_it_to_the_velocity() -> None:
    spectrum = read_spectrum(layouts.text(head="# rest_frame = False\n# BERV: 26.493 km/s\n"))
    assert spectrum.frame == "observatory" and spectrum.barycentric_velocity == pytest.approx(26.493)
    assert "frame_guessed" in spectrum.flags
