"""A star of the user as the diagrams need it."""

from __future__ import annotations

from dataclasses import dataclass

from dtl.flags import Doubt, doubts, sentence_of
from dtl.result import InferenceResult

__all__ = ["PlottedStar"]


@dataclass(frozen=True)
class PlottedStar:
    """A star of the user as a diagram needs it.

    Attributes:
        label: what is written beside it; of a mean of several exposures also that it is one.
        teff, teff_lower, teff_upper: effective temperature and its 1-sigma distances, K.
        logg, logg_lower, logg_upper: surface gravity log g and its 1-sigma distances, dex.
        mh: metallicity, dex.
        vsini: projected rotational velocity, km/s.
        luminosity: solar luminosities, None where unknown.
        flags: doubts in the words of `dtl.flags`.
        simulated: True for a simulated observation.
        luminosity_error: 1 sigma, solar luminosities, 0 where unknown.
        luminosity_source: where the luminosity comes from, in words.
        key: what a selection in the figure gives back.
        vsini_limit: upper limit of ``vsini`` where the rotation is not resolved, km/s.
        known: what raised the flags, with figures.
    """

    label: str
    teff: float
    teff_lower: float
    teff_upper: float
    logg: float
    logg_lower: float
    logg_upper: float
    mh: float
    vsini: float
    luminosity: float | None = None
    flags: tuple[str, ...] = ()
    simulated: bool = False
    luminosity_error: float = 0.0
    luminosity_source: str = ""
    key: str = ""
    vsini_limit: float | None = None
    known: tuple[Doubt, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether a flag puts its place in the diagrams in doubt, whose axes are Teff, log g and the luminosity."""
        return self.doubted("teff")

    def doubted(self, name: str) -> bool:
        """Whether a flag puts a quantity of `dtl.quantities.QUANTITIES` in doubt."""
        return bool(doubts(self.flags, name))

    @property
    def doubts(self) -> list[str]:
        """Its flags as sentences."""
        return [sentence_of(flag, self.known) for flag in self.flags]

    def quantity(self, name: str) -> float:
        """A quantity of `dtl.quantities.QUANTITIES`, NaN where it is not known of the star; an upper limit as such."""
        value = self.vsini_limit if name == "vsini" and self.vsini_limit is not None else getattr(self, name, None)
        return float("nan") if value is None else float(value)

    @classmethod
    def from_result(
        cls,
        result: InferenceResult,
        luminosity: float | None = None,
        luminosity_error: float = 0.0,
        luminosity_source: str = "",
        key: str = "",
    ) -> PlottedStar:
        """The star of a result, with a luminosity in solar luminosities from elsewhere."""
        spectrum, teff, logg = result.prepared.spectrum, result.estimates["teff"], result.estimates["logg"]
        return cls(
            (spectrum.star or spectrum.file) + (f", mean of {result.exposures}" if result.exposures > 1 else ""),
            *(teff.value, teff.lower, teff.upper),
            *(logg.value, logg.lower, logg.upper),
            result.estimates["mh"].value,
            result.estimates["vsini"].value,
            luminosity,
            tuple(result.flags),
            spectrum.simulated,
            luminosity_error,
            luminosity_source,
            key,
            result.estimates["vsini"].limit,
            result.doubts,
        )
