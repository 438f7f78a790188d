"""The two that listen for speech: a network, and the detector of WebRTC.

They miss different things. The network hears a voice in noise and passes over much of what is no
voice; WebRTC's takes whatever is loud and not steady for speech, and so loses little of it
(``docs/measurements.md``). Neither knows words or speakers.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bystander.detect.ears import Ears
from bystander.detect.models import checked
from bystander.errors import ModelError
from bystander.records import LISTEN_HZ, Heard, Sound

# Silero takes 32 ms at a time, with 4 ms of what came before.
_PIECE, _BEFORE = 512, 64
_STATE = 128
# Quiet sound is made louder for it, up to the level at which it was found to hear best: its
# scores fall with the level, and whoever has the output can make it louder as well.
_LEVEL = 0.1
_MOST_GAIN = 100.0
_RELEASE_S = 3.0

_WEBRTC_PIECE = 480  # 30 ms, the longest that it takes
_WEBRTC_MODE = 0  # the one that misses least


class Silero(Ears):
    """Silero VAD on onnxruntime; one thread, so that the same sound always scores the same."""

    def __init__(self, least: float) -> None:
        """Load the network; scores below *least* are not heard.

        Raises:
            ModelError: It is missing or altered.
        """
        import onnxruntime

        asset = checked("silero")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            asset.path, sess_options=options, providers=["CPUExecutionProvider"]
        )
        super().__init__(asset.label, _PIECE, least)

    def begin(self, count: int) -> None:
        """Start anew; see :meth:`Ears.begin`."""
        self._state = np.zeros((2, count, _STATE), dtype=np.float32)
        self._before = np.zeros((count, _BEFORE), dtype=np.float32)
        self._loudness = np.zeros(count)
        self._gain = np.ones((count, 1))

    def judge(self, piece: NDArray[np.float32]) -> float:
        """Return the highest score of any row; see :meth:`Ears.judge`."""
        level = self._levelled(piece)
        scores, self._state = self._session.run(
            None,
            {
                "input": np.concatenate([self._before, level], axis=1),
                "state": self._state,
                "sr": np.array(LISTEN_HZ, dtype=np.int64),
            },
        )
        self._before = level[:, -_BEFORE:]
        best = float(scores.max())
        if not 0 <= best <= 1:
            raise ModelError("the model silero returned values that are no scores")
        return best

    def _levelled(self, piece: NDArray[np.float32]) -> NDArray[np.float32]:
        now = np.sqrt(np.mean(np.square(piece, dtype=np.float64), axis=1))
        faded = self._loudness * np.exp(-_PIECE / LISTEN_HZ / _RELEASE_S)
        self._loudness = np.maximum(now, faded)
        wanted = np.clip(_LEVEL / np.maximum(self._loudness, 1e-9), 1, _MOST_GAIN)[:, None]
        gain = np.linspace(self._gain, wanted, _PIECE, axis=1)[:, :, 0]
        self._gain = wanted
        return (piece * gain).astype(np.float32)


class WebRtc(Ears):
    """WebRTC's detector: Gaussian mixtures over the energy of six bands."""

    def __init__(self) -> None:
        """Load it.

        Raises:
            ModelError: The package is missing or is not the one in the lock.
        """
        asset = checked("webrtcvad")
        import _webrtcvad

        self._library = _webrtcvad
        self._rows: list[Any] = []
        super().__init__(asset.label, _WEBRTC_PIECE, 1.0)

    def begin(self, count: int) -> None:
        """Start anew; see :meth:`Ears.begin`."""
        self._rows = [self._library.create() for _ in range(count)]
        for row in self._rows:
            self._library.init(row)
            self._library.set_mode(row, _WEBRTC_MODE)

    def judge(self, piece: NDArray[np.float32]) -> float:
        """Return 1 if there is speech in any row, or 0; see :meth:`Ears.judge`."""
        numbers = (piece.clip(-1, 1) * 32767).astype("<i2")
        heard = [
            self._library.process(one, LISTEN_HZ, row.tobytes(), _WEBRTC_PIECE)
            for one, row in zip(self._rows, numbers, strict=True)
        ]
        return float(any(heard))


class BothEars:
    """Hears what either hears."""

    def __init__(self, *listeners: Ears) -> None:
        """Listen with all *listeners*."""
        self._listeners = listeners
        self.names = tuple(one.name for one in listeners)
        self.name = " and ".join(self.names)

    def hear(self, sound: Sound) -> None:
        """Take in the next piece; see :class:`bystander.records.Listener`."""
        for one in self._listeners:
            one.hear(sound)

    def finish(self) -> tuple[Heard, ...]:
        """Return what was heard; see :class:`bystander.records.Listener`."""
        heard = chain.from_iterable(one.finish() for one in self._listeners)
        return tuple(sorted(heard, key=lambda one: (one.span.start, one.span.end)))


def listener(least: float) -> BothEars:
    """Return who listens to a recording: the network, from a score of *least* on, and WebRTC's.

    Raises:
        ModelError: One of them is missing or altered.
    """
    return BothEars(Silero(least), WebRtc())
