"""What may not be in a new photo is found there."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from tests import photo_traps as traps
from tests.conftest import Blind
from tests.verify.planted import only

from bystander import hide, media, verify
from bystander.errors import FootageError
from bystander.geometry import Box
from bystander.media.photos import colour
from bystander.records import (
    Because,
    FootageFacts,
    Keyframe,
    Kind,
    Leak,
    Plan,
    Plane,
    Policy,
    Redaction,
)
from bystander.run import passes
from bystander.run.progress import Silent
from bystander.timeline import Span

REGION = Box(32, 16, 96, 80)
WRITTEN = (".jpg", ".png", ".webp", ".tif", ".avif", ".bmp", ".gif")


def scene() -> Image.Image:
    """Return a textured picture, with skin where something is to be hidden."""
    random = np.random.default_rng(3)
    ground = random.integers(0, 255, (12, 16, 3)).repeat(12, 0).repeat(12, 1).astype(np.uint8)
    ground[16:80, 32:96] = (215, 170, 150)
    return Image.fromarray(ground)


class Bench:
    """A photo, its plan, and ways to make outputs of it."""

    def __init__(self, folder: Path, name: str = "in.png", **options: Any) -> None:
        self.folder = folder
        path = folder / name
        options.pop("image", scene()).save(path, **options)
        footage = media.open_footage(path)
        assert isinstance(footage, media.Photo)
        self.footage = footage
        self.plan = plan_for(footage)

    def render(self, suffix: str, fill: hide.Fill | None = None, plan: Plan | None = None) -> Path:
        target = self.folder / f"out{suffix}"
        passes.render(plan or self.plan, self.footage, target, Silent(), fill=fill)
        return target

    def leaks(self, output: Path, plan: Plan | None = None) -> list[Leak]:
        report = verify.examine(
            output,
            plan=plan or self.plan,
            plan_sha256="0" * 64,
            original=self.footage,
            detector=Blind(),
        )
        assert report.clean == (not report.leaks)
        assert len(report.ran) + len(report.skipped) == 4
        return list(report.leaks)


def plan_for(footage: media.Footage, box: Box = REGION, policy: Policy | None = None) -> Plan:
    frames = list(footage.frames())
    end = frames[-1].at + (frames[-1].lasts or 1)
    return Plan(
        footage=FootageFacts(
            sha256=footage.sha256,
            width=footage.width,
            height=footage.height,
            frames=len(frames),
            duration=end,
        ),
        policy=policy or Policy(),
        detectors=("drawn@0",),
        redactions=(
            Redaction(
                track="face-1",
                kind=Kind.FACE,
                because=Because.DETECTOR,
                span=Span(Fraction(0), end),
                region=(Keyframe(at=Fraction(0), box=box),),
                score=1.0,
            ),
        ),
    )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.parametrize("fill", ["solid", "soft"])
@pytest.mark.parametrize("suffix", WRITTEN)
def test_an_honest_output_is_clean_and_twice_the_same(bench: Bench, suffix: str, fill: str) -> None:
    plan = replace(bench.plan, policy=Policy(fill=fill))
    output = bench.render(suffix, plan=plan)
    assert bench.leaks(output, plan) == []
    before = output.read_bytes()
    assert bench.render(suffix, plan=plan).read_bytes() == before


@pytest.mark.parametrize("suffix", [".png", ".tif", ".bmp", ".webp"])
def test_what_keeps_pixels_keeps_them_outside_the_masks(tmp_path: Path, suffix: str) -> None:
    options = {"lossless": True} if suffix == ".webp" else {}
    bench = Bench(tmp_path, f"in{suffix}", **options)
    made = np.asarray(Image.open(bench.render(suffix)).convert("RGB"))
    expected = np.asarray(scene()).copy()
    expected[16:80, 32:96] = 92
    assert np.array_equal(made, expected)


@pytest.mark.parametrize(("quality", "sampling"), [(30, 2), (75, 2), (90, 1), (97, 0)])
def test_a_jpeg_is_coded_no_coarser_than_it_was(
    tmp_path: Path, quality: int, sampling: int
) -> None:
    bench = Bench(tmp_path, "in.jpg", quality=quality, subsampling=sampling)
    output = bench.render(".jpg")
    assert bench.leaks(output) == []
    with Image.open(output) as made, Image.open(tmp_path / "in.jpg") as given:
        pairs = zip(
            made.quantization.values(),  # type: ignore[attr-defined]
            given.quantization.values(),  # type: ignore[attr-defined]
            strict=True,
        )
        assert all(a <= b for ours, theirs in pairs for a, b in zip(ours, theirs, strict=True))
        difference = np.asarray(made).astype(float) - np.asarray(given)
        difference[16:80, 32:96] = 0
        assert np.abs(difference).mean() < 5


def _plain(path: Path, **options: Any) -> None:
    with Image.open(path) as opened:
        image = opened.copy()
    image.info.clear()
    image.save(path, **options)


def _behind(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"hello")


def _png_text(path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "hello")
    _plain(path, pnginfo=texts)


def _in_the_pixels(path: Path) -> None:
    """Put bytes behind the end of the packed pixels, where no decoder looks."""
    data = path.read_bytes()
    at = data.index(b"IDAT") - 4
    size = int.from_bytes(data[at : at + 4], "big")
    inside = data[at + 8 : at + 8 + size] + b"hello"
    path.write_bytes(data[:at] + traps._chunk(b"IDAT", inside) + data[at + 12 + size :])


def _in_a_jpeg_head(path: Path) -> None:
    data = path.read_bytes()
    assert data[2:4] == b"\xff\xe0"
    path.write_bytes(data[:2] + traps._segment(0xE0, data[6:20] + b"hello") + data[20:])


def _between_jpeg_segments(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:20] + b"\xff" * 7 + data[20:])


def _webp_chunk(path: Path) -> None:
    body = path.read_bytes()[12:] + b"EXIF" + struct.pack("<I", 4) + b"ohai"
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body)


def _bmp_gap(path: Path) -> None:
    data = path.read_bytes()
    head = data[:2] + struct.pack("<I", len(data) + 4) + data[6:10] + struct.pack("<I", 58)
    path.write_bytes(head + data[14:54] + b"ohai" + data[54:])


PLANTED: list[tuple[str, Callable[[Path], None]]] = [
    *((suffix, _behind) for suffix in WRITTEN),
    (".jpg", lambda path: _plain(path, exif=traps.exif())),
    (".jpg", lambda path: _plain(path, comment=b"hello")),
    (".jpg", lambda path: _plain(path, dpi=(300, 300))),
    (".jpg", lambda path: _plain(path, icc_profile=colour.standard(colour.DISPLAY_P3))),
    (".jpg", _in_a_jpeg_head),
    (".jpg", _between_jpeg_segments),
    (".png", _png_text),
    (".png", _in_the_pixels),
    (".png", lambda path: _plain(path, dpi=(300, 300))),
    (".webp", lambda path: _plain(path, xmp=b"hello")),
    (".webp", _webp_chunk),
    (".tif", lambda path: _plain(path, tiffinfo={305: "hello"})),
    (".tif", lambda path: _plain(path, tiffinfo={65001: "hello"})),
    (".avif", lambda path: _plain(path, exif=traps.exif())),
    (".bmp", _bmp_gap),
    (".gif", lambda path: _plain(path, comment=b"hello")),
]


@pytest.mark.parametrize(("suffix", "plant"), PLANTED)
def test_what_is_not_on_the_list_is_found(
    bench: Bench, suffix: str, plant: Callable[[Path], None]
) -> None:
    output = bench.render(suffix)
    assert bench.leaks(output) == []
    plant(output)
    leaks = bench.leaks(output)
    assert any(leak.check == "container" for leak in leaks)
    assert "hello" not in str(leaks)


def test_a_profile_that_is_needed_and_missing_is_found(tmp_path: Path) -> None:
    bench = Bench(tmp_path, icc_profile=colour.standard(colour.DISPLAY_P3))
    for suffix in (".jpg", ".png", ".webp", ".tif", ".avif"):
        output = bench.render(suffix)
        assert bench.leaks(output) == []
        _plain(output)
        assert any("profile" in leak.what for leak in bench.leaks(output))


def test_a_file_of_another_kind_than_its_name_is_found(bench: Bench) -> None:
    output = bench.render(".png")
    output.write_bytes(bench.render(".bmp").read_bytes())
    assert any("kind" in leak.what for leak in bench.leaks(output))


@pytest.mark.parametrize("suffix", WRITTEN)
def test_a_region_that_is_bare_or_off_is_found(bench: Bench, suffix: str) -> None:
    def bare(planes: tuple[Plane, ...], *_: object) -> tuple[Plane, ...]:
        return planes

    assert only(bench.leaks(bench.render(suffix, fill=bare)), "fill")
    off = plan_for(bench.footage, Box(40, 16, 104, 80))
    assert only(bench.leaks(bench.render(suffix, plan=off)), "fill")
    soft = replace(bench.plan, policy=Policy(fill="soft"))
    textured = Bench(bench.folder, "textured.png", image=_textured())
    plan = replace(plan_for(textured.footage), policy=soft.policy)
    assert only(textured.leaks(textured.render(suffix, fill=bare, plan=plan), plan), "fill")


def _textured() -> Image.Image:
    random = np.random.default_rng(5)
    return Image.fromarray(
        random.integers(0, 255, (36, 48, 3)).repeat(4, 0).repeat(4, 1).astype(np.uint8)
    )


def test_a_picture_turned_or_scaled_is_found(bench: Bench) -> None:
    output = bench.render(".png")
    with Image.open(output) as made:
        image = made.copy()
    exif = Image.Exif()
    exif[274] = 3
    image.save(output, exif=exif)
    assert any("turned" in leak.what for leak in bench.leaks(output))
    image.resize((100, 100)).save(output)
    assert any(leak.check == "picture" for leak in bench.leaks(output))


def test_films_keep_pictures_and_times_and_hold_nothing_else(tmp_path: Path) -> None:
    first = scene()
    # The second and third show the same once the region is hidden: neither may be lost.
    same = first.copy()
    same.paste((10, 200, 10), (40, 20, 90, 70))
    last = first.rotate(180)
    lasts = [50, 70, 330]
    for name in ("film.gif", "film.png", "film.webp"):
        path = tmp_path / name
        first.save(path, save_all=True, append_images=[same, last], duration=lasts, loop=0)
    for name in ("film.gif", "film.png", "film.webp"):
        footage = media.open_footage(tmp_path / name)
        assert isinstance(footage, media.Photo)
        bench = Bench(tmp_path)
        bench.footage, bench.plan = footage, plan_for(footage)
        for suffix in (".gif", ".png", ".webp"):
            output = bench.render(suffix)
            assert bench.leaks(output) == []
            made = list(media.open_footage(output).frames())
            assert [frame.at for frame in made] == [0, Fraction(5, 100), Fraction(12, 100)]
            assert made[-1].lasts == Fraction(33, 100)
            with Image.open(output) as opened:
                assert opened.n_frames == 3  # type: ignore[attr-defined]
            _behind(output)
            assert any("follow the end" in leak.what for leak in bench.leaks(output))
        for suffix in (".jpg", ".tif", ".mp4", ".avif"):
            with pytest.raises(FootageError):
                bench.render(suffix)


def test_pages_keep_their_sizes(tmp_path: Path) -> None:
    pages = [scene(), scene().resize((100, 180)), scene().convert("L").resize((90, 90))]
    pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:])
    footage = media.open_footage(tmp_path / "pages.tif")
    assert isinstance(footage, media.Photo)
    bench = Bench(tmp_path)
    bench.footage, bench.plan = footage, plan_for(footage)
    output = bench.render(".tif")
    assert bench.leaks(output) == []
    with Image.open(output) as made:
        assert made.n_frames == 3  # type: ignore[attr-defined]
        for number, page in enumerate(pages):
            made.seek(number)
            assert made.size == page.size
            assert (np.asarray(made.convert("RGB"))[20:70, 40:80] == 92).all()
    with pytest.raises(FootageError, match="cannot hold a document"):
        bench.render(".png")


def test_photos_are_not_written_as_what_cannot_hold_them(tmp_path: Path) -> None:
    bench = Bench(tmp_path, icc_profile=colour.standard(colour.ADOBE_RGB))
    for suffix in (".bmp", ".gif", ".mp4", ".heic", ".psd"):
        with pytest.raises(FootageError):
            bench.render(suffix)


def test_with_the_camera_hidden_a_jpeg_has_no_tables_of_its_own(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "in.jpg", quality=97)
    plan = replace(bench.plan, policy=Policy(hide_camera=True))
    output = bench.render(".jpg", plan=plan)
    assert bench.leaks(output, plan) == []
    usual = tmp_path / "usual.jpg"
    scene().save(usual, quality=85)
    with Image.open(output) as made, Image.open(usual) as plain:
        assert made.quantization == plain.quantization  # type: ignore[attr-defined]


def test_an_output_of_another_kind_is_a_leak_and_no_error(bench: Bench) -> None:
    honest = bench.render(".png")
    for name, data in (
        ("out.jpg", honest.read_bytes()),
        ("out.mp4", honest.read_bytes()),
        ("cut.png", honest.read_bytes()[:-200] + b"\0\0\0\0IEND\xae\x42\x60\x82"),
    ):
        output = bench.folder / name
        output.write_bytes(data)
        report = verify.examine(
            output,
            plan=bench.plan,
            plan_sha256="0" * 64,
            original=bench.footage,
            detector=Blind(),
        )
        assert not report.clean
        assert any(leak.check == "container" for leak in report.leaks)
    with pytest.raises(FootageError):
        bench.leaks(bench.folder / "none.png")
