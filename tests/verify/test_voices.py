"""The verifier's ears, tested by what they catch: one thing goes wrong, and is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.conftest import Blind
from tests.stage import Scene, draw, plan_for

from bystander import detect, hide, media, verify
from bystander.records import LISTEN_HZ, Plan, Policy, Report, Sound
from bystander.timeline import Span
from bystander.verify.hushed import Hushed

Wave = NDArray[np.float32]
Change = Callable[[Plan, Sound], Sound]
# Where the man in the sample speaks, and where he pauses.
SPEECH = (Span(Fraction(0), Fraction(5, 2)), Span(Fraction(29, 10), Fraction(11)))
RATE = 16000


@pytest.fixture(scope="module")
def source(speech: Wave, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Scene]:
    """Return a drawn recording in which a real voice speaks over a little noise."""
    noise = 0.002 * np.random.default_rng(0).normal(size=speech.size)
    scene = Scene(
        width=64,
        height=64,
        frames=22,
        rate=2,
        sound=np.stack([speech + noise, speech - noise]),
        sound_hz=RATE,
        sound_codec="pcm_s16le",
    )
    return draw(tmp_path_factory.mktemp("voices") / "in.mkv", scene), scene


class Bench:
    """Writes an output for a plan, with one thing wrong, and has it examined."""

    def __init__(self, source: tuple[Path, Scene], tmp_path: Path) -> None:
        self.path, self.scene = source
        self.footage = media.open_footage(self.path)
        self.tmp_path = tmp_path

    def plan(self, audio: str = "mute-speech", speech: tuple[Span, ...] = SPEECH) -> Plan:
        made = plan_for(self.footage.sha256, self.scene, policy=Policy(audio=audio))
        return replace(made, speech=speech)

    def examine(
        self,
        plan: Plan,
        *,
        suffix: str = ".mp4",
        wrong: Change = lambda _, sound: sound,
        promised: Plan | None = None,
        listen: bool = True,
        layout: str | None = None,
        later: int = 0,
        remux: Callable[[Path, Path], None] | None = None,
    ) -> Report:
        """Follow *plan*, do what is *wrong* to the sound, and examine against *promised*.

        Args:
            plan: What is done.
            suffix: Of the output.
            wrong: What is done to the sound as well.
            promised: What should have been done.
            listen: Whether somebody listens.
            layout: Of the output's sound, if not what it should be.
            later: By how many seconds the picture is late.
            remux: Makes another file of the output, to be examined in its place.
        """
        output = self.tmp_path / f"out{suffix}"
        form = media.sound_form(self.footage, media.container_for(output))
        pieces = media.read_sound(self.footage, *form, lambda s: hide.silence(plan, s))
        done = 0
        with media.Recorder(
            output,
            self.footage,
            crf=None,
            preset="veryfast",
            sound_rate_hz=form[0],
            sound_layout=layout or form[1],
        ) as recorder:
            for piece in pieces:
                made = wrong(plan, hide.cover(plan, piece))
                if made.samples.shape[1]:
                    made = replace(made, at=Fraction(done, form[0]))
                    recorder.write_sound(made)
                    done += made.samples.shape[1]
            for frame in self.footage.frames():
                recorder.write(hide.apply(plan, replace(frame, at=frame.at + later)))
        if remux:
            remux(output, output.with_stem("again"))
            output = output.with_stem("again")
        return verify.examine(
            output,
            plan=promised or plan,
            plan_sha256="0" * 64,
            original=self.footage,
            detector=Blind(),
            listener=detect.Silero(verify.UNSURE) if listen else None,
        )


@pytest.fixture
def bench(source: tuple[Path, Scene], tmp_path: Path) -> Bench:
    return Bench(source, tmp_path)


@pytest.mark.parametrize("audio", ["mute-speech", "tone"])
@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_what_was_done_right_is_clean(bench: Bench, audio: str, suffix: str) -> None:
    report = bench.examine(bench.plan(audio), suffix=suffix)
    assert report.clean, [leak.what for leak in report.leaks]
    looked = {check.name: check.looked_at for check in report.ran}
    assert "11.0" in looked["sound"]
    assert "silero" in looked["speech"]


def test_a_word_that_was_not_planned_is_heard(bench: Bench) -> None:
    missed = (SPEECH[0], Span(Fraction(29, 10), Fraction(5)), Span(Fraction(7), Fraction(11)))
    report = bench.examine(bench.plan(speech=missed))
    spoken = [leak for leak in report.leaks if leak.check == "speech"]
    assert spoken
    for leak in spoken:
        assert leak.span is not None
        assert Fraction(5) - 1 < leak.span.start < Fraction(7)
    assert {leak.check for leak in report.leaks} == {"speech"}


def test_the_tone_is_not_taken_for_somebody_who_speaks(bench: Bench) -> None:
    everything = (Span(Fraction(0), Fraction(12)),)
    report = bench.examine(bench.plan("tone", everything))
    assert report.clean, [leak.what for leak in report.leaks]
    assert report.unsure_speech == ()


def whole(plan: Plan, sound: Sound) -> Sound:
    """Put a click into all of it, every tenth of a second."""
    samples = sound.samples.copy()
    first = -round(sound.at * sound.rate_hz) % (sound.rate_hz // 10)
    samples[:, first :: sound.rate_hz // 10] += 0.3
    return replace(sound, samples=samples)


def late(plan: Plan, sound: Sound) -> Sound:
    """Begin 20 ms late."""
    if sound.at:
        return sound
    return replace(sound, samples=np.pad(sound.samples, ((0, 0), (sound.rate_hz // 50, 0))))


def short(plan: Plan, sound: Sound) -> Sound:
    """Leave the last two seconds out."""
    return sound if sound.at < 9 else replace(sound, samples=sound.samples[:, :0])


@pytest.mark.parametrize(
    ("wrong", "what", "audio"),
    [
        (whole, "something else", "mute-speech"),
        (whole, "something else", "tone"),
        (late, "out of step", "mute-speech"),
        (short, "shorter than it was", "tone"),
    ],
)
def test_sound_that_is_not_what_was_planned_is_found(
    bench: Bench, wrong: Change, what: str, audio: str
) -> None:
    plan = bench.plan(audio, (Span(Fraction(3), Fraction(8)),))
    report = bench.examine(plan, wrong=wrong, listen=False)
    assert any(what in leak.what for leak in report.leaks), report.leaks
    assert not report.clean


@pytest.mark.parametrize(
    ("suffix", "audio", "gain", "delay", "what"),
    [
        (".mp4", "mute-speech", 0.3, 0, "something else"),
        (".mp4", "mute-speech", 0.01, 0, "something else"),
        (".mp4", "mute-speech", -0.0003, 8, "what was there"),
        (".webm", "mute-speech", -0.01, 8, "something else"),
        (".webm", "mute-speech", 0.0003, 0, "what was there"),
        (".mp4", "tone", 0.01, 0, "something else"),
        (".mp4", "tone", -0.003, 8, "what was there"),
        (".webm", "tone", 0.003, 8, "what was there"),
    ],
)
def test_what_lies_beneath_is_found_however_soft(
    bench: Bench, suffix: str, audio: str, gain: float, delay: int, what: str
) -> None:
    """A copy that was turned down, and upside down or late as well, is still the voice."""
    form = media.sound_form(bench.footage, suffix.removeprefix("."))
    pieces = [piece.samples for piece in media.read_sound(bench.footage, *form)]
    beneath = np.roll(np.concatenate(pieces, axis=1), delay, axis=1) * np.float32(gain)
    rate = form[0]
    beneath[:, : round(5.5 * rate)] = beneath[:, round(6.5 * rate) :] = 0

    def leak(plan: Plan, sound: Sound) -> Sound:
        first = round(sound.at * rate)
        there = beneath[:, first : first + sound.samples.shape[1]]
        return replace(sound, samples=sound.samples + there)

    report = bench.examine(bench.plan(audio), suffix=suffix, wrong=leak, listen=False)
    assert [leak.what for leak in report.leaks if f"still holds {what}" in leak.what], report.leaks


def test_speech_before_the_first_frame_is_found(bench: Bench) -> None:
    """Players play it; a reader that begins with the first frame never meets it."""
    said = np.concatenate([p.samples for p in media.read_sound(bench.footage, RATE, "stereo")], 1)

    def before(plan: Plan, sound: Sound) -> Sound:
        if sound.at:
            return sound
        return replace(sound, samples=np.concatenate([said[:, : 4 * RATE], sound.samples], axis=1))

    report = bench.examine(bench.plan(), suffix=".mkv", wrong=before, later=4)
    assert [leak.what for leak in report.leaks if leak.check == "sound"] == [
        "4.000 s of sound come before the first frame"
    ]


def test_sound_at_times_that_are_taken_is_found(bench: Bench) -> None:
    def crowd(made: Path, again: Path) -> None:
        with av.open(str(made)) as source, av.open(str(again), "w") as target:
            streams = {s.index: target.add_stream_from_template(s) for s in source.streams}
            packets = [packet for packet in source.demux() if packet.size]
            shown = sorted(p.pts or 0 for p in packets if p.stream.type == "video")
            count = 0
            for packet in packets:
                if packet.stream.type == "audio":
                    packet.pts = packet.dts = (packet.pts or 0) - min(max(0, count - 50), 10) * 32
                    count += 1
                else:  # a file need not say when a picture is decoded
                    packet.dts = shown.pop(0) - 5000
                packet.stream = streams[packet.stream.index]
                target.mux(packet)

    report = bench.examine(bench.plan(), suffix=".mkv", remux=crowd, listen=False)
    assert any("at times that are taken already" in leak.what for leak in report.leaks)


def test_speech_in_a_channel_that_is_not_mixed_in_is_found(bench: Bench) -> None:
    """Mixing six channels down to two leaves the one for bass out."""
    said = np.concatenate([p.samples for p in media.read_sound(bench.footage, RATE, "mono")], 1)

    def bass(plan: Plan, sound: Sound) -> Sound:
        first = round(sound.at * RATE)
        samples = np.zeros((6, sound.samples.shape[1]), dtype=np.float32)
        samples[:2] = sound.samples
        samples[3] = said[0, first : first + samples.shape[1]]
        return replace(sound, samples=samples)

    report = bench.examine(bench.plan(), wrong=bass, layout="5.1")
    assert [leak.what for leak in report.leaks if leak.check == "sound"] == [
        "the sound is 5.1 at 16000 Hz; what is written is stereo at 16000 Hz"
    ]


class Moved:
    """Makes sound half a second late, over all of its pieces."""

    def __init__(self) -> None:
        self._waiting = np.zeros((2, RATE // 2), dtype=np.float32)

    def __call__(self, plan: Plan, sound: Sound) -> Sound:
        both = np.concatenate([self._waiting, sound.samples], axis=1)
        count = sound.samples.shape[1]
        self._waiting = both[:, count:]
        return replace(sound, samples=both[:, :count])


def other(plan: Plan, sound: Sound) -> Sound:
    random = np.random.default_rng(round(sound.at * RATE))
    samples = random.normal(scale=0.05, size=sound.samples.shape)
    return replace(sound, samples=samples.astype(np.float32))


def nothing(plan: Plan, sound: Sound) -> Sound:
    return replace(sound, samples=np.zeros_like(sound.samples))


@pytest.mark.parametrize("wrong", [Moved(), other, nothing], ids=["late", "other", "nothing"])
def test_sound_that_is_like_nothing_in_the_original_is_found(bench: Bench, wrong: Change) -> None:
    report = bench.examine(bench.plan("keep"), wrong=wrong, listen=False)
    assert any("is not the original's" in leak.what for leak in report.leaks)
    looked = {check.name: check.looked_at for check in report.ran}["sound"]
    assert "0 of 11 seconds could be compared, 1" in looked


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
@pytest.mark.parametrize("level", [0.005, 0.5])
def test_hiss_is_compared_where_codecs_keep_it(tmp_path: Path, suffix: str, level: float) -> None:
    """They put noise in the place of noise, but for the lower frequencies."""
    wave = level * np.random.default_rng(2).uniform(-1, 1, (2, 4 * 48000))
    scene = Scene(width=64, height=64, frames=8, rate=2, sound=wave, sound_codec="pcm_s16le")
    bench = Bench((draw(tmp_path / "in.mkv", scene), scene), tmp_path)
    report = bench.examine(bench.plan("keep"), suffix=suffix, listen=False)
    assert report.clean, report.leaks
    looked = {check.name: check.looked_at for check in report.ran}["sound"]
    assert "4 of 4 seconds could be compared" in looked or level < 0.01


def test_a_stretch_that_is_off_by_a_tenth_of_a_second_is_found(bench: Bench) -> None:
    promised = bench.plan(speech=(Span(Fraction(4), Fraction(9)),))
    done = bench.plan(speech=(Span(Fraction(41, 10), Fraction(9)),))
    report = bench.examine(done, promised=promised, listen=False)
    assert any("still holds" in leak.what for leak in report.leaks)


def test_without_anybody_to_listen_it_is_not_clean(bench: Bench) -> None:
    report = bench.examine(bench.plan(), listen=False)
    assert [skip.name for skip in report.skipped] == ["speech"]
    assert not report.clean


def test_kept_sound_is_compared_and_nobody_listens(bench: Bench) -> None:
    report = bench.examine(bench.plan("keep"), listen=False)
    assert report.clean
    assert [check.name for check in report.ran][-1] == "sound"
    assert not any(check.name == "speech" for check in report.ran)
    assert LISTEN_HZ == RATE


class Counted(tuple[Span, ...]):
    """Counts how often one of them is asked for."""

    asked = 0

    def __getitem__(self, key: Any) -> Any:
        Counted.asked += 1
        return super().__getitem__(key)

    def __iter__(self) -> Any:
        Counted.asked += len(self)
        return super().__iter__()


def test_a_second_costs_no_more_for_all_the_stretches_elsewhere() -> None:
    spans = Counted(Span(Fraction(n), Fraction(n) + Fraction(1, 2)) for n in range(10_000))
    plan = replace(plan_for("0" * 64, Scene(), policy=Policy(audio="mute-speech")), speech=spans)
    hushed = Hushed(plan)
    samples = np.zeros((2, RATE), dtype=np.float32)
    Counted.asked = 0
    inside = hushed.inside(Sound(at=Fraction(5000), rate_hz=RATE, samples=samples), 0)
    assert inside.sum() == RATE // 2
    assert Counted.asked < 50
