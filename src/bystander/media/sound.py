"""Reading sound, in step with the picture: time 0 is the first frame.

Decoded samples are laid out in time first, at the file's own rate and in its own channels, without
gaps or overlaps. Only then are they changed, and after that resampled and mixed. So whoever reads,
at whatever rate, sees every sample at the same time; and what is taken out before the resampler
cannot be smeared by it over what stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import cast

import av
import av.error
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from bystander.errors import DamagedFootage, FootageError
from bystander.media.files import open_container
from bystander.media.footage import Footage
from bystander.media.tally import SoundTally
from bystander.records import Sound

Change = Callable[[Sound], Sound]

# Rates that AAC has (ISO/IEC 14496-3, table 1.18) and encoders take.
_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
# A stated time that differs from the count of samples by less is jitter, not a gap.
_JITTER_S = Fraction(3, 100)
# A gap that is longer is no pause but a broken clock: filling it could go on for ever. Many of them
# end with the time that the footage's limits allow.
_LONGEST_GAP_S = 3600
# Sound that overlaps by more is no untidy cut: its clock was set, and the picture's place of it is
# not known.
_LONGEST_BACK_S = 1
_HINT = "--salvage keeps what decodes of it, --audio drop leaves it out"
# All channels in one row: PyAV fails at eight rows.
_PACKED = "flt"
# What the samples of one moment are called when they are not mixed: FFmpeg's names by count.
_UNNAMED = {1: "mono", 2: "stereo"}


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


def read_sound(
    footage: Footage, rate_hz: int, layout: str | None, change: Change = lambda sound: sound
) -> Iterator[Sound]:
    """Yield the sound of *footage* in pieces, in order and without gaps, from time 0.

    Gaps in the file become silence, and what comes before the first frame is left out. After the
    last piece, ``footage.sound`` says how much was given, and what was left out.

    Args:
        footage: The recording; the audio stream that players choose is read.
        rate_hz: Samples a second to give.
        layout: ``mono`` or ``stereo``; ``None``: the file's own channels, whose number can change.
        change: Done to every piece at the file's own rate and in its own channels, before it is
            resampled and mixed.

    Raises:
        DamagedFootage: The sound does not decode, or its clock goes back or leaps, and salvage
            was not asked for.
        FootageError: Its channels cannot be mixed.
        BeyondLimits: It goes on for longer than is taken.
    """
    done = 0  # samples given so far
    tally = SoundTally()
    for samples in _resampled(_laid_out(footage, tally), rate_hz, layout, change):
        if samples.shape[1]:
            yield Sound(at=Fraction(done, rate_hz), rate_hz=rate_hz, samples=samples)
            done += samples.shape[1]
    tally.length = Fraction(done, rate_hz)
    footage.sound = tally


def _resampled(
    pieces: Iterator[tuple[Sound, str]], rate_hz: int, layout: str | None, change: Change
) -> Iterator[NDArray[np.float32]]:
    resampler: AudioResampler | None = None
    form: tuple[int, str] | None = None
    for sound, own in pieces:
        if form != (sound.rate_hz, own):  # a resampler takes one form of sound only
            yield from _through(resampler, None)
            form = sound.rate_hz, own
            resampler = AudioResampler(format=_PACKED, layout=layout or own, rate=rate_hz)
        yield from _through(resampler, _as_frame(change(sound), own))
    yield from _through(resampler, None)


def _through(
    resampler: AudioResampler | None, frame: av.AudioFrame | None
) -> Iterator[NDArray[np.float32]]:
    if resampler is None:
        return
    try:
        given = resampler.resample(frame)
    except (av.FFmpegError, ValueError) as error:
        raise FootageError(
            "the channels of the sound cannot be mixed", hint="--audio drop leaves it out"
        ) from error
    for piece in given:
        numbers = cast(NDArray[np.float32], piece.to_ndarray())
        yield np.ascontiguousarray(numbers.reshape(-1, piece.layout.nb_channels).T)


def _as_frame(sound: Sound, layout: str) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(sound.samples.T).reshape(1, -1), format=_PACKED, layout=layout
    )
    frame.sample_rate = sound.rate_hz
    frame.time_base = Fraction(1, sound.rate_hz)
    frame.pts = round(sound.at * sound.rate_hz)
    return frame


def _laid_out(footage: Footage, tally: SoundTally) -> Iterator[tuple[Sound, str]]:
    """Yield what decodes with the name of its channels, each sample at its time and none twice."""
    done: Fraction | None = None
    for sound, layout in decoded_sound(footage, tally):
        rate, first = sound.rate_hz, done is None
        tally.forms.add((rate, layout))
        done = done or Fraction(0)
        gap = sound.at - done
        if gap < -_LONGEST_BACK_S and not first:
            _refuse(footage, f"the clock of the sound goes back by {float(-gap):.1f} s")
        if gap > _LONGEST_GAP_S:
            _refuse(footage, "the clock of the sound leaps by over an hour")
            tally.gaps += 1
            gap = Fraction(0)
        footage.limits.check_time(sound.at)  # silence is made up to there
        # The first sample is put where it belongs; later on, the count is the better clock.
        missing = round(gap * rate) if first or abs(gap) > _JITTER_S else 0
        while missing > 0:
            silence = np.zeros((sound.samples.shape[0], min(missing, rate)), dtype=np.float32)
            yield Sound(at=done, rate_hz=rate, samples=silence), layout
            done += Fraction(silence.shape[1], rate)
            missing -= silence.shape[1]
        kept = sound.samples[:, -missing:]
        dropped = Fraction(sound.samples.shape[1] - kept.shape[1], rate)
        if first:
            tally.early_s += dropped
        else:
            tally.twice_s += dropped
        if kept.shape[1]:
            yield replace(sound, at=done, samples=kept), layout
            done += Fraction(kept.shape[1], rate)
        elif first:
            done = None  # all of it comes before the first frame


def _refuse(footage: Footage, why: str) -> None:
    if not footage.salvage:
        raise DamagedFootage(why, hint=_HINT)


def decoded_sound(
    footage: Footage, tally: SoundTally, since: Fraction | None = None
) -> Iterator[tuple[Sound, str]]:
    """Yield what decodes as floating point, with the name of its channels.

    Its ``at`` is what the file says, or what is due. After seeking, to some time before *since*
    (seconds), what states no time of its own cannot be placed, and nothing is given.
    """
    convert: AudioResampler | None = None
    form: tuple[str, str, int] | None = None
    at = Fraction(0)
    for frame in decoded(footage, tally, since):
        if frame.pts is None and since is not None:
            return
        layout, rate = frame.layout.name, frame.sample_rate
        if rate < 1:
            continue
        if form != (frame.format.name, layout, rate):
            form = frame.format.name, layout, rate
            convert = AudioResampler(format=_PACKED, layout=layout, rate=rate)
        if frame.pts is not None and frame.time_base is not None:
            at = frame.pts * frame.time_base - footage.start
        for samples in _through(convert, frame):
            # Some files hold floating point themselves, and so anything.
            numbers = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
            yield Sound(at=at, rate_hz=rate, samples=numbers.clip(-8, 8)), _named(layout, numbers)
            at += Fraction(numbers.shape[1], rate)


def _named(layout: str, samples: NDArray[np.float32]) -> str:
    """Return *layout*, or the usual name for so many channels where the file gives none."""
    return _UNNAMED.get(samples.shape[0], layout) if layout.endswith("channels") else layout


def decoded(
    footage: Footage, tally: SoundTally, since: Fraction | None = None
) -> Iterator[av.AudioFrame]:
    """Yield decoded sound; refuse what does not decode, or leave it out to salvage the rest."""
    with open_container(footage.path, footage.limits) as container:
        stream = container.streams.best("audio")
        if not isinstance(stream, av.AudioStream):
            return
        if since is not None and stream.time_base is not None:
            container.seek(round((since + footage.start) / stream.time_base), stream=stream)
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
                frames = packet.decode()
            except (StopIteration, av.error.EOFError):
                return
            except av.FFmpegError as error:
                tally.packets += 1
                if not footage.salvage:
                    raise DamagedFootage(
                        "the sound of the recording is damaged", hint=_HINT
                    ) from error
                continue
            yield from frames
