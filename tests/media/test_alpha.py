"""What a recording hides by transparency is hidden by us as well."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

import bystander
from bystander import media
from bystander.errors import FootageError
from bystander.records import Policy

_KINDS = [
    ("png", "rgba", ".mov"),
    ("qtrle", "argb", ".mov"),
    ("prores_ks", "yuva444p10le", ".mov"),
    ("ffv1", "yuva420p", ".mkv"),
    ("ffv1", "gbrap10le", ".mkv"),
    ("ffv1", "ya8", ".mkv"),
]
_CLEAR_TO = 80  # columns of 160


def clear(path: Path, codec: str, fmt: str, *, opacity: int = 255, rotation: int = 0) -> Path:
    """Write a dark recording whose left half is see-through, and bright red below that."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 96, fmt
        if rotation:
            stream.set_display_rotation(rotation)
        for index in range(4):
            rgba = np.zeros((96, 160, 4), np.uint8)
            rgba[:, :_CLEAR_TO, 0] = 230
            rgba[:, _CLEAR_TO:, :3] = 60
            rgba[:, _CLEAR_TO:, 3] = opacity
            frame = av.VideoFrame.from_ndarray(rgba, "rgba").reformat(format=fmt)
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(("codec", "fmt", "suffix"), _KINDS)
def test_what_is_see_through_is_white(tmp_path: Path, codec: str, fmt: str, suffix: str) -> None:
    footage = media.open_footage(clear(tmp_path / f"in{suffix}", codec, fmt))
    assert "what is see-through was put on white" in footage.notes
    for frame in footage.frames():
        shown = frame.rgb(footage.width, footage.height).astype(int)
        assert shown[:, : _CLEAR_TO - 2].min() > 250
        assert abs(shown[:, _CLEAR_TO + 2 :] - 60).max() < 6


def test_it_is_white_where_the_picture_is_turned(tmp_path: Path) -> None:
    source = clear(tmp_path / "in.mov", "qtrle", "argb", rotation=90)
    footage = media.open_footage(source)
    assert (footage.width, footage.height) == (96, 160)
    shown = next(iter(footage.frames())).rgb(96, 160).astype(int)
    halves = {int(shown[:78].mean() > 250), int(shown[82:].mean() > 250)}
    assert halves == {0, 1}


def test_the_output_has_nothing_of_it(tmp_path: Path) -> None:
    source = clear(tmp_path / "in.mov", "prores_ks", "yuva444p10le")
    output = tmp_path / "out.mp4"
    assert bystander.redact(source, output, policy=Policy(targets=("faces",))).clean
    for frame in media.open_footage(output).frames():
        assert frame.rgb(160, 96)[:, : _CLEAR_TO - 2].min() > 245


def test_half_of_it_is_half_of_it(tmp_path: Path) -> None:
    footage = media.open_footage(clear(tmp_path / "in.mov", "qtrle", "argb", opacity=128))
    shown = next(iter(footage.frames())).rgb(160, 96).astype(int)
    assert abs(shown[:, _CLEAR_TO + 2 :] - 157).max() < 6


def test_what_shows_nothing_is_refused(tmp_path: Path) -> None:
    source = clear(tmp_path / "in.mov", "qtrle", "argb", opacity=0)
    with pytest.raises(FootageError, match="nothing but see-through"):
        media.open_footage(source)


def test_transparency_beside_the_picture_is_refused(tmp_path: Path) -> None:
    source = clear(tmp_path / "in.webm", "libvpx-vp9", "yuva420p")
    with pytest.raises(FootageError, match="transparency is beside its picture"):
        media.open_footage(source)
