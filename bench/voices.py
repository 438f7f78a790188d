"""How much of what is said stays audible when speech is taken out, and what else goes with it.

``make bench-voices FOOTAGE=folder``, the folder's ``audio`` holding recordings of speech and,
beside each, a JSON file that may have ``turns`` or ``utterances`` with ``start`` and ``end``.

Speech is the turns where there are any; else every 32 ms within 35 dB of the loudest, which counts
breaths and echoes as well. What is not speech is all the rest. Pink noise is added at a level
below, or the same as, that of the speech. What is listened to is what a run listens to, and its
margins are those of a run; ``by itself`` is for comparison.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from bystander import detect, plan
from bystander.records import LISTEN_HZ, Listener, Policy, Sound
from bystander.timeline import Span

Wave = NDArray[np.float32]
PIECE = 512
QUIETEST_DB = 35
NOISES = (None, 10, 0)
LEVELS_DB = (0, -30)
LISTENERS: dict[str, Callable[[], Listener]] = {
    "both, as a run does": lambda: detect.listener(0.1),
    "silero by itself": lambda: detect.Silero(0.1),
    "silero at 0.5": lambda: detect.Silero(0.5),
    "webrtc by itself": detect.WebRtc,
}


def main() -> int:
    folder = Path(sys.argv[1]) / "audio"
    for what, make in LISTENERS.items():
        print(f"\n{what}")
        print("| recording | noise | level | speech left, % | words left | other sound hidden, % |")
        print("|---|---|---|---|---|---|")
        for path in sorted(p for p in folder.iterdir() if p.suffix in (".wav", ".flac")):
            told = json.loads(path.with_suffix(".json").read_text())
            wave = read(path)
            speech = spoken(wave, told)
            for noise in NOISES:
                for level in LEVELS_DB:
                    heard = listen(make(), mixed(wave, speech, noise, level))
                    hidden = covered(heard, speech.size)
                    print(row(path, told, noise, level, speech, hidden), flush=True)
    return 0


def read(path: Path) -> Wave:
    convert = av.AudioResampler("fltp", "mono", LISTEN_HZ)
    with av.open(str(path)) as container:
        frames = [f for frame in container.decode(audio=0) for f in convert.resample(frame)]
    frames += convert.resample(None)
    return np.concatenate([f.to_ndarray()[0] for f in frames]).astype(np.float32)


def spoken(wave: Wave, told: dict[str, Any]) -> NDArray[np.bool_]:
    """Return which samples are speech."""
    said = np.zeros(wave.size, dtype=np.bool_)
    if told["turns"]:
        for turn in told["turns"]:
            said[round(turn["start"] * LISTEN_HZ) : round(turn["end"] * LISTEN_HZ)] = True
        return said
    whole = np.pad(wave, (0, -wave.size % PIECE)).reshape(-1, PIECE)
    loudness = np.sqrt((whole.astype(np.float64) ** 2).mean(axis=1))
    loud = loudness > loudness.max() * 10 ** (-QUIETEST_DB / 20)
    return np.asarray(loud.repeat(PIECE)[: wave.size])


def mixed(wave: Wave, speech: NDArray[np.bool_], noise_db: int | None, level_db: int) -> Wave:
    """Return *wave* with pink noise so many dB below its speech, all of it made quieter."""
    made = wave.astype(np.float64)
    if noise_db is not None:
        at = np.fft.rfftfreq(wave.size, 1 / LISTEN_HZ)
        random = np.random.default_rng(1)
        parts = random.normal(size=at.size) + 1j * random.normal(size=at.size)
        pink = np.fft.irfft(np.where(at > 20, parts / np.sqrt(np.maximum(at, 20)), 0), wave.size)
        level = np.sqrt((made[speech] ** 2).mean())
        made += pink / pink.std() * level * 10 ** (-noise_db / 20)
    # 16 bits, as recordings have them.
    return (np.round(made * 10 ** (level_db / 20) * 32767) / 32767).astype(np.float32)


def listen(listener: Listener, wave: Wave) -> tuple[Span, ...]:
    listener.hear(Sound(at=Fraction(0), rate_hz=LISTEN_HZ, samples=wave[None]))
    return plan.speech((one.span for one in listener.finish()), Policy())


def covered(spans: tuple[Span, ...], size: int) -> NDArray[np.bool_]:
    hidden = np.zeros(size, dtype=np.bool_)
    for span in spans:
        hidden[round(span.start * LISTEN_HZ) : round(span.end * LISTEN_HZ)] = True
    return hidden


def row(
    path: Path,
    told: dict[str, Any],
    noise: int | None,
    level: int,
    speech: NDArray[np.bool_],
    hidden: NDArray[np.bool_],
) -> str:
    words = told["utterances"] or ()
    left = sum(
        not hidden[round(w["start"] * LISTEN_HZ) : round(w["end"] * LISTEN_HZ)].all() for w in words
    )
    other = f"{100 * hidden[~speech].mean():.0f}" if (~speech).mean() > 0.02 else "-"
    return (
        f"| {path.stem} | {'none' if noise is None else f'{noise} dB'} | {level} dB "
        f"| {100 * (~hidden[speech]).mean():.2f} | {f'{left} of {len(words)}' if words else '-'} "
        f"| {other} |"
    )


if __name__ == "__main__":
    raise SystemExit(main())
