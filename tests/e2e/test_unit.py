"""A wrongly guessed unit is put right."""

from __future__ import annotations

import pytest

from dtl.inference.analyse import analyse
from dtl.result import PARAMETERS
from tests.e2e.files import EXAMPLES, in_nanometres

#: What is rounded away, of each parameter.
ROUNDING = {"teff": 5.0, "logg": 0.01, "mh": 0.01, "vsini": 0.1}


def test_a_wrongly_guessed_unit_is_put_right(visitor, tmp_path):
    path = in_nanometres(tmp_path)
    visitor.upload([path])
    refusal = f"{path.name} has only 3 pixels in 8800–8835 Å"  # more would lie there in nanometres
    assert visitor.reads(refusal)
    visitor.press_button("Reading options")
    visitor.choose_in_front("Unit of the wavelengths", "nm")
    visitor.wait_until_gone(refusal)
    visitor.wait_for(path.name)
    assert visitor.understood("Unit") == ["nm", "Your choice"]
    estimates = analyse(EXAMPLES / "simulated-m1-fast.txt").estimates
    answer = visitor.answer()
    for name, (title, unit, _) in PARAMETERS.items():
        shown = float(answer[title].removesuffix(unit).replace("−", "-"))
        assert shown == pytest.approx(estimates[name].value, abs=ROUNDING[name])
    assert not visitor.reads("simulated-m3.fits")  # the example gives way, as to a file that is read at once
