"""Bundles as zip files: what is read back is what was written, and a hostile file is one sentence."""

from __future__ import annotations

import errno
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from dtl.bundle import zip_file
from dtl.bundle.zip_file import as_saved, free_name, pack, unpack
from dtl.inference.infer import encode_with_gaps
from dtl.spectrum import UnusableInput
from dtl.transfer.fine_tuning import TransferSettings, transfer
from tests.training import toys


@pytest.fixture(scope="module")
def adapted():
    """The toy bundle after one round of transfer."""
    _, flux = toys.sample(12)
    return transfer(toys.toy_bundle(), flux, TransferSettings(rounds=1, epochs=1, batch=32), toys.QUIET, seed=1).bundle


@pytest.fixture(scope="module")
def packed(adapted) -> bytes:
    return pack(adapted)


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _nested(depth: int) -> dict[str, object]:
    return {"deeper": _nested(depth - 1) if depth else 1}


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(UnusableInput) as caught:
        unpack(data, "given.zip")
    sentence = str(caught.value)
    assert sentence.startswith(("given.zip: ", "given.zip ")) and sentence.endswith(".") and "\n" not in sentence
    assert "/tmp" not in sentence
    return sentence


def signed(files: dict[str, bytes], change: Callable[[dict], object] = lambda card: None) -> bytes:
    """A zip whose card has the right hashes and was changed otherwise."""
    from hashlib import sha256

    card = json.loads(files["card.json"])
    card["sha256"] = {name: sha256(files[name]).hexdigest() for name in ("weights.safetensors", "grid.npz")}
    change(card)
    return zipped(files | {"card.json": json.dumps(card).encode()})


def test_there_and_back(adapted, packed):
    read = unpack(packed, "mine.zip")
    _, flux = toys.sample(5, seed=9)
    good = np.ones(flux.shape, bool)
    for bundle in (as_saved(adapted), read):
        latents = encode_with_gaps(flux, good, bundle)[1]
        assert np.abs(latents - adapted.encode(flux)).max() < 0.05  # half precision
    assert np.array_equal(as_saved(adapted).encode(flux), read.encode(flux))
    assert read.gap is not None and read.name == "toy"
    assert pack(adapted) == packed  # no dates: one bundle gives one file
    assert not any(key in member.lower() for member in members(packed) for key in ("pkl", "pickle"))


def test_what_is_kept_shares_what_it_came_with(adapted):
    saved = as_saved(adapted)
    assert saved.autoencoder is adapted.autoencoder and saved.regressors is adapted.regressors
    assert set(saved.card["sha256"]) == {"weights.safetensors", "grid.npz"}


def test_a_folder_around_the_files_and_what_a_mac_adds_are_fine(packed):
    files = {f"mine/{name}": data for name, data in members(packed).items()}
    extra = {"__MACOSX/mine/._card.json": b"x", "mine/.DS_Store": b"y"}
    assert unpack(zipped(files | extra), "mine.zip").name == "toy"


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"", "not a zip file"), (b"PK\x03\x04 and rubbish", "not a zip file"), (b"x" * 99, "not a zip file")],
)
def test_no_zip(data, word):
    assert word in refusal(data)


@pytest.mark.parametrize("name", ["../card.json", "/card.json", "a/../../card.json", "C:\\card.json", "..\\card.json"])
def test_paths_that_lead_out_are_refused(packed, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = members(packed)
    assert "leads out" in refusal(zipped({name: files.pop("card.json")} | files))
    assert not list(tmp_path.iterdir())


def test_other_files_and_missing_ones(packed):
    files = members(packed)
    assert "other files" in refusal(zipped(files | {"run.py": b"print()"}))
    assert "other files" in refusal(zipped(files | {"second/card.json": files["card.json"]}))
    assert "several folders" in refusal(zipped({"a/card.json": files.pop("card.json")} | files))
    assert "lacks card.json" in refusal(zipped(files))


def test_a_bomb_is_not_unpacked(packed, monkeypatch):
    files = members(packed) | {"card.json": b" " * (2**21 + 1)}
    assert "far larger" in refusal(zipped(files, zipfile.ZIP_DEFLATED))
    monkeypatch.setattr(zip_file, "_MAX_ARRAYS", 2**20)
    grid = io.BytesIO()
    np.savez_compressed(grid, wavelength=np.zeros(2**20))
    assert len(grid.getvalue()) < 2**14
    assert "far larger" in refusal(zipped(members(packed) | {"grid.npz": grid.getvalue()}))
    monkeypatch.setattr(zip_file, "MAX_BYTES", 1000)
    assert "more than" in refusal(packed)


def test_nothing_is_written(adapted, packed, monkeypatch):
    """An adaptation takes minutes, and a full disk is no reason to lose it."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for name in ("open", "mkdir"):
        monkeypatch.setattr(f"os.{name}", full)
    assert pack(unpack(packed, "mine.zip")) and pack(as_saved(adapted)) == packed


def test_an_array_that_claims_more_than_it_holds(packed):
    header = np.lib.format.header_data_from_array_1_0(np.zeros(1)) | {"shape": (10**12,)}
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, header)
    grid = zipped({"wavelength.npy": stream.getvalue() + bytes(8)})
    assert "claim" in refusal(zipped(members(packed) | {"grid.npz": grid}))


def test_pickled_arrays_are_never_opened(packed):
    grid = io.BytesIO()
    np.savez(grid, wavelength=np.array([{"a": 1}], dtype=object), allow_pickle=True)
    assert "claim" in refusal(signed(members(packed) | {"grid.npz": grid.getvalue()}))


def test_hashes_are_checked(packed):
    files = members(packed)
    halved = {name: data for name, data in files.items() if name != "weights.safetensors"}
    weights = bytearray(files["weights.safetensors"])
    weights[-1] ^= 1  # one bit of one weight
    assert "sha256" in refusal(zipped(halved | {"weights.safetensors": bytes(weights)}))
    card = json.loads(files["card.json"])
    card["sha256"]["grid.npz"] = "0" * 64
    assert "sha256" in refusal(zipped(files | {"card.json": json.dumps(card).encode()}))


@pytest.mark.parametrize(
    "change",
    [
        lambda card: card["architecture"].update(hidden=[10**9]),
        lambda card: card["architecture"].update(hidden=[48] * 10**4),
        lambda card: card["architecture"].update(hidden=[]),
        lambda card: card["architecture"].update(n_latent=10**9),
        lambda card: card["architecture"].update(layout="other"),
        lambda card: card.pop("architecture"),
        lambda card: card.pop("version"),
        lambda card: card.update(format=99),
        lambda card: card.update(resolution="sharp"),
        lambda card: card.update(resolution=1e-3),
        lambda card: card.update(telluric_lines=[8810.0] * 10**5),
        lambda card: card["calibration"].pop("teff"),
        lambda card: card["calibration"]["teff"].update(scale=float("nan")),
        lambda card: card.update(note="\ud800"),
        lambda card: card.update({"\ud800": 1}),
        lambda card: card.update(metrics={"test_nodes": 10**400}),
        lambda card: card.update(data=_nested(30)),
    ],
)
def test_cards_that_lie(packed, change):
    refusal(signed(members(packed), change))


def test_a_card_that_is_no_card(packed):
    for card in (b"[]", b"null", b"\xff", b"[" * 10**5, b'{"architecture": 3}'):
        refusal(zipped(members(packed) | {"card.json": card}))


def test_arrays_that_do_not_fit(packed, adapted):
    for wrong in (
        replace(adapted, map_flux=adapted.map_flux[:5]),
        replace(adapted, latents=np.full_like(adapted.latents, np.nan)),
        replace(adapted, regressors=adapted.regressors | {"teff": []}),
    ):
        refusal(pack(wrong))


@pytest.mark.parametrize(
    ("name", "array", "words"),
    [
        ("template_nodes", np.zeros(100_000, dtype=int), "arrays that no bundle has"),
        ("template_nodes", np.array([10**6]), "velocity templates that it does not hold"),
        ("template_nodes", np.array([], dtype=int), "velocity templates that it does not hold"),
        ("wavelength", np.full(351, 8800.0), "do not ascend in even steps"),
        ("nodes", np.zeros((10**6, 4), dtype=np.float32), "arrays that no bundle has"),
        ("flux_components", np.zeros((3000, 3501), dtype=np.float16), "arrays that no bundle has"),
        ("reference_residual_snr", np.ones(5000), "arrays that no bundle has"),
        ("more", np.ones(3), "arrays that no bundle has"),
    ],
)
def test_arrays_without_sense_cost_nothing(packed, name, array, words):
    """Each would be decoded, compared or broadened with before anything looks wrong."""
    files = members(packed)
    with np.load(io.BytesIO(files["grid.npz"])) as grid:
        arrays = {key: grid[key] for key in grid.files} | {name: array}
    changed = io.BytesIO()
    np.savez_compressed(changed, **arrays)
    assert words in refusal(signed(files | {"grid.npz": changed.getvalue()}))


def test_names_are_safe_and_never_taken():
    assert free_name("common-r50000", ["common-r50000"]) == "common-r50000-2"
    assert free_name("a", ["a", "a-2"]) == "a-3"
    assert free_name("../../etc <b>*x*</b>", []) == "etc-b-x-b"
    assert free_name("", []) == "networks" and len(free_name("x" * 500, [])) == 60
