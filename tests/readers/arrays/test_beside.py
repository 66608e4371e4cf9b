"""Names that others change: corrected fluxes, errors of a mean."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from tests.builders import observe
from tests.readers import layouts
from tests.readers.reading import read_spectrum


def table(**columns: np.ndarray) -> bytes:
    rows = np.column_stack(list(columns.values()))
    return "\n".join([",".join(columns), *(",".join(f"{x:.6f}" for x in row) for row in rows)]).encode()


@pytest.mark.parametrize(
    "names",
    [
        "dflux flux cdflux cflux",
        "dflux flux tacdflux tacflux",
        "ERR FLUX ERR_CORR FLUX_CORR",
        "err spec err_tc spec_tc",
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_the_flux_without_the_lines_of_the_atmosphere(order: int, names: str) -> None:
    """molecfit's table (Smette et al. 2015, A&A 576, A77), and how people call the same."""
    own = observe()
    through = 1 - 0.3 * np.exp(-(((own.wavelength - 8816) / 0.2) ** 2))
    values = own.uncertainty, own.flux * through, own.uncertainty / through, own.flux
    pairs = list(zip(names.split(), values, strict=True))[::order]
    found = read_spectrum(table(**{"lambda": own.wavelength}, **dict(pairs), mtrans=through))
    np.testing.assert_allclose(found.flux, own.flux, atol=1e-5)
    np.testing.assert_allclose(found.uncertainty, own.uncertainty / through, atol=1e-5)


def test_without_a_transmission_the_plain_name_goes_before() -> None:
    own = observe()
    found = read_spectrum(table(wave=own.wavelength, flux=own.flux, err=own.uncertainty, cflux=own.flux * 2))
    np.testing.assert_allclose(found.flux, own.flux, atol=1e-5)


@pytest.mark.parametrize("single", ["std_flux", "stddev", "flux_sd", "std"])
@pytest.mark.parametrize("mean", ["sem", "stderr", "flux_sem"])
@pytest.mark.parametrize("swap", [False, True])
def test_the_error_of_a_mean_is_not_the_scatter_of_its_exposures(swap: bool, mean: str, single: str) -> None:
    own = observe()
    errors = {single: 3 * own.uncertainty, mean: own.uncertainty}
    errors = dict(reversed(errors.items())) if swap else errors
    found = read_spectrum(table(wave=own.wavelength, mean_flux=own.flux, **errors))
    np.testing.assert_allclose(found.uncertainty, own.uncertainty, atol=1e-5)
    alone = read_spectrum(table(wave=own.wavelength, mean_flux=own.flux, **{single: own.uncertainty}))
    np.testing.assert_allclose(alone.uncertainty, own.uncertainty, atol=1e-5)


def test_names_that_numpy_counts_say_nothing() -> None:
    """``f1`` alone would be a flux, but ``f0`` beside it holds wavelengths."""
    own = observe()
    found = read_spectrum(table(f0=own.wavelength, f1=own.flux, f2=own.uncertainty))
    np.testing.assert_allclose(found.flux, own.flux, atol=1e-5)
    np.testing.assert_allclose(found.uncertainty, own.uncertainty, atol=1e-5)


@pytest.mark.parametrize(
    "name", ["flux_tellcorr", "tellcorr_flux", "flux_telluric_corrected", "Flux_TelCorr", "flux_notell"]
)
@pytest.mark.parametrize("first", [False, True])
def test_a_flux_that_is_named_as_free_of_the_lines_of_the_atmosphere(name: str, first: bool) -> None:
    own = observe()
    through = 1 - 0.3 * np.exp(-(((own.wavelength - 8816) / 0.2) ** 2))
    fluxes = {name: own.flux, "flux": own.flux * through}
    fluxes = fluxes if first else dict(reversed(fluxes.items()))
    found = read_spectrum(table(wave=own.wavelength, **fluxes, err=own.uncertainty))
    np.testing.assert_allclose(found.flux, own.flux, atol=1e-5)
    np.testing.assert_allclose(found.uncertainty, own.uncertainty, atol=1e-5)


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize(
    "names",
    [
        *("RAW SUB", "gross clean", "observed corrected", "boxcar optimal", "flux flux_corr", "flux flux_net"),
        *("flux telluric_corrected", "flux tell_corr", "flux sky_subtracted", "flux sky_sub", "flux_box flux_opt"),
    ],
)
def test_the_flux_after_something_was_done_goes_before_that_without(names: str, swap: bool) -> None:
    own = observe()
    before = own.flux * (1 - 0.3 * np.exp(-(((own.wavelength - 8816) / 0.2) ** 2)))
    pairs = list(zip(names.split(), (1e3 * before, 1e3 * own.flux), strict=True))[:: -1 if swap else 1]
    found = read_spectrum(table(wave=own.wavelength, **dict(pairs), err=1e3 * own.uncertainty))
    np.testing.assert_allclose(found.flux, 1e3 * own.flux, atol=1e-4)
    assert "several_spectra" not in found.flags


@pytest.mark.parametrize("names", ["flux flux_corr", "flux flux_tc", "raw clean", "obs corr", "boxcar opt", "RAW SUB"])
@pytest.mark.parametrize("other", ["factor", "mask", "residual"])
@pytest.mark.parametrize("swap", [False, True])
def test_a_word_for_what_was_done_is_that_of_a_flux_where_this_has_the_lines(
    names: str, other: str, swap: bool
) -> None:
    own, random = observe(), np.random.default_rng(3)
    size = len(own.wavelength)
    beside = {
        "factor": 5 + np.linspace(0, 1, size) ** 2,
        "mask": (random.random(size) < 0.01).astype(float),
        "residual": 10 * random.normal(size=size),
    }[other]
    pairs = list(zip(names.split(), (1e3 * own.flux, beside), strict=True))[:: -1 if swap else 1]
    found = read_spectrum(table(wave=own.wavelength, **dict(pairs), err=1e3 * own.uncertainty))
    seen = np.isfinite(found.flux)
    np.testing.assert_allclose(found.flux[seen], 1e3 * own.flux[seen], atol=1e-4)


@pytest.mark.parametrize("name", ["tell_corr", "telluric", "sky_sub", "sky"])
def test_what_was_divided_by_or_taken_away_is_no_flux(name: str) -> None:
    own = observe()
    air = 1 - 0.3 * np.exp(-(((own.wavelength - 8816) / 0.2) ** 2))
    found = read_spectrum(table(wave=own.wavelength, flux=1e3 * own.flux, err=1e3 * own.uncertainty, **{name: air}))
    np.testing.assert_allclose(found.flux, 1e3 * own.flux, atol=1e-4)


@pytest.mark.parametrize(
    "names",
    [
        "flux flux_clean err",
        "flux clean_flux err",
        "flux flux_sub err",
        "flux subtracted err",
        "flux_obs flux_corr err",
        "flux_raw flux_sub err",
        "gross_err flux flux_corr flux_corr_err",
        "flux err flux_clean err_clean",
        "boxcar_err boxcar optimal optimal_err",
        "raw sub sub_err",
        "observed corrected err",
    ],
)
def test_the_flux_after_a_step_has_its_own_uncertainty(names: str) -> None:
    own = observe()
    before = own.flux + 500.0 + 90.0 * np.exp(-(((own.wavelength - 8828) / 0.3) ** 2))
    columns, found = [], 0
    for name in names.split():
        error = "err" in name
        last = name == [n for n in names.split() if ("err" in n) == error][-1]
        found += last
        columns.append((own.uncertainty if error else own.flux) if last else (3 * own.uncertainty if error else before))
    assert found == 2
    rows = np.column_stack([own.wavelength, *columns])
    text = "\n".join([f"wave {names}", *(" ".join(f"{x:.6f}" for x in row) for row in rows)]).encode()
    spectrum = read_spectrum(text)
    np.testing.assert_allclose(spectrum.flux, own.flux, atol=1e-5)
    np.testing.assert_allclose(spectrum.uncertainty, own.uncertainty, atol=1e-5)


def test_what_is_left_of_a_flux_or_counts_is_not_the_flux_after_a_step() -> None:
    own, rng = observe(), np.random.default_rng(2)
    for name, values in {
        "flux_sub": own.flux - own.flux.max(),  # of which the continuum was taken
        "flux_corr": 1 + 1e-3 * (own.wavelength - 8800),
        "clean": np.ones(own.flux.size),
        "sub": rng.normal(0, 9.0, own.flux.size),
        "net": 0.001 * own.flux,
    }.items():
        found = read_spectrum(table(wave=own.wavelength, flux=own.flux, **{name: values}, err=own.uncertainty))
        np.testing.assert_allclose(found.flux, own.flux, atol=1e-5)
        np.testing.assert_allclose(found.uncertainty, own.uncertainty, atol=1e-5)


def test_an_uncertainty_stays_with_a_flux_that_is_not_the_same_corrected() -> None:
    """Another spectrum under the name of a step, as of another night, has the uncertainty of that name."""
    own, rng = observe(), np.random.default_rng(3)
    other = 1.0 + 0.3 * np.sin(own.wavelength * 9.0) + rng.normal(0, 0.01, own.flux.size)
    columns = {"flux_raw": other, "flux_clean": own.flux, "err_raw": 3 * own.uncertainty, "err_clean": own.uncertainty}
    found = read_spectrum(table(wave=own.wavelength, **columns))
    np.testing.assert_allclose(found.flux, own.flux, atol=1e-5)
    np.testing.assert_allclose(found.uncertainty, own.uncertainty, atol=1e-5)


def of_molecfit(*names: str, **cards: str) -> bytes:
    """A table of molecfit, in microns."""
    own = observe()
    values = {"lambda": own.wavelength / 1e4, "mlambda": own.wavelength / 1e4, "flux": own.flux, "mflux": own.flux}
    columns = [fits.Column(name, "D", array=values[name]) for name in names]
    primary = fits.PrimaryHDU()
    primary.header.update(cards)
    return layouts.to_bytes(primary, fits.BinTableHDU.from_columns(columns))


@pytest.mark.parametrize(
    ("names", "instrument", "medium", "flagged"),
    [
        ("lambda flux mlambda mflux", "UVES", "vacuum", True),
        ("lambda flux mlambda mflux", "", "vacuum", True),
        ("lambda flux mlambda mflux", "CRIRES+", "vacuum", True),
        ("lambda flux", "UVES", "air", False),
        ("lambda flux mflux", "UVES", "air", False),
    ],
)
def test_molecfit_keeps_its_wavelengths_in_vacuum(names: str, instrument: str, medium: str, flagged: bool) -> None:
    """Air was taken for those of UVES, without a flag."""
    found = read_spectrum(of_molecfit(*names.split(), INSTRUME=instrument))
    said = next(finding.value for finding in found.findings if finding.name == "medium")
    assert said == medium and ("medium_guessed" in found.flags) == flagged
    if medium == "vacuum":
        np.testing.assert_allclose(found.wavelength, observe().wavelength, rtol=1e-7)


def test_a_file_that_states_its_medium_goes_before_what_is_known_of_molecfit() -> None:
    found = read_spectrum(of_molecfit("lambda", "flux", "mlambda", "mflux", INSTRUME="UVES", AIRORVAC="air"))
    assert next(finding.value for finding in found.findings if finding.name == "medium") == "air"
    assert "medium_guessed" not in found.flags


@pytest.mark.parametrize("name", ["cal_flux", "calflux", "Cal Flux"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_calibrated_flux_is_no_lamp(name: str, order: int) -> None:
    """It was left for the counts, with its own errors, or refused where it stood alone."""
    own = observe()
    counts = own.flux * (1 + 0.3 * np.sin((own.wavelength - 8800) / 30)) * 900.0
    columns = [(name, own.flux), ("counts", counts), ("cal_err", own.uncertainty)][::order]
    found = read_spectrum(table(wave=own.wavelength, **dict(columns)))
    np.testing.assert_allclose(found.flux, own.flux, atol=1e-5)
    np.testing.assert_allclose(found.uncertainty, own.uncertainty, atol=1e-5)
    alone = read_spectrum(table(wave=own.wavelength, **{name: own.flux, "err": own.uncertainty}))
    np.testing.assert_allclose(alone.flux, own.flux, atol=1e-5)


def test_the_flux_of_a_lamp_stays_one() -> None:
    own, rng = observe(), np.random.default_rng(3)
    lamp = 5.0 + 300.0 * (rng.random(own.flux.size) > 0.98)
    for name in ("counts", "flux", "sci_flux"):
        found = read_spectrum(table(wave=own.wavelength, cal_flux=lamp, **{name: own.flux}, err=own.uncertainty))
        np.testing.assert_allclose(found.flux, own.flux, atol=1e-5)
        assert "several_spectra" not in found.flags


@pytest.mark.parametrize("order", [1, -1])
def test_an_uncertainty_goes_with_the_word_for_its_flux(order: int) -> None:
    """Errors of the counts were taken for those of the flux where they stood before them."""
    own = observe()
    columns = [("counts_err", 1.3 * own.uncertainty), ("flux_err", own.uncertainty)][::order]
    found = read_spectrum(table(wave=own.wavelength, counts=1.3 * own.flux, flux=own.flux, **dict(columns)))
    np.testing.assert_allclose(found.uncertainty, own.uncertainty, atol=1e-5)
    alone = read_spectrum(table(wave=own.wavelength, flux=own.flux, counts_err=own.uncertainty))
    np.testing.assert_allclose(alone.uncertainty, own.uncertainty, atol=1e-5)


FAULTS = np.isin(np.arange(observe().wavelength.size), [300, 301, 500])


@pytest.mark.parametrize(
    ("name", "good"),
    [
        *((name, True) for name in ("use", "used", "keep", "ok", "is_ok", "included", "accepted")),
        *((name, True) for name in ("pixel_used", "usemask", "okflag", "use_pixel", "isgood", "good_pix")),
        *((name, False) for name in ("hot_pixel", "dead_pixel", "deadpix", "isbad", "flagged", "clipped", "sky_lines")),
        *((name, False) for name in ("saturated", "cosmic", "cr_hit", "is_cosmic", "reject", "excluded", "not_used")),
        *((name, False) for name in ("pixmask", "tellmask", "crflag", "sky_line_mask", "bad_order")),
        *((name, False) for name in ("h2o_line_mask", "water_lines_mask", "atm_line_mask", "ghost_mask_order")),
    ],
)
def test_flags_by_what_is_done_with_their_pixels(name: str, good: bool) -> None:
    own = observe()
    flags = np.where(FAULTS, float(not good), float(good))
    found = read_spectrum(table(wave=own.wavelength, flux=own.flux, err=own.uncertainty, **{name: flags}))
    assert np.flatnonzero(~np.isfinite(found.flux)).tolist() == [300, 301, 500]


@pytest.mark.parametrize(
    "name",
    "line_mask mask_lines continuum_mask cont_flag fit_mask order_flag good_continuum used_in_fit use_for_continuum"
    " contmask is_line selected_lines CaII_mask Fe1_mask mask_tio stellar_mask ccf_mask roi_mask"
    " line_used used_lines".split(),
)
@pytest.mark.parametrize("share", [0.05, 0.35])
def test_flags_of_lines_and_of_the_continuum_mark_no_fault(share: float, name: str) -> None:
    """Without the cores of its lines a star has other parameters."""
    own = observe()
    cores = (own.flux < np.quantile(own.flux, share)).astype(float)
    found = read_spectrum(table(wave=own.wavelength, flux=own.flux, err=own.uncertainty, **{name: cores}))
    assert np.isfinite(found.flux).all()


def test_pixels_that_are_not_of_a_line_are_no_faults_where_they_are() -> None:
    own = observe()
    outside = (own.flux > np.quantile(own.flux, 0.1)).astype(float)
    found = read_spectrum(table(wave=own.wavelength, flux=own.flux, err=own.uncertainty, not_line=outside))
    assert np.isfinite(found.flux).all()


@pytest.mark.parametrize("name", ["use", "used", "selected", "is_ok", "include"])
@pytest.mark.parametrize("share", [0.05, 0.35])
def test_few_pixels_that_were_chosen_are_no_faults(share: float, name: str) -> None:
    """What most pixels hold is good: those that were chosen were left out."""
    own = observe()
    cores = (own.flux < np.quantile(own.flux, share)).astype(float)
    found = read_spectrum(table(wave=own.wavelength, flux=own.flux, err=own.uncertainty, **{name: cores}))
    assert np.isfinite(found.flux).all()


def test_numbers_that_are_no_flags_are_none_by_their_name() -> None:
    own = observe()
    found = read_spectrum(table(wave=own.wavelength, flux=own.flux, err=own.uncertainty, cosmic=own.flux / 900))
    np.testing.assert_allclose(found.flux, own.flux, atol=1e-5)


@pytest.mark.parametrize("name", ["sky", "telluric", "sky_lines"])
def test_a_transmission_and_a_faint_sky_are_no_flags(name: str) -> None:
    own = observe()
    for values in (np.where(FAULTS, 0.5, 1.0), np.where(FAULTS, 3.0, 2.0), np.where(FAULTS, 0.0, 7.0)):
        found = read_spectrum(table(wave=own.wavelength, flux=own.flux, err=own.uncertainty, **{name: values}))
        np.testing.assert_allclose(found.flux, own.flux, atol=1e-5)
