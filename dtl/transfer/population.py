"""What is known of a sample of M dwarfs without labels of its stars.

The part of the synthetic gap that looks like other parameters (more metals, say) cannot be seen in the spectra of
unlabelled stars. What fixes it is knowledge of the population they come from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dtl.inference.prior import MainSequence

__all__ = ["Population"]

#: By how much the correction of the mean log g exceeds the offset found. A round takes out a part of it only; with
#: this the zero point of Teff, which hangs on it, settles in eight rounds and not in twenty.
_GAIN = 3.0
#: How much of what the mean [M/H] still misses is aimed beyond it.
_PULL = 0.5
#: Spreads of [M/H] that are tried, dex. A narrower one is not believed: it would have the estimates lean on the mean
#: until they scatter as little as it says.
_SPREADS = np.arange(0.1, 0.305, 0.01)
#: Within how many K and km/s a model counts as like a star.
_ALIKE = np.array([150.0, 2.0])


@dataclass(frozen=True)
class Population:
    """Knowledge of a sample as a whole; None leaves a statement out.

    Attributes:
        mean_mh: mean [M/H] of the sample. Nearby stars have a mean a little below the Sun's: -0.05 lies among
            the values published for FGK dwarfs (Casagrande et al. 2011, A&A 530, A138). An error of it goes one to
            one into the zero point of [M/H].
        mean_mh_error: 1 sigma of what is known of it, dex: eight published sets of values of the same CARMENES stars
            have means from -0.14 (Marfil et al. 2021) to +0.03 (Passegger et al. 2019).
        spread_mh: standard deviation of [M/H], as long as it is not measured.
        mean_teff: mean Teff of the sample, K.
        teff_offset, vsini_offset: by how much the mean Teff [K] and the median v sin i [km/s] of the sample differ from
            what the networks say of it that a transfer starts from: 0 where these are trusted.
        main_sequence: the stars are on the main sequence, so log g follows from Teff and [M/H].
        sequence_error: 1 sigma of the mean log g of a main sequence, dex: what evolutionary models and measured masses
            and radii differ by, halved, in the mean of M dwarfs.
        sequence_offset: by which the stars' log g is believed to lie above the main sequence, dex.
        slow: part of the stars with v sin i <= ``slow_vsini``. Two thirds of the M dwarfs of a planet search
            turn more slowly than 2 km/s (Reiners et al. 2018, A&A 612, A49); a third is a careful statement.
        slow_vsini: km/s.
        median_vsini: of the sample, km/s.
        least: stars without which ``mean_mh`` and ``slow`` say nothing about a sample, and its spread is not measured.
    """

    mean_mh: float | None = -0.05
    mean_mh_error: float = 0.1
    spread_mh: float = 0.2
    mean_teff: float | None = None
    teff_offset: float | None = None
    vsini_offset: float | None = None
    main_sequence: bool = True
    sequence_error: float = 0.05
    sequence_offset: float = 0.0
    slow: float | None = 0.3
    slow_vsini: float = 2.0
    median_vsini: float | None = None
    least: int = 20

    def weights(self, nodes: np.ndarray) -> np.ndarray:
        """How often models at nodes ``(m, 4)`` are drawn, relative to each other; shape ``(m,)``."""
        if self.mean_mh is None:
            return np.ones(len(nodes))
        return np.exp(-0.5 * ((nodes[:, 2] - self.mean_mh) / self.spread_mh) ** 2)

    def resolved(self, estimates: np.ndarray) -> Population:
        """With the mean Teff and the median v sin i that the offsets from estimates ``(k, 4)`` of the start give."""
        known = self
        if self.teff_offset is not None:
            known = replace(known, mean_teff=float(np.mean(estimates[:, 0])) + self.teff_offset)
        if self.vsini_offset is not None:
            known = replace(known, median_vsini=float(np.median(estimates[:, 3])) + self.vsini_offset)
        return known

    def aimed(self, estimates: np.ndarray, wanted: Population) -> Population:
        """With means further on, where those of the estimates have stopped short of the ones that are wanted.

        Networks that learn from stars moved to a mean [M/H], say, find a slightly different one.

        Args:
            estimates: of networks that have learned from stars moved to this mean; shape ``(k, 4)``.
            wanted: with the means that they should have.
        """
        aim, middles = self, {"mean_teff": np.mean(estimates[:, 0]), "median_vsini": np.median(estimates[:, 3])}
        if len(estimates) >= self.least:
            middles["mean_mh"] = np.mean(estimates[:, 2])
        for name, middle in middles.items():
            aimed, want = getattr(self, name), getattr(wanted, name)
            if aimed is not None and want is not None:
                aim = replace(aim, **{name: aimed + _PULL * (want - float(middle))})
        return aim

    def measured(
        self, estimates: np.ndarray, nodes: np.ndarray, found: np.ndarray, often: np.ndarray | float = 1.0
    ) -> Population:
        """With the spread of [M/H] that would make the estimates scatter as they do.

        Estimates scatter less than the truth where they lean on what is usual, and more where they are noisy. What
        the same networks find for models disturbed like the stars says how much of each: of the spreads tried, that
        one is taken with which these scatter like the stars.

        Args:
            estimates: of the stars; shape ``(k, 4)``.
            nodes: of the models; shape ``(m, 4)``.
            found: estimates for the models, disturbed like the stars; shape ``(m, 4)``.
            often: how often stars are like each model, [M/H] aside; shape ``(m,)``.
        """
        if self.mean_mh is None or len(estimates) < self.least:
            return self
        away = (nodes[:, None, [0, 3]] - estimates[None, :, [0, 3]]) / _ALIKE
        alike = often * np.exp(-0.5 * (away**2).sum(axis=2)).sum(axis=1)
        scatter = []
        for spread in _SPREADS:
            weights = alike * replace(self, spread_mh=float(spread)).weights(nodes)
            mean = np.average(found[:, 2], weights=weights)
            scatter.append(np.sqrt(np.average((found[:, 2] - mean) ** 2, weights=weights)))
        spread = np.interp(np.std(estimates[:, 2]), np.maximum.accumulate(scatter), _SPREADS)
        return replace(self, spread_mh=float(spread))

    def correct(self, estimates: np.ndarray, sequence: MainSequence, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Estimates moved as a whole so that they agree with the population.

        Args:
            estimates: Teff, log g, [M/H], v sin i; shape ``(k, 4)``.
            sequence: log g on the main sequence.
            low, high: range of the grid; shape ``(4,)``.

        Returns:
            Shape ``(k, 4)``, within the range.
        """
        moved = np.array(estimates, dtype=float)
        enough = len(moved) >= self.least
        if self.mean_teff is not None:
            moved[:, 0] -= moved[:, 0].mean() - self.mean_teff
        if self.mean_mh is not None and enough:
            moved[:, 2] -= moved[:, 2].mean() - self.mean_mh
        if self.slow is not None and enough:
            moved[:, 3] -= max(float(np.quantile(moved[:, 3], self.slow)) - self.slow_vsini, 0.0)
        if self.median_vsini is not None:
            moved[:, 3] += self.median_vsini - np.median(moved[:, 3])
        moved = np.clip(moved, low, high)
        if self.main_sequence:
            on_sequence = sequence.logg(moved[:, 0], moved[:, 2]) + self.sequence_offset
            offset = np.mean(on_sequence - estimates[:, 1])
            moved[:, 1] = np.clip(on_sequence + (_GAIN - 1.0) * offset, low[1] - 0.2, high[1] + 0.2)
        return moved
