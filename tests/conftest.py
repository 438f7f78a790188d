"""What tests of several rooms share."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

from bystander import detect, media
from bystander.records import Kind, Picture

settings.register_profile("house", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("house")

Cli = Callable[..., "subprocess.CompletedProcess[str]"]
OnTerminal = Callable[..., tuple[int, bytes]]


@pytest.fixture(scope="session")
def sample() -> Path:
    """Return the sample clip: a real street with real people, 250 frames."""
    return detect.checked("bikes").path


@pytest.fixture(scope="session")
def short_sample(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a second of the sample in which a cyclist's face is seen from close by."""
    footage = media.open_footage(sample)
    target = tmp_path_factory.mktemp("sample") / "street.mp4"
    with media.Recorder(target, footage, crf=12, preset="veryfast") as recorder:
        for frame in footage.frames():
            if SHORT_FROM <= frame.index < SHORT_FROM + SHORT_FRAMES:
                recorder.write(frame)
    return target


SHORT_FROM, SHORT_FRAMES = 24, 24


@pytest.fixture(scope="session")
def speech() -> NDArray[np.float32]:
    """Return eleven seconds of a man who speaks, with pauses, 16,000 samples a second."""
    convert = av.AudioResampler("fltp", "mono", 16_000)
    with av.open(str(detect.checked("speech").path)) as container:
        frames = [f for frame in container.decode(audio=0) for f in convert.resample(frame)]
    frames += convert.resample(None)
    return np.concatenate([f.to_ndarray()[0] for f in frames]).astype(np.float32)


@pytest.fixture
def cli() -> Cli:
    """Return a function that runs the command line in a process of its own."""

    def run(
        *arguments: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bystander", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **(env or {})},
            cwd=cwd,
        )

    return run


@pytest.fixture
def on_terminal() -> OnTerminal:
    """Return a function that runs the command line; it returns its code and what a terminal got."""

    def run(*arguments: str | Path, columns: int) -> tuple[int, bytes]:
        primary, secondary = pty.openpty()
        with subprocess.Popen(
            [sys.executable, "-m", "bystander", *map(str, arguments)],
            stdout=subprocess.DEVNULL,
            stderr=secondary,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": str(columns)},
        ) as process:
            os.close(secondary)
            shown = b""
            while True:
                try:
                    piece = os.read(primary, 65536)
                except OSError:
                    break
                if not piece:
                    break
                shown += piece
        os.close(primary)
        return process.returncode, shown

    return run


class Blind:
    """A detector that sees nothing; for tests of what does not depend on detectors."""

    name = "blind@0"
    kind = Kind.FACE

    def look(self, picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        assert picture.ndim == 3
        return np.empty((0, 4)), np.empty(0)


@pytest.fixture
def nothing_left() -> Callable[[Path], None]:
    """Return a check that a folder holds no working copies."""

    def check(folder: Path) -> None:
        left = [path.name for path in folder.iterdir() if path.name.startswith(".")]
        assert left == []

    return check


def needs(program: str) -> pytest.MarkDecorator:
    """Skip, and say so, where *program* is not installed."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")
