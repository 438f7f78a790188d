"""Real footage that is short: people in a street, and somebody who speaks."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bystander import detect

FROM, FRAMES, RATE = 24, 36, 25
_SOUND_HZ = 48_000
_SPEECH_FROM_S = 0.5


def street_clip(
    target: Path, *, start: int = FROM, frames: int = FRAMES, of: Path | None = None
) -> Path:
    """Write a stretch of the sample, or of the film *of*, to *target*; return it.

    It is given the sound of a man who speaks.
    """
    with av.open(str(of or detect.checked("bikes").path)) as sample:
        pictures = [f.to_ndarray(format="yuv420p") for f in sample.decode(video=0)]
    pictures = pictures[start : start + frames]
    height, width = pictures[0].shape[0] * 2 // 3, pictures[0].shape[1]
    with av.open(str(target), "w") as container:
        options = {"preset": "veryfast", "crf": "12"}
        video: Any = container.add_stream("libx264", rate=RATE, options=options)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        audio: Any = container.add_stream("aac", rate=_SOUND_HZ, layout="mono")
        for picture in pictures:
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p")))
        container.mux(video.encode())
        sound = av.AudioFrame.from_ndarray(
            _speaking(frames * _SOUND_HZ // RATE)[None], format="fltp", layout="mono"
        )
        sound.sample_rate = _SOUND_HZ
        container.mux(audio.encode(sound))
        container.mux(audio.encode())
    return target


def _speaking(samples: int) -> NDArray[np.float32]:
    """Return *samples* of sound: at first silence, then somebody speaks."""
    convert = av.AudioResampler("fltp", "mono", _SOUND_HZ)
    with av.open(str(detect.checked("speech").path)) as container:
        frames = [f for frame in container.decode(audio=0) for f in convert.resample(frame)]
    speech = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    start = int(_SPEECH_FROM_S * _SOUND_HZ)
    sound = np.zeros(samples, dtype=np.float32)
    said = np.resize(speech, max(samples - start, 0))
    sound[start:] = said
    return sound


@cache
def pictures_of(path: Path) -> list[NDArray[np.uint8]]:
    """Return every frame of the file *path* as RGB, shape (height, width, 3)."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    return [frame.astype(np.uint8) for frame in frames]


def photo_of(clip: Path, target: Path, *, index: int) -> Path:
    """Write frame *index* of *clip* to *target* as a photo; return it."""
    Image.fromarray(pictures_of(clip)[index]).save(target, quality=95)
    return target
