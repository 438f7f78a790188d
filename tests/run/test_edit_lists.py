"""What an edit list leaves out of a recording is not in the output, shown or not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.edit_lists import all_frames, leave_out
from tests.stage import Scene, draw
from tests.verify.planted import patches

import bystander
from bystander import media
from bystander.geometry import Box
from bystander.records import Policy

_PATCH = Box(200, 100, 264, 164)
_BEFORE, _SHOWN, _AFTER, _RATE = 25, 20, 15, 25
_HZ = 48_000
_PACKET = 1024  # samples, of AAC


def _white(frame: av.VideoFrame) -> bool:
    grey = frame.to_ndarray(format="gray")
    return bool(np.mean(grey[110:150, 210:250]) > 220)


def _hiding(path: Path) -> Path:
    """Return a recording with a white patch, and a tone, in the parts that are not presented."""
    count = _BEFORE + _SHOWN + _AFTER
    shown = range(_BEFORE, _BEFORE + _SHOWN)
    patch = patches(_PATCH, frames=[index for index in range(count) if index not in shown])
    wave = np.sin(np.arange(count * _HZ // _RATE) * 2 * np.pi * 1000 / _HZ) / 2
    quiet = slice(_BEFORE * _HZ // _RATE, (_BEFORE + _SHOWN) * _HZ // _RATE)
    wave[quiet] = 0
    # Pictures stand on one another across the cuts: no key frame but the first.
    options = {"preset": "veryfast", "crf": "12", "g": "250", "sc_threshold": "0"}
    scene = Scene(
        width=320,
        height=192,
        frames=count,
        options=options,
        change=patch,
        sound=np.stack([wave, wave]),
    )
    draw(path, scene)
    leave_out(path, before_s=Fraction(_BEFORE, _RATE), after_s=Fraction(_BEFORE + _SHOWN, _RATE))
    return path


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_what_is_not_presented_is_not_in_the_output(tmp_path: Path, suffix: str) -> None:
    source = _hiding(tmp_path / "in.mp4")
    held = [_white(frame) for frame in all_frames(source)]
    assert held.count(True) >= _BEFORE + _AFTER - 2, "the trap holds nothing"
    with av.open(str(source)) as container:
        shown = [_white(frame) for frame in container.decode(video=0)]
    assert not any(shown[1:-1]), "the trap hides nothing"
    output = tmp_path / f"out{suffix}"
    policy = replace(Policy(), audio="keep", targets=("faces",), min_face_px=80)
    assert bystander.redact(source, output, policy=policy).clean
    made = list(all_frames(output))
    assert len(made) == len(shown)
    assert not any(_white(frame) for frame in made)
    assert media.discarded_packets(output) == 0
    footage = media.open_footage(output)
    wave = np.concatenate([s.samples[0] for s in media.read_sound(footage, _HZ, None)])
    loud = np.flatnonzero(abs(wave) > 0.05)
    # Players show sound to the end of the packet in which the list ends it.
    assert len(loud) <= _PACKET
    assert not loud.size or loud[0] >= _SHOWN * _HZ // _RATE - _PACKET
