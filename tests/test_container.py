"""The files that run the app for others say what the README says of them."""

from __future__ import annotations

import re

import pytest
import yaml

from dtl.readers.limits import LIMITS, limits_of
from dtl.resources import asset
from tests.conftest import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")


@pytest.fixture
def services() -> dict[str, dict]:
    return yaml.safe_load(COMPOSE)["services"]


def test_whoever_breaks_in_finds_little(services: dict[str, dict]) -> None:
    for name, service in services.items():
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"] and service["pids_limit"] > 0, name
        assert service["mem_limit"] and service["cpus"], name
    assert "ports" not in services["dtl"]  # only the proxy is reached from outside
    user = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert user == ["dtl"] and DOCKERFILE.index("USER") < DOCKERFILE.index('CMD ["dtl"')


def test_the_proxy_speaks_for_the_app(services: dict[str, dict]) -> None:
    caddyfile = yaml.safe_load(COMPOSE)["configs"]["caddyfile"]["content"]
    for header in (
        "Strict-Transport-Security", "Content-Security-Policy", "X-Content-Type-Options nosniff",
        "X-Frame-Options DENY", "Referrer-Policy", "Permissions-Policy",
    ):  # fmt: skip
        assert header in caddyfile
    policy = re.search(r'Content-Security-Policy "([^"]+)"', caddyfile)[1]
    assert "unsafe-eval" not in policy and "frame-ancestors 'none'" in policy and "default-src 'self'" in policy
    hub = re.search(r'^const HUB = "([^"]+)/";$', asset("samp.js").read_text("utf-8"), re.MULTILINE)[1]
    assert hub in re.search(r"connect-src ([^;]+);", policy)[1].split()  # "Send to TOPCAT" asks it
    port = re.search(r"reverse_proxy dtl:(\d+)", caddyfile)[1]
    assert services["dtl"]["expose"] == [port] and f'"--port", "{port}"' in DOCKERFILE
    assert f"127.0.0.1:{port}/_stcore/health" in DOCKERFILE


def test_an_upload_of_the_largest_size_passes() -> None:
    most = 1e6 * int(re.search(r"max_size (\d+)MB", COMPOSE)[1])
    config = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert most > 2**20 * int(re.search(r"maxUploadSize = (\d+)", config)[1]) >= LIMITS["file_bytes"].most


def test_all_that_the_wheel_is_made_of_is_there() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {word for line in re.findall(r"^COPY (?!--)(.*)$", DOCKERFILE, re.MULTILINE) for word in line.split()[:-1]}
    assert copied == let_in and all((ROOT / name).exists() for name in copied)
    needed = re.findall(r'^"([^"]+)" = "dtl/', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"dtl", "pyproject.toml", "README.md", "LICENSE", *needed} <= copied


def test_all_that_is_done_at_once_fits(services: dict[str, dict]) -> None:
    service = services["dtl"]
    limits = limits_of({name: str(value) for name, value in service["environment"].items()})
    most = {name: limit.most for name, limit in limits.items()}
    assert (most["readers_at_once"], most["adaptations_at_once"]) == (service["cpus"], 1)
    files = 1e9 * int(re.search(r"size=(\d+)g", service["tmpfs"][0])[1])
    assert most["held_bytes"] <= files  # what finds no room there stays in memory
    needed = most["readers_at_once"] * most["worker_bytes"] + most["adaptations_at_once"] * most["adaptation_bytes"]
    needed += 1e9 * float(re.search(r"20 visitors takes ([\d.]+) GB", COMPOSE)[1]) + files + most["waiting_bytes"]
    assert 1e9 * int(service["mem_limit"].removesuffix("g")) >= needed


def test_the_limits_that_are_named_exist() -> None:
    named = re.findall(r"DTL_MAX_([A-Z_]+)", COMPOSE)
    assert named and {name.lower() for name in named} <= set(LIMITS)
