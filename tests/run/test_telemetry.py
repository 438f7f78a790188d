"""Where a recording was made, as cameras, telephones and drones write it, does not come out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import needs
from tests.stage import Scene
from tests.strangers import clean, told
from tests.telemetry import LAT, LON, TRAPS, Trap

import bystander
from bystander.records import Policy

_SCENE = Scene(width=320, height=192, frames=12, sound_s=0.4)


def _exiftool(path: Path) -> list[tuple[str, str]]:
    """Return all that ExifTool finds, looking into every sample, as tags and values."""
    said = told("exiftool", "-ee", "-G3", "-s", "-n", "-a", str(path))
    lines = (line.split("]", 1)[1].split(":", 1) for line in said.splitlines())
    return [(tag.strip(), value.strip()) for tag, value in lines]


def _has_what_it_should(trap: Trap) -> None:
    held = trap.path.read_bytes()
    for what, secret in trap.secrets.items():
        assert secret in held, f"the trap has not {what}"
    found = _exiftool(trap.path)
    for tag, value in trap.seen.items():
        assert any(t == tag and v.startswith(value) for t, v in found), f"ExifTool sees no {tag}"


@needs("exiftool")
@needs("mediainfo")
@pytest.mark.parametrize("audio", ["drop", "keep"])
@pytest.mark.parametrize("name", TRAPS)
def test_no_place_and_no_device_comes_out(tmp_path: Path, name: str, audio: str) -> None:
    trap = TRAPS[name](tmp_path / name, _SCENE)
    _has_what_it_should(trap)
    folder = tmp_path / "out"
    folder.mkdir()
    output = folder / f"output{trap.path.suffix.replace('.ts', '.mp4')}"
    assert bystander.redact(trap.path, output, policy=replace(Policy(), audio=audio)).clean
    made = sorted(folder.iterdir())
    assert len(made) == 4
    for path in made:
        content = path.read_bytes()
        for what, secret in trap.secrets.items():
            assert secret not in content, f"{path.name} has {what}"
        for degrees in (LAT, LON):
            assert f"{degrees:.3f}".encode() not in content, path.name
    clean(output)
    for tag, value in _exiftool(output):
        assert not tag.startswith(("GPS", "Location", "Camera", "Serial", "Sensor")), tag
        assert not any(f"{degrees:.3f}" in value for degrees in (LAT, LON)), tag
    report = json.loads((folder / "output.report.json").read_text())
    assert report["left_out"]["data track"] == trap.tracks
