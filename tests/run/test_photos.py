"""The whole way for photos: a real face, and a marker in every place that a file has for one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from tests import photo_traps as traps
from tests.conftest import Cli, needs
from tests.detect.test_detectors import FACE

import bystander
from bystander import media, run
from bystander.errors import FootageError, PlanError
from bystander.geometry import Box
from bystander.records import Policy, Region

Tidy = Callable[[Path], None]

# What is cut out of the street, and where the face is in that.
CUT = (272, 0, 512, 160)
FACE_THERE = Box(FACE.x0 - CUT[0], FACE.y0, FACE.x1 - CUT[0], FACE.y1)


@pytest.fixture(scope="module")
def street(short_sample: Path) -> Image.Image:
    """Return a real face, close by, as a picture of its own."""
    frame = next(f for f in media.open_footage(short_sample).frames() if f.index == 12)
    return Image.fromarray(frame.rgb(frame.width, frame.height)).crop(CUT)


def hidden(path: Path, box: Box = FACE_THERE) -> bool:
    """Return whether what *box* holds in the photo *path* is as good as one grey."""
    with Image.open(path) as opened:
        made = np.asarray(opened.convert("RGB"))
    inside = made[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)]
    return bool(np.abs(inside.astype(int) - 92).mean() < 4)


def packed(data: bytes) -> Iterator[bytes]:
    """Yield whatever in *data* unpacks, wherever it begins."""
    for at in range(len(data) - 2):
        if data[at] & 15 == 8 and int.from_bytes(data[at : at + 2], "big") % 31 == 0:
            try:
                yield zlib.decompressobj().decompress(data[at:], 1 << 22)
            except zlib.error:
                continue


def marked(data: bytes) -> bool:
    """Return whether the marker is in *data*, in any coding that a photo could hold it in."""
    texts = [traps.MARK.encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be")]
    return any(text in held for held in (data, *packed(data)) for text in texts)


@pytest.fixture(scope="module")
def outputs(street: Image.Image, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return what was made of a photo of each kind that is full of markers."""
    made = {}
    for suffix, trap in traps.TRAPS.items():
        folder = tmp_path_factory.mktemp("out")
        source = folder.parent / f"{traps.MARK}{suffix}"
        source.write_bytes(trap(street, 1))
        assert marked(source.read_bytes())
        made[suffix] = folder / f"photo{suffix}"
        assert bystander.redact(source, made[suffix]).clean
    return made


@pytest.mark.parametrize("suffix", traps.TRAPS)
def test_a_marker_in_every_place_comes_out_nowhere(
    outputs: dict[str, Path], suffix: str, nothing_left: Tidy
) -> None:
    output = outputs[suffix]
    assert hidden(output)
    names = {"plan.json", "report.json", "report.html"}
    made = {path.name: path.read_bytes() for path in output.parent.iterdir()}
    assert set(made) == {f"photo{suffix}", *(f"photo.{name}" for name in names)}
    assert not any(marked(content) for content in made.values())
    report = json.loads(made["photo.report.json"])
    assert report["left_out"]
    assert report["original"]["kind"] == "photo"
    nothing_left(output.parent)


@needs("exiftool")
@pytest.mark.parametrize("suffix", traps.TRAPS)
def test_exiftool_finds_nothing_but_the_form(outputs: dict[str, Path], suffix: str) -> None:
    done = subprocess.run(
        [str(shutil.which("exiftool")), "-a", "-u", "-G1", "-j", "-ee", str(outputs[suffix])],
        capture_output=True,
        text=True,
        check=True,
    )
    found = {name.partition(":")[0] for name in json.loads(done.stdout)[0]}
    plain = {"SourceFile", "ExifTool", "System", "File", "Composite", "JFIF", "PNG", "RIFF", "GIF"}
    # IFD0 is what a TIFF is made of; AVIF states its form in boxes of its own.
    assert found <= plain | {"IFD0", "QuickTime", "Meta", "BMP", "File", "ItemList"}
    assert traps.MARK not in done.stdout


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_face_is_hidden_whichever_way_the_photo_was_held(
    street: Image.Image, tmp_path: Path, orientation: int
) -> None:
    source, output = tmp_path / "in.jpg", tmp_path / "out.jpg"
    source.write_bytes(traps.jpeg(traps.turned(street, orientation), orientation))
    assert bystander.redact(source, output).clean
    with Image.open(output) as made:
        assert made.size == street.size
    assert hidden(output)


@pytest.mark.parametrize("suffix", [*traps.TRAPS, ".heic"])
@pytest.mark.parametrize("fill", ["solid", "soft"])
def test_nothing_comes_through_in_any_kind(
    street: Image.Image, tmp_path: Path, suffix: str, fill: str
) -> None:
    source = tmp_path / f"in{suffix}"
    trap = traps.TRAPS.get(suffix)
    source.write_bytes(trap(street, 1) if trap else traps.heic(street, tmp_path))
    outputs = run.outputs_for(source, None)
    asked = Region(box=FACE_THERE.snapped(16).clipped(*street.size))
    plan = run.draw_up(source, tmp_path / "plan.json", Policy(fill=fill), regions=[asked])
    report = run.redact(source, outputs, plan.policy, given=plan)
    assert report.clean
    assert outputs.recording.suffix == {".heic": ".jpg"}.get(suffix, suffix)
    followed = run.read_plan(outputs.plan)
    proof = run.prove(source, followed, released=outputs.recording)
    assert proof.equal
    assert proof.released
    assert proof.samples > 10_000


def test_a_film_and_pages_are_hidden_in_every_picture(street: Image.Image, tmp_path: Path) -> None:
    others = [street, street.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    mirrored = Box(240 - FACE_THERE.x1, FACE_THERE.y0, 240 - FACE_THERE.x0, FACE_THERE.y1)
    for name in ("a.webp", "b.gif", "pages.tif"):
        source, output = tmp_path / name, tmp_path / f"out-{name}"
        options: dict[str, Any] = {} if name == "pages.tif" else {"duration": 500}
        others[0].save(source, save_all=True, append_images=others[1:], **options)
        assert bystander.redact(source, output).clean
        page = run.outputs_for(source, output).report_html.read_text()
        assert re.search(r"In all: \d+ faces?[,.]", page)
        frames = list(media.open_footage(output).frames())
        assert [f.at for f in frames] == ([0, 10] if name == "pages.tif" else [0, Fraction(1, 2)])
        for frame, box in zip(frames, (FACE_THERE, mirrored), strict=True):
            inside = frame.rgb(frame.width, frame.height)[
                int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)
            ]
            assert np.abs(inside.astype(int) - 92).mean() < 4


def test_a_face_in_one_picture_of_a_film_is_hidden(street: Image.Image, tmp_path: Path) -> None:
    empty = [Image.new("RGB", street.size, (90 + 3 * n, 110, 90)) for n in range(12)]
    source, output = tmp_path / "in.png", tmp_path / "out.png"
    empty[0].save(source, save_all=True, append_images=[*empty[1:5], street, *empty[6:]],
                  duration=100)  # fmt: skip
    bystander.redact(source, output, policy=Policy(targets=("faces",)))
    frame = list(media.open_footage(output).frames())[5]
    inside = frame.rgb(frame.width, frame.height)[
        int(FACE_THERE.y0) : int(FACE_THERE.y1), int(FACE_THERE.x0) : int(FACE_THERE.x1)
    ]
    assert np.abs(inside.astype(int) - 92).mean() < 4


def test_samples_under_two_regions_are_counted_once(street: Image.Image, tmp_path: Path) -> None:
    source = tmp_path / "in.png"
    street.save(source)
    policy, counts = Policy(targets=("plates",)), []
    for number, regions in enumerate(([FACE_THERE], [FACE_THERE, FACE_THERE])):
        outputs = run.outputs_for(source, tmp_path / f"out{number}.png")
        asked = [Region(box=box) for box in regions]
        run.redact(source, outputs, policy, regions=asked)
        counts.append(run.prove(source, run.read_plan(outputs.plan)).samples)
    assert counts[0] == counts[1] > 0


def test_the_report_of_a_photo_reads_as_one(street: Image.Image, tmp_path: Path) -> None:
    source = tmp_path / "in.jpg"
    source.write_bytes(traps.jpeg(street))
    bystander.redact(source, tmp_path / "out.jpg")
    page = (tmp_path / "out.report.html").read_text(encoding="utf-8")
    assert "The photo was redacted" in page
    assert "made of pixels alone" in page
    assert "GPS position" in page
    assert "recording" not in page
    assert "<svg" not in page


def test_outputs_of_photos_are_named_by_what_they_are(tmp_path: Path) -> None:
    for name, made in (("a.jpeg", "a.redacted.jpeg"), ("a.HEIC", "a.redacted.jpg")):
        assert run.outputs_for(Path(name), None).recording == Path(made)
    disguised = tmp_path / "in.mp4"
    disguised.write_bytes(traps.png(traps.drawn()))
    assert run.outputs_for(disguised, None).recording.name == "in.redacted.png"


def test_plan_and_report_of_another_original_are_not_replaced(
    street: Image.Image, tmp_path: Path
) -> None:
    photo, film = tmp_path / "IMG_1.png", tmp_path / "IMG_1.gif"
    for path in (photo, film):
        street.save(path)
    outputs = run.outputs_for(photo, None)
    box = Region(box=FACE_THERE)
    bystander.redact(photo, policy=Policy(targets=("plates",)), regions=(box,))
    before = outputs.plan.read_bytes()
    told = json.loads(outputs.report_json.read_text())
    assert (told["clean"], [left["name"] for left in told["not_done"]]) == (True, ["second look"])
    page = outputs.report_html.read_text()
    assert "Every check ran" not in page
    assert "not done" in page
    again, others = run.Options(force=True), run.outputs_for(film, None)
    assert others.plan == outputs.plan
    with pytest.raises(FootageError, match="belongs to the output of another original"):
        run.redact(film, others, Policy(targets=("plates",)), regions=(box,), options=again)
    assert outputs.plan.read_bytes() == before
    # What --force is for: the same original, or another in place of that output itself.
    for source in (photo, film):
        run.redact(source, outputs, Policy(targets=("plates",)), regions=(box,), options=again)
    assert outputs.plan.read_bytes() != before


def test_a_photo_has_no_crf_and_is_no_recording(street: Image.Image, tmp_path: Path) -> None:
    source = tmp_path / "in.png"
    street.save(source)
    with pytest.raises(PlanError, match="crf is for recordings"):
        bystander.redact(source, tmp_path / "out.png", policy=Policy(crf=20))
    with pytest.raises(FootageError, match="a photo is not written as"):
        bystander.redact(source, tmp_path / "out.mp4")
    with pytest.raises(FootageError, match=r"photos are not written as \.heic"):
        bystander.redact(source, tmp_path / "out.heic")
    assert {path.name for path in tmp_path.iterdir()} == {"in.png"}


def test_the_command_line_takes_photos(cli: Cli, street: Image.Image, tmp_path: Path) -> None:
    (tmp_path / "in.jpg").write_bytes(traps.jpeg(street))
    done = cli("redact", "in.jpg", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "sound" not in done.stderr
    arguments = ("in.redacted.jpg", "--plan", "in.plan.json", "--original", "in.jpg")
    assert cli("verify", *arguments, cwd=tmp_path).returncode == 0
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "in.jpg").read_bytes()[:3000])
    refused = cli("redact", "cut.jpg", cwd=tmp_path)
    assert refused.returncode == 1
    assert "bystander: error: the photo is cut short" in refused.stderr
    assert not (tmp_path / "cut.redacted.jpg").exists()


def test_text_that_shows_at_the_edges_of_masks_is_hidden_in_the_end(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    ground = Image.fromarray(random.integers(100, 200, (30, 40, 3)).astype(np.uint8))
    image = ground.resize((800, 600))
    page = ImageDraw.Draw(image)
    for n in range(24):
        page.text(
            (10 + n % 3 * 260, 10 + n // 3 * 70),
            f"Name {n} ABC-{n * 37}",
            font=ImageFont.load_default(size=int(8 + n * 1.2)),
            fill=tuple(int(v) for v in random.integers(0, 255, 3)),
        )
    source = tmp_path / "in.png"
    image.save(source)
    assert bystander.redact(source, policy=Policy(targets=("text",))).clean
