"""The verifier's ears, tested by what they catch: one thing goes wrong, and is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.conftest import Blind
from tests.stage import Scene, draw, plan_for

from bystander import detect, hide, media, verify
from bystander.records import LISTEN_HZ, Plan, Policy, Report, Sound
from bystander.timeline import Span

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
    ) -> Report:
        """Follow *plan*, do what is *wrong* to the sound, and examine against *promised*."""
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
            sound_layout=form[1],
        ) as recorder:
            for piece in pieces:
                made = wrong(plan, hide.cover(plan, piece))
                if made.samples.shape[1]:
                    made = replace(made, at=Fraction(done, form[0]))
                    recorder.write_sound(made)
                    done += made.samples.shape[1]
            for frame in self.footage.frames():
                recorder.write(hide.apply(plan, frame))
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


@pytest.mark.parametrize(("suffix", "gain"), [(".mp4", 0.3), (".webm", 1.0)])
def test_what_lies_beneath_is_found_however_soft(bench: Bench, suffix: str, gain: float) -> None:
    """A copy that was turned down is too soft for the bound on silence, and still the voice."""
    heard = {
        round(piece.at * piece.rate_hz): piece.samples
        for form in [media.sound_form(bench.footage, suffix.removeprefix("."))]
        for piece in media.read_sound(bench.footage, *form)
    }

    def leak(plan: Plan, sound: Sound) -> Sound:
        beneath = heard[round(sound.at * sound.rate_hz)]
        return replace(sound, samples=sound.samples + np.float32(gain) * beneath * inside(sound))

    def inside(sound: Sound) -> Any:
        at = np.arange(sound.samples.shape[1]) / sound.rate_hz + float(sound.at)
        return ((at > 6) & (at < 6.4)).astype(np.float32)

    report = bench.examine(bench.plan(), suffix=suffix, wrong=leak, listen=False)
    assert any("what was there" in one.what for one in report.leaks)


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
