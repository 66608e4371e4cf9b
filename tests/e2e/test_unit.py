"""A wrongly guessed unit is put right."""

from __future__ import annotations

from tests.e2e.files import in_nanometres


def test_a_wrongly_guessed_unit_is_put_right(visitor, tmp_path):
    path = in_nanometres(tmp_path)
    visitor.upload([path])
    assert visitor.reads("has only")  # in Angstrom hardly anything lies in the window
    visitor.press_button("Read it another way")
    visitor.choose("Unit of the wavelengths", "nm")
    visitor.wait_until_gone("has only")
    visitor.wait_for(path.name)
    assert abs(int(visitor.answer()["Teff"].removesuffix(" K")) - 3688) < 150  # drawn at 3688 K
    assert visitor.reads("Your choice")
