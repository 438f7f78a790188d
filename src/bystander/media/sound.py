"""Reading sound, in step with the picture: time 0 is the first frame."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import cast

import av
import av.error
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from bystander.errors import DamagedFootage, FootageError
from bystander.media.files import open_container
from bystander.media.source import Footage
from bystander.records import Sound

# Rates that AAC has (ISO/IEC 14496-3, table 1.18) and encoders take.
_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
# A stated time that differs from the count of samples by less is jitter, not a gap.
_JITTER_S = 0.03


def sound_form(footage: Footage, container: str) -> tuple[int, str]:
    """Return the rate and channel layout in which *footage*'s sound goes into *container*.

    Raises:
        FootageError: There is no sound that can be decoded.
    """
    with open_container(footage.path) as opened:
        stream = opened.streams.best("audio")
        if not isinstance(stream, av.AudioStream):
            raise FootageError("the recording has no sound that can be decoded")
        layout = "mono" if stream.channels == 1 else "stereo"
        if container == "webm":  # Opus, RFC 6716, always runs at 48 kHz
            return 48_000, layout
        return (stream.sample_rate if stream.sample_rate in _RATES else 48_000), layout


def read_sound(footage: Footage, rate_hz: int, layout: str) -> Iterator[Sound]:
    """Yield the sound of *footage* in pieces, in order and without gaps, from time 0.

    Gaps in the file become silence, and what comes before the first frame is left out.

    Args:
        footage: The recording; the audio stream that players choose is read.
        rate_hz: Samples a second to give.
        layout: ``mono`` or ``stereo``.

    Raises:
        DamagedFootage: The sound does not decode, and salvage was not asked for.
    """
    done = 0  # samples given so far
    for at, samples in _pieces(footage, rate_hz, layout):
        due = round(at * rate_hz)
        skip = 0
        if due > done + _JITTER_S * rate_hz:
            for start in range(done, due, rate_hz):
                silence = np.zeros((samples.shape[0], min(rate_hz, due - start)), dtype=np.float32)
                yield Sound(at=Fraction(start, rate_hz), rate_hz=rate_hz, samples=silence)
            done = due
        elif due < done - _JITTER_S * rate_hz:
            skip = done - due
        kept = np.ascontiguousarray(samples[:, skip:])
        if kept.shape[1]:
            yield Sound(at=Fraction(done, rate_hz), rate_hz=rate_hz, samples=kept)
            done += kept.shape[1]


def _pieces(
    footage: Footage, rate_hz: int, layout: str
) -> Iterator[tuple[Fraction, NDArray[np.float32]]]:
    resampler = AudioResampler(format="fltp", layout=layout, rate=rate_hz)
    form: tuple[str, str, int] | None = None
    at = Fraction(0)
    for decoded in _decoded(footage):
        now = (decoded.format.name, decoded.layout.name, decoded.sample_rate)
        if form is not None and now != form:  # a resampler takes one form of sound only
            for samples in _resampled(resampler, None):
                yield at, samples
            resampler = AudioResampler(format="fltp", layout=layout, rate=rate_hz)
        form = now
        if decoded.pts is not None and decoded.time_base is not None:
            at = decoded.pts * decoded.time_base - footage.start
        for samples in _resampled(resampler, decoded):
            yield at, samples
            at += Fraction(samples.shape[1], rate_hz)
    if form is not None:
        for samples in _resampled(resampler, None):
            yield at, samples


def _resampled(
    resampler: AudioResampler, decoded: av.AudioFrame | None
) -> Iterator[NDArray[np.float32]]:
    for frame in resampler.resample(decoded):
        yield cast(NDArray[np.float32], frame.to_ndarray())


def _decoded(footage: Footage) -> Iterator[av.AudioFrame]:
    """Yield decoded sound; refuse what does not decode, or leave it out to salvage the rest."""
    with open_container(footage.path) as container:
        stream = container.streams.best("audio")
        if not isinstance(stream, av.AudioStream):
            return
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
                frames = packet.decode()
            except (StopIteration, av.error.EOFError):
                return
            except av.FFmpegError as error:
                if not footage.salvage:
                    raise DamagedFootage(
                        "the sound of the recording is damaged",
                        hint="--salvage keeps what decodes of it, --audio drop leaves it out",
                    ) from error
                continue
            yield from frames
