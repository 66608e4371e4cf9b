"""What colours a star."""

from __future__ import annotations

import pytest

from dtl.exploration.spectrum_metrics import FLAG_GROUPS, SPECTRUM_METRICS, flag_group, star_value
from dtl.flags import FLAGS, NOTES
from tests.fakes import make_result


def test_every_quality_has_a_number() -> None:
    result = make_result(teff=3412.0)
    values = {name: star_value(result, name) for name in SPECTRUM_METRICS}
    assert values["teff"] == 3412.0 and values["snr"] == 104.3 and values["outlier_percentile"] == 37.0
    assert values["teff_error"] == pytest.approx(37.0)  # of 33 and 41
    assert values["residual_rms"] == pytest.approx(100 * 1.4e-4**0.5)
    with pytest.raises(KeyError):
        star_value(result, "beauty")


def test_the_gravest_flag_decides() -> None:
    assert flag_group(("upper_limit_vsini", "out_of_distribution")) == "Unlike the models"
    assert flag_group(("upper_limit_vsini", "low_snr")) == "Spectrum too poor"
    assert flag_group(("upper_limit_vsini",)) == "v sin i an upper limit"
    assert flag_group(()) == flag_group(("uncertainty_estimated", "resolution_unknown")) == "No doubt"
    assert flag_group(("something_new",)) == "Spectrum too poor"


def test_every_known_flag_is_in_one_group_or_a_note() -> None:
    grouped = [flag for members in FLAG_GROUPS.values() for flag in members]
    of_a_mean = ["exposures_differ"]  # which no single spectrum has
    assert sorted([*grouped, *NOTES, *of_a_mean]) == sorted(FLAGS)
