"""The motion of Earth as a column beside wavelengths and fluxes, once more in each row."""

from __future__ import annotations

import numpy as np
import pytest

from tests.builders import observe
from tests.readers.reading import read_spectrum


def table(name: str, values: np.ndarray, head: str = "") -> bytes:
    own = observe()
    rows = zip(own.wavelength, own.flux, np.broadcast_to(values, own.flux.shape), strict=True)
    body = "\n".join(f"{wave:.6f},{flux:.6f},{value:.9g}" for wave, flux, value in rows)
    return f"{head}wave,flux,{name}\n{body}\n".encode()


@pytest.mark.parametrize(
    ("name", "value", "velocity"),
    [("BERV", 12.3, 12.3), ("berv_kms", -7.0, -7.0), ("BARYCORR (m/s)", 12300.0, 12.3), ("BERV", 0.0, None)],
)
def test_a_velocity_that_all_pixels_share_is_that_of_the_spectrum(
    name: str, value: float, velocity: float | None
) -> None:
    """It was passed over, and the frame left unknown."""
    found = read_spectrum(table(name, np.array(value)))
    assert found.barycentric_velocity == (None if velocity is None else pytest.approx(velocity))
    assert found.frame == ("unknown" if velocity is None else "observatory")
    assert ("frame_guessed" in found.flags) == (velocity is not None)  # as with a card that does not say what was done
    np.testing.assert_allclose(found.flux, observe().flux, atol=1e-5)
    reason = next(finding.reason for finding in found.findings if finding.name == "frame")
    assert velocity is None or "if it was, state barycentric" in reason


def test_a_frame_that_is_stated_stays() -> None:
    found = read_spectrum(table("berv", np.array(12.3), "# frame: barycentric\n"))
    assert (found.frame, found.barycentric_velocity) == ("barycentric", None)
    assert "frame_guessed" not in found.flags


@pytest.mark.parametrize("name", ["berv", "shift", "rv"])
def test_what_differs_from_pixel_to_pixel_or_is_no_such_velocity_says_nothing(name: str) -> None:
    values = np.linspace(10.0, 14.0, observe().flux.size) if name == "berv" else np.array(12.3)
    found = read_spectrum(table(name, values))
    assert (found.frame, found.barycentric_velocity) == ("unknown", None)
