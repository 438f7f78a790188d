"""Speech out of the sound, the whole way."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.conftest import Cli
from tests.stage import Scene, draw, plan_for

from bystander import hide, media, run
from bystander.errors import DamagedFootage, LeakFound, PlanError
from bystander.records import Plan, Policy
from bystander.run import passes
from bystander.run.progress import Silent
from bystander.timeline import Span

Wave = NDArray[np.float32]
RATE = 16000
LONG_S = 6
SAID = (2.0, 3.9)  # when the words are said
MUTE, TONE = Policy(audio="mute-speech"), Policy(audio="tone")


@pytest.fixture(scope="module")
def words(speech: Wave) -> Wave:
    """Return six seconds of faint noise; in the middle of them somebody speaks."""
    wave = (0.001 * np.random.default_rng(0).normal(size=LONG_S * RATE)).astype(np.float32)
    part = speech[round(0.3 * RATE) : round(2.2 * RATE)]
    wave[2 * RATE : 2 * RATE + part.size] += part
    return wave


def scene(sound: Any, **how: Any) -> Scene:
    given: dict[str, Any] = {"sound_hz": RATE, "sound_codec": "pcm_s16le", **how}
    return Scene(width=64, height=64, frames=12, rate=2, sound=sound, change=grey, **given)


def grey(index: int, planes: list[Any]) -> None:
    """Leave nothing to look at."""
    for plane in planes:
        plane[:] = 128


def heard(path: Path) -> Wave:
    """Return the sound of *path*, 16,000 samples a second, all channels added up by size."""
    pieces = media.read_sound(media.open_footage(path), RATE, None)
    samples = np.concatenate([piece.samples for piece in pieces], axis=1)
    return np.asarray(np.abs(samples).max(axis=0))


def said(wave: Wave, margin: float = 0.0) -> Wave:
    return wave[round((SAID[0] - margin) * RATE) : round((SAID[1] + margin) * RATE)]


@pytest.mark.parametrize(
    ("name", "gains", "how"),
    [
        ("opposite.mkv", (1, -1), {}),
        ("right.mp4", (0, 1), {"sound_codec": "aac"}),
        ("six.mkv", (0, 0, 0, 0, 0, 1), {"sound_layout": "5.1"}),
        ("eight.mkv", (0, 0, 0, 0, 0, 0, 0, 1), {"sound_layout": "7.1"}),
        ("opus.webm", (1, 1), {"sound_codec": "libopus", "sound_hz": 48000, "codec": "libvpx-vp9"}),
    ],
)
def test_what_is_said_is_gone_whichever_channel_it_was_in(
    tmp_path: Path, words: Wave, name: str, gains: tuple[int, ...], how: dict[str, Any]
) -> None:
    wave = np.outer(gains, words)
    wave = wave.repeat(3, axis=1) if how.get("sound_hz") else wave
    how = {"options": {}, **how} if how.get("codec") else how
    source = draw(tmp_path / name, scene(wave, **how))
    outputs = run.outputs_for(source, None)
    report = run.redact(source, outputs, MUTE)
    assert report.clean
    assert said(heard(source)).max() > 0.2
    left = heard(outputs.recording)
    assert said(left, 0.2).max() < 0.003
    # And what nobody said is there.
    assert np.sqrt(np.mean(left[RATE : 5 * RATE // 4] ** 2)) > 0.0003
    document = json.loads(outputs.report_json.read_text())
    assert document["sound"] == "speech muted"
    # The first moments of any sound can be taken for speech.
    stretch = document["speech"]["stretches"][-1]
    assert 1 < stretch["start_s"] < SAID[0]
    assert SAID[1] < stretch["end_s"] < 5.5
    assert "audio track" not in str(document["left_out"])
    page = outputs.report_html.read_text()
    assert "Where speech was taken out of the sound" in page
    assert "Whether any words were missed" in page


@pytest.mark.parametrize("policy", [MUTE, TONE], ids=lambda p: p.audio)
@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_two_recordings_that_differ_only_in_what_is_said_give_one_file(
    tmp_path: Path, words: Wave, policy: Policy, suffix: str
) -> None:
    # A codec spreads what it is given over its windows, beyond a stretch as well. What it is given
    # is silent already, so not even what was said just within the stretch can be beside it.
    spans = (Span(Fraction(17, 10), Fraction(42, 10)),)
    other = words.copy()
    first, last = round(1.7 * RATE), round(4.2 * RATE)
    other[first:last] = np.random.default_rng(5).uniform(-1, 1, last - first)
    made = []
    for number, wave in enumerate((words, other)):
        drawn = scene(np.stack([wave, wave]))
        source = draw(tmp_path / f"{number}.mkv", drawn)
        plan = replace(plan_for(media.digest(source), drawn, policy=policy), speech=spans)
        made.append(tmp_path / f"{number}.out{suffix}")
        passes.render(plan, media.open_footage(source), made[-1], Silent())
    assert (tmp_path / "0.mkv").read_bytes() != (tmp_path / "1.mkv").read_bytes()
    assert made[0].read_bytes() == made[1].read_bytes()


@pytest.fixture
def source(tmp_path: Path, words: Wave) -> Path:
    return draw(tmp_path / "in.mkv", scene(np.stack([words, words]), sound_hz=RATE))


def planned(source: Path, policy: Policy, *spans: tuple[float, float]) -> Plan:
    plan = plan_for(media.digest(source), scene(None), policy=policy)
    return replace(plan, speech=tuple(Span(Fraction(a), Fraction(b)) for a, b in spans))


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_the_proof_puts_noise_where_somebody_speaks(source: Path, suffix: str) -> None:
    plan = planned(source, TONE, (1.5, 4.25))
    proof = run.prove(source, plan, suffix=suffix)
    assert proof.equal
    assert proof.heard == 2 * round(2.75 * RATE)


def test_the_proof_fails_if_a_sample_comes_through(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silence after the resampler alone is too late: it has spread what was there."""
    plan = planned(source, MUTE, (1.5, 3.0))
    monkeypatch.setattr(hide, "silence", lambda plan, sound: sound)
    assert not run.prove(source, plan, suffix=".webm").equal
    monkeypatch.undo()
    assert run.prove(source, plan, suffix=".webm").equal
    monkeypatch.setattr(hide, "cover", lambda plan, sound: sound)
    monkeypatch.setattr(hide, "silence", lambda plan, sound: sound)
    assert not run.prove(source, plan).equal


def test_what_a_plan_left_out_is_heard_hidden_and_said(source: Path, tmp_path: Path) -> None:
    outputs = run.outputs_for(source, tmp_path / "out.mp4")
    report = run.redact(source, outputs, MUTE, given=planned(source, MUTE))
    assert report.clean
    (span,) = run.read_plan(outputs.plan).speech or ()
    assert span.start < Fraction(9, 4)
    assert said(heard(outputs.recording), -0.3).max() < 0.003


def test_a_plan_that_is_followed_to_the_letter_fails_for_it(source: Path, tmp_path: Path) -> None:
    outputs = run.outputs_for(source, tmp_path / "out.mp4")
    with pytest.raises(LeakFound, match="speak"):
        run.redact(source, outputs, MUTE, given=planned(source, MUTE), amend=False)
    assert not outputs.recording.exists()


def test_stretches_can_be_written_by_hand(source: Path, tmp_path: Path, cli: Cli) -> None:
    plan, output = tmp_path / "plan.json", tmp_path / "out.mp4"
    assert cli("detect", source, "-o", plan, "--audio", "tone").returncode == 0
    document = json.loads(plan.read_text())
    assert document["speech"]
    document["speech"] = [["1/4", "1/2"], ["1", "5"]]
    plan.write_text(json.dumps(document))
    done = cli("render", source, "--plan", plan, "-o", output)
    assert done.returncode == 0, done.stderr
    left = heard(output)
    assert left[round(0.3 * RATE) : round(0.45 * RATE)].max() == pytest.approx(0.1, abs=0.02)
    assert left[round(1.1 * RATE) : round(4.9 * RATE)].max() == pytest.approx(0.1, abs=0.02)
    assert left[round(0.6 * RATE) : round(0.9 * RATE)].max() < 0.02
    again = cli("verify", output, "--plan", plan, "--original", source)
    assert again.returncode == 0, again.stdout
    assert "speech       passed" in again.stdout


def test_a_plan_for_which_nobody_listened_is_refused(source: Path, tmp_path: Path) -> None:
    plan = replace(planned(source, MUTE), speech=None)
    with pytest.raises(PlanError, match="does not say when anybody speaks"):
        run.redact(source, run.outputs_for(source, tmp_path / "out.mp4"), MUTE, given=plan)


@pytest.mark.parametrize("count", [0, 1])
def test_no_sound_silence_and_very_short_sound(tmp_path: Path, count: int) -> None:
    source = draw(tmp_path / "in.mkv", scene(np.zeros((2, count))))
    outputs = run.outputs_for(source, None)
    assert run.redact(source, outputs, MUTE).clean
    document = json.loads(outputs.report_json.read_text())
    assert document["sound"] == ("speech muted" if count else "none")
    assert media.stream_kinds(outputs.recording) == ["video", "audio"][: 1 + bool(count)]
    assert run.read_plan(outputs.plan).speech == ()


def test_damaged_sound_is_refused_or_what_decodes_of_it_is_listened_to(
    tmp_path: Path, words: Wave
) -> None:
    whole = draw(
        tmp_path / "whole.mkv", scene(np.stack([words, words]), sound_codec="flac", sound_hz=RATE)
    )
    with av.open(str(whole)) as container:
        packets = [bytes(p) for p in container.demux(audio=0) if p.size]
    broken = bytearray(whole.read_bytes())
    for packet in packets[3:5]:
        at = broken.find(packet)
        broken[at : at + 40] = bytes(40)
    source = tmp_path / "broken.mkv"
    source.write_bytes(broken)
    outputs = run.outputs_for(source, None)
    with pytest.raises(DamagedFootage):
        run.redact(source, outputs, MUTE)
    assert run.redact(source, outputs, MUTE, options=run.Options(salvage=True)).clean
    assert said(heard(outputs.recording), 0.2).max() < 0.003
    lost = json.loads(outputs.report_json.read_text())["damage"]["sound"]
    assert lost["packets_that_do_not_decode"] >= 2
    assert lost["read_s"] == pytest.approx(LONG_S, abs=0.2)
    assert "pieces of its sound do not decode" in outputs.report_html.read_text()


def test_voices_that_are_kept_are_named_in_the_report(source: Path, tmp_path: Path) -> None:
    outputs = run.outputs_for(source, tmp_path / "out.mp4")
    run.redact(source, outputs, Policy(audio="keep"))
    document = json.loads(outputs.report_json.read_text())
    assert document["sound"] == "kept"
    assert document["speech"] is None
    assert "every voice in it is there" in outputs.report_html.read_text()
    assert said(heard(outputs.recording)).max() > 0.2


def test_of_two_audio_tracks_one_is_treated_and_one_is_left_out(
    tmp_path: Path, words: Wave
) -> None:
    two = draw(tmp_path / "two.mkv", scene(np.stack([words, words]), sounds=2))
    assert media.stream_kinds(two) == ["video", "audio", "audio"]
    outputs = run.outputs_for(two, None)
    assert run.redact(two, outputs, MUTE).clean
    assert media.stream_kinds(outputs.recording) == ["video", "audio"]
    assert said(heard(outputs.recording), 0.2).max() < 0.003
    left_out = json.loads(outputs.report_json.read_text())["left_out"]
    assert left_out["audio track (pcm_s16le)"] == 1


@pytest.mark.parametrize("policy", [MUTE, Policy(audio="keep")], ids=lambda p: p.audio)
def test_sound_of_which_nothing_can_be_used_is_not_called_kept(
    tmp_path: Path, words: Wave, policy: Policy
) -> None:
    path = draw(tmp_path / "in.mkv", scene(np.stack([words, words]), sound_codec="flac"))
    with av.open(str(path)) as container:
        packets = [bytes(p) for p in container.demux(audio=0) if p.size]
    broken = bytearray(path.read_bytes())
    for packet in packets:
        at = broken.find(packet)
        broken[at : at + len(packet)] = bytes(len(packet))
    path.write_bytes(broken)
    outputs = run.outputs_for(path, None)
    report = run.redact(path, outputs, policy, options=run.Options(salvage=True))
    assert report.clean, report.leaks
    assert media.stream_kinds(outputs.recording) == ["video"]
    document = json.loads(outputs.report_json.read_text())
    assert document["sound"] == "could not be used"
    assert document["speech"] is None
    assert document["damage"]["sound"]["read_s"] == 0
    page = outputs.report_html.read_text()
    assert "None of the original's sound could be used" in page
    assert "all of the sound is there" not in page
    assert "and one audio stream" not in page


def test_a_word_that_a_plan_leaves_out_is_heard_in_the_original(
    source: Path, tmp_path: Path
) -> None:
    """The codec takes from a quarter of a second what a listener knows it by."""
    plan = planned(source, MUTE, (1.5, 2.5), (2.75, 4.5))
    outputs = run.outputs_for(source, tmp_path / "out.mp4")
    with pytest.raises(LeakFound, match=r"may speak at 0:02\.[567]"):
        run.redact(source, outputs, MUTE, given=plan, amend=False)
    passes.render(plan, media.open_footage(source), outputs.recording, Silent())
    report = run.examine(outputs.recording, source, plan)
    assert [leak.check for leak in report.leaks] == ["speech"]
    assert "of output and original" in report.ran[-1].looked_at


def test_the_report_counts_no_more_than_there_is(source: Path, tmp_path: Path) -> None:
    outputs = run.outputs_for(source, tmp_path / "out.mp4")
    given = planned(source, MUTE, (1.5, 4.5), (5.5, 7), (100, 200))
    assert run.redact(source, outputs, MUTE, given=given, amend=False).clean
    speech = json.loads(outputs.report_json.read_text())["speech"]
    assert speech["stretches"][1:] == [{"start_s": 5.5, "end_s": LONG_S}]
    assert speech["hidden_s"] == 3.5
    assert "1:40" not in outputs.report_html.read_text()
