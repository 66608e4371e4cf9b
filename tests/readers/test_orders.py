"""Orders joined: the sky of an order goes with its flux."""

from __future__ import annotations

import numpy as np

from dtl.readers.orders import Order, merge


def test_sky_is_scaled_and_averaged_with_its_order() -> None:
    """Two orders of different throughput see the same star and sky; what is left of both is the star."""
    blue, red = np.arange(8780.0, 8825.0, 0.05), np.arange(8810.0, 8850.0, 0.05)

    def order(wave: np.ndarray, throughput: float, number: int) -> Order:
        star, sky = 2.0 + np.sin(wave), 0.3 + 0.1 * np.sin(wave / 7)
        sigma = np.full(wave.size, 0.01 * throughput)
        return Order(wave, throughput * (star + sky), sigma, throughput * sky, number)

    merged, _ = merge([order(blue, 1.0, 0), order(red, 0.4, 1)])
    np.testing.assert_allclose(merged.flux - merged.sky, 2.0 + np.sin(merged.wavelength), atol=0.015)
