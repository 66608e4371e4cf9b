"""What names of arrays and words about them say."""

from __future__ import annotations

import numpy as np
import pytest

from dtl.readers.words.descriptions import kind_by_unit, parse_description
from dtl.readers.words.names import parse_name, says_nothing
from tests.readers import layouts
from tests.readers.reading import read_spectrum


@pytest.mark.parametrize(
    ("text", "role", "kind"),
    [
        ("Wavelength in vacuum [Angstrom]", "wavelength", "sigma"),
        ("flux per wavelength bin", "flux", "sigma"),
        ("1-sigma uncertainty of the flux", "uncertainty", "sigma"),
        ("Inverse variance of flux", "uncertainty", "ivar"),
        ("Signal to noise ratio per pixel", "uncertainty", "snr"),
        ("mask, 0 is good", "mask", "sigma"),
        ("sky background", "sky", "sigma"),
        ("Star's flux, sky subtracted", "flux", "sigma"),
        ("em.wl;obs.atmos", "wavelength", "sigma"),
        ("phot.flux.density;em.wl", "flux", "sigma"),
        ("stat.error;phot.flux.density", "uncertainty", "sigma"),
        ("as measured; stat.variance", "uncertainty", "variance"),
        ("", "", "sigma"),
        ("made by hand", "", "sigma"),
    ],
)
def test_descriptions(text: str, role: str, kind: str) -> None:
    said = parse_description(text)
    assert (said.role, said.kind) == (role, kind)


def test_the_error_of_something_else_keeps_the_word() -> None:
    assert parse_description("error of the sky flux").stem == {"sky"}
    assert parse_description("error of the flux of the star").stem == frozenset()


@pytest.mark.parametrize(
    ("text", "role"),
    [
        *(("Wellenlänge", "wavelength"), ("longueur d’onde", "wavelength"), ("длина_волны", "wavelength")),
        *(("Flußdichte", "flux"), ("flujo", "flux"), ("поток", "flux"), ("フラックス", "flux"), ("Intensità", "flux")),
        *(
            ("Messfehler", "uncertainty"),
            ("Flussfehler", "uncertainty"),
            ("błąd", "uncertainty"),
            ("フラックス誤差", "uncertainty"),
        ),
        *(("Modell", "model"), ("flujo_modelo", "model"), ("モデル", "model"), ("predicted", "model")),
        *(("Himmel", "sky"), ("ciel", "sky"), ("a0v_flux", "telluric")),
        *(("ΔF", "uncertainty"), ("δflux", "uncertainty"), ("flux ±", "uncertainty"), ("yerr", "uncertainty")),
    ],
)
def test_words_of_other_languages_and_symbols(text: str, role: str) -> None:
    assert parse_name(text).role == role


@pytest.mark.parametrize("text", ["flux_3sigma", "3sigma_clipped_flux", "flux_2sigma_clipped"])
def test_a_flux_that_was_clipped_is_no_uncertainty(text: str) -> None:
    assert parse_name(text).role == "flux"


@pytest.mark.parametrize(
    ("text", "kind", "multiple"),
    [
        *(("err_stat", "sigma", 1), ("sigma_stat", "sigma", 1), ("STAT", "variance", 1)),
        *(("sqrt_var", "sigma", 1), ("root_variance", "sigma", 1)),
        *(("err_3sig", "sigma", 3), ("FWHM_err", "sigma", 2.35482)),
        *(("err [2 sigma]", "sigma", 2), ("2*sigma", "sigma", 2), ("three_sigma_error", "sigma", 3)),
        *(("unc(k=2)", "sigma", 2), ("expanded_uncertainty", "sigma", 2), ("error_95", "sigma", 1.959964)),
        *(("err_fwhm", "sigma", 2.35482), ("err_ppm", "relative", 1e6), ("error [ppm]", "relative", 1e6)),
        *(("err_3s", "sigma", 3), ("flux_err_2s", "sigma", 2), ("3sigma", "sigma", 3)),
        *(("err 2s", "sigma", 1), ("err [2 sigma clipped]", "sigma", 1), ("err (FWHM extraction)", "sigma", 1)),
        ("Error [erg/s/cm^2/A]", "sigma", 1),
        *(("flux 2 sigma", "sigma", 1), ("flux_2_sigma", "sigma", 1), ("1sigma", "sigma", 1), ("err_2", "sigma", 1)),
    ],
)
def test_how_much_of_an_uncertainty_a_column_holds(text: str, kind: str, multiple: float) -> None:
    name = parse_name(text)
    assert (name.role, name.kind, name.multiple) == ("uncertainty", kind, multiple)
    assert name.stem == (
        frozenset() if multiple != 1 or "2" not in text or "[" in text else frozenset({"2s" if "2s" in text else "2"})
    )


def test_decibels_are_no_ratio() -> None:
    assert {parse_name(text).role for text in ("snr_resel", "S/N per resolution element", "SNR per A")} == {""}
    assert {parse_name(text).role for text in ("S/N (per 0.1 A)", "SNR per km/s")} == {""}
    assert parse_name("snr_per_pixel").kind == parse_name("S/N").kind == "snr"
    assert parse_name("SNR [dB]").role == parse_name("snr_db").role == ""


@pytest.mark.parametrize(
    ("text", "nothing"), [("COL1", True), ("c_2", True), ("data 3", True), ("arr_0", True), ("flux1", False)]
)
def test_names_that_only_count(text: str, nothing: bool) -> None:
    assert says_nothing(text) == nothing


def test_an_energy_in_electronvolts_is_no_error() -> None:
    assert parse_name("energy_eV").role == parse_name("Photon_Energy_keV").role == "wavelength"


def test_a_flux_over_its_continuum() -> None:
    assert {parse_name(text).role for text in ("flux/cont", "Flux / Continuum", "counts/cont")} == {"flux"}
    assert parse_name("err/cont").role == "uncertainty" and parse_name("cont/flux").role == "continuum"


def test_an_index_is_no_flux() -> None:
    assert parse_name("Unnamed: 0").role == "pixel"


@pytest.mark.parametrize("text", ["F_lambda", "Flux_lambda", "flux nu", "f_lam", "Flambda"])
def test_a_density_is_a_flux_and_no_wavelength(text: str) -> None:
    assert parse_name(text).role == "flux"
    assert (parse_name(f"{text}_err").role, parse_name(f"{text}_err").stem) == ("uncertainty", frozenset())


@pytest.mark.parametrize(("text", "scale"), [("logF", "log10"), ("log_F", "log10"), ("lnF", "ln"), ("loglam", "log10")])
def test_a_logarithm_by_its_symbol(text: str, scale: str) -> None:
    assert (parse_name(text).role, parse_name(text).scale) == ("wavelength" if "lam" in text else "flux", scale)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("err_2", "sigma"), ("err^2", "variance"), ("sigma**2", "variance"), ("1/var", "ivar"), ("1/sigma^2", "ivar")],
)
def test_a_number_is_no_square(text: str, kind: str) -> None:
    assert parse_name(text).kind == kind


@pytest.mark.parametrize("text", ["sigma_sq", "errsq", "ERR_SQR", "noise squared", "OPTVAR", "fluxvar", "SPECVARIANCE"])
def test_a_square_in_words_and_in_one_word_with_the_flux(text: str) -> None:
    assert (parse_name(text).role, parse_name(text).kind) == ("uncertainty", "variance")


@pytest.mark.parametrize(
    ("text", "role", "kind"),
    [
        *(("OPTFLUX", "flux", "sigma"), ("OPTERR", "uncertainty", "sigma"), ("FLUXIVAR", "uncertainty", "ivar")),
        *(("FLUXSNR", "uncertainty", "snr"), ("FLUXNORMERR", "uncertainty", "sigma"), ("GOODMASK", "mask", "sigma")),
        *(("DF_LAMBDA", "uncertainty", "sigma"), ("eF_lambda", "uncertainty", "sigma")),
    ],
)
def test_words_that_are_written_as_one(text: str, role: str, kind: str) -> None:
    assert (parse_name(text).role, parse_name(text).kind) == (role, kind)


@pytest.mark.parametrize("text", ["relerr", "rel_err", "fractional error"])
def test_an_error_relative_to_the_flux(text: str) -> None:
    assert (parse_name(text).role, parse_name(text).kind) == ("uncertainty", "relative")


@pytest.mark.parametrize(
    ("names", "frame", "shift"), [("WAVE_VAC,WAVE_VAC_BARY", "barycentric", 0.5), ("WAVE_VAC,other", "unknown", 0.0)]
)
def test_wavelengths_at_the_barycentre_go_first(names: str, frame: str, shift: float) -> None:
    wave = layouts.grid()
    rows = [f"{w:.4f},{w + 0.5:.4f},{f:.5f}" for w, f in zip(wave, layouts.truth(wave), strict=True)]
    spectrum = read_spectrum("\n".join([f"{names},flux", *rows]).encode())
    assert spectrum.frame == frame
    assert spectrum.wavelength[np.nanargmin(spectrum.flux)] == pytest.approx(8822.3 + shift, abs=0.06)


@pytest.mark.parametrize(
    ("name", "medium"),
    [
        ("lamAir", "air"),
        ("WAVEAIR", "air"),
        ("AIRWAVE", "air"),
        ("lambda_aire", "air"),
        ("длина_волны_воздух", "air"),
        ("波长_空气", "air"),
        ("waveVac", "vacuum"),
        ("wlvac", "vacuum"),
        ("WaveVacuum", "vacuum"),
        ("lambda_вакуум", "vacuum"),
        ("WAVE", None),
        ("lambda_fair", None),
    ],
)
def test_the_medium_by_the_name_of_wavelengths(name: str, medium: str | None) -> None:
    spectrum = read_spectrum(layouts.text(head=f"# {name} flux err\n"))
    assert ("medium_guessed" in spectrum.flags) == (medium is None)
    found = [finding for finding in spectrum.findings if finding.name == "medium"]
    assert [finding.value for finding in found] == [medium or "vacuum"]


@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        ("adu**2", "variance"),
        ("electron^2", "variance"),
        ("(erg/s/cm2/Angstrom)2", "variance"),
        ("adu-2", "ivar"),
        ("(1e-17 erg/s/cm^2/A)^-2", "ivar"),
        ("%", "percent"),
        ("adu", "sigma"),
        ("erg/s/cm2", "sigma"),
        ("erg/s/cm2/Angstrom", "sigma"),
        ("", "sigma"),
        ("erg2 Angstrom-2 cm-4 s-2", "variance"),
        ("erg2 / (Angstrom2 cm4 s2)", "variance"),
        ("1E-34 erg2/s2/cm4/A2", "variance"),
        ("electron2/s2", "variance"),
        ("mJy^2/beam", "variance"),
        ("Angstrom2 cm4 s2 / erg2", "ivar"),
        ("Angstrom2 cm4 s2 erg-2", "ivar"),
        ("1/adu2", "ivar"),
        ("1/(adu)^2", "ivar"),
        ("1e-17 erg/s/cm2/A", "sigma"),
        ("W m-2 nm-1", "sigma"),
        ("10^-17 erg/s/cm^2/Ang", "sigma"),
        ("count/s", "sigma"),
    ],
)
def test_a_square_is_the_unit_of_a_variance(unit: str, kind: str) -> None:
    assert kind_by_unit(parse_name("ERR"), unit).kind == kind
    assert kind_by_unit(parse_name("FLUX"), unit) == parse_name("FLUX")


def test_how_a_flux_was_made_makes_it_no_mask() -> None:
    """As the rows of ESPaDOnS's files are described by CFHT."""
    assert parse_name("Normalized flux UseAutoWave").role != "mask"
    assert parse_name("Error UseAutoWave").role == "uncertainty"


@pytest.mark.parametrize("text", ["log10(F)", "log(flux)", "lg(F_lambda)", "log10 F", "LOG10[Flux]"])
def test_the_logarithm_of_a_flux_in_brackets(text: str) -> None:
    said = parse_name(text)
    assert (said.role, said.scale) == ("flux", "log10")
    assert parse_name("log(wave)").role == "wavelength" and parse_name("flux (log)").role == "flux"


@pytest.mark.parametrize(
    ("names", "used"),
    [
        ("wavelength,flux,err,cont,blaze,mask,bary_wavelength", "barycentric"),
        ("wave_air,flux,err,cont,blaze,mask,a,b,c,d,e,f,wave_vac", "vacuum"),
        ("wavelength,flux,err,cont,blaze,mask,wavelength_2", ""),
    ],
)
def test_which_wavelengths_depends_on_their_names_and_not_on_how_many_columns_are_between(
    names: str, used: str
) -> None:
    """A wide table had the wavelengths before Earth's motion was removed, as those after stand far behind."""
    wave, own = layouts.grid(), names.split(",")
    flux = layouts.truth(wave) + 0.005 * np.random.default_rng(1).normal(size=wave.size)
    values = {"flux": flux, "err": np.full(wave.size, 0.005)}
    arrays = [wave + 0.3 * ("_" in name and name != "wave_air") if "wave" in name else values.get(name, wave * 0 + 1)
              for name in own]  # fmt: skip
    rows = "\n".join(",".join(f"{value:.6f}" for value in row) for row in zip(*arrays, strict=True))
    spectrum = read_spectrum(f"{names}\n{rows}\n".encode(), name="w.csv")
    said = {finding.name: finding.value for finding in spectrum.findings}
    assert used in ("", said["frame"], said["medium"])
    assert abs(spectrum.wavelength[0] - wave[0] - (0.3 if used else 0.0)) < 1e-6


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("WLS_SIMULTANEOUS_FIBER_2", "wavelength"), ("WLS", "wavelength"), ("flux_simultaneous", "flux"),
        ("simulated_flux", "model"), ("flux simulé", "model"), ("simul_flux", "model"), ("wlscore", ""),
    ],
)  # fmt: skip
def test_what_is_simultaneous_is_not_simulated(text: str, role: str) -> None:
    assert parse_name(text).role == role
