"""Photos as footage: upright, in one colour space, nothing see-through; or refused."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import tracemalloc
import zlib
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFile, TiffImagePlugin
from tests import photo_traps as traps
from tests.stage import draw

from bystander import media
from bystander.errors import BeyondLimits, BystanderError, DamagedFootage, FootageError
from bystander.media.photos import colour, decode, source, tiff


def shown(path: Path) -> NDArray[np.int64]:
    """Return the first picture of *path* as R G B."""
    frame = next(iter(media.open_footage(path).frames()))
    picture = frame.rgb(frame.width, frame.height)
    assert np.array_equal(picture[..., 1], frame.planes[0])
    return picture.astype(np.int64)


def near(a: NDArray[np.int64], b: Image.Image, most: float = 4.0) -> bool:
    return a.shape[:2] == (b.height, b.width) and bool(np.abs(a - np.asarray(b)).mean() < most)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", traps.TURNED)
def test_a_photo_is_upright_whatever_its_orientation(
    tmp_path: Path, suffix: str, orientation: int
) -> None:
    stored = traps.turned(traps.drawn(), orientation)
    path = tmp_path / f"in{suffix}"
    path.write_bytes(traps.TRAPS[suffix](stored, orientation))
    assert near(shown(path), traps.drawn())


@pytest.mark.parametrize("quarters", range(4))
def test_heic_is_upright_by_its_own_turn_and_not_by_its_exif(tmp_path: Path, quarters: int) -> None:
    stored = traps.drawn(128, 96).rotate(-90 * quarters, expand=True)
    path = tmp_path / "in.heic"
    path.write_bytes(traps.heic(stored, tmp_path, quarters))
    assert near(shown(path), traps.drawn(128, 96), most=8)
    assert media.open_footage(path).left_out["EXIF block"] == 1


@pytest.mark.parametrize(
    ("kind", "value"),
    [(3, b"\0\0"), (3, b"\x09\0"), (3, b"\xff\xff"), (2, b"6\0"), (4, b"\xff" * 4)],
)
def test_an_orientation_that_is_none_turns_nothing(tmp_path: Path, kind: int, value: bytes) -> None:
    tag = struct.pack("<HHI", 274, kind, 1) + value.ljust(4, b"\0")
    path = tmp_path / "in.jpg"
    traps.drawn().save(path, exif=b"Exif\0\0II*\0\x08\0\0\0\1\0" + tag + bytes(4))
    assert near(shown(path), traps.drawn())


@pytest.mark.parametrize("cut", range(4, 60, 7))
def test_broken_exif_breaks_nothing(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "in.jpg"
    whole = b"Exif\0\0" + traps.exif(1).removeprefix(b"Exif\0\0")
    broken = whole[:cut] + b"\xff" * 40
    traps.drawn().save(path, exif=broken)
    assert near(shown(path), traps.drawn())


def test_what_xmp_says_of_the_orientation_turns_nothing(tmp_path: Path) -> None:
    for suffix in (".jpg", ".tif", ".webp", ".avif"):
        path = tmp_path / f"in{suffix}"
        xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf tiff:Orientation=\"6\"/></x:xmpmeta>"
        traps.drawn().save(path, xmp=xmp)
        assert near(shown(path), traps.drawn())


def test_what_is_see_through_hides_no_colour(tmp_path: Path) -> None:
    hidden = traps.drawn().convert("RGBA")
    hidden.putalpha(Image.fromarray(np.tile(np.array([0, 255], dtype=np.uint8), (64, 48))))
    for suffix in (".png", ".webp", ".tif"):
        options: dict[str, Any] = {"lossless": True, "exact": True} if suffix == ".webp" else {}
        path = tmp_path / f"in{suffix}"
        hidden.save(path, **options)
        assert (shown(path)[:, ::2] == 255).all()
        assert np.array_equal(shown(path)[:, 1::2], np.asarray(traps.drawn())[:, 1::2])
        assert any("on white" in note for note in media.open_footage(path).notes)


def test_deep_grey_and_cmyk_become_eight_bits(tmp_path: Path) -> None:
    ramp = np.tile(np.arange(0, 65536, 1024, dtype=np.uint16), (16, 1))
    for suffix in (".png", ".tif"):
        path = tmp_path / f"deep{suffix}"
        Image.fromarray(ramp).save(path)
        assert np.array_equal(shown(path)[..., 0], ramp >> 8)
        assert "16 bits a sample became 8" in media.open_footage(path).notes
    path = tmp_path / "in.jpg"
    traps.drawn().convert("CMYK").save(path, quality=95)
    assert near(shown(path), traps.drawn(), most=8)
    assert any("CMYK" in note for note in media.open_footage(path).notes)
    Image.new("F", (8, 8)).save(tmp_path / "float.tif")
    with pytest.raises(FootageError, match="of the kind F are not read"):
        list(media.open_footage(tmp_path / "float.tif").frames())


@pytest.mark.parametrize("name", [colour.SRGB, colour.DISPLAY_P3, colour.ADOBE_RGB])
def test_a_standard_profile_is_known_by_what_it_means(tmp_path: Path, name: str) -> None:
    path = tmp_path / "in.png"
    traps.drawn().save(path, icc_profile=colour.standard(name))
    footage = media.open_footage(path)
    assert isinstance(footage, media.Photo)
    assert footage.profile.name == name
    assert near(shown(path), traps.drawn(), most=0.1)


def test_another_profile_is_converted_from_and_a_broken_one_left(tmp_path: Path) -> None:
    odd = bytearray(colour.standard(colour.SRGB))
    at = odd.index(b"para") + 12
    odd[at : at + 4] = struct.pack(">i", round(1.2 * 65536))  # another gamma
    traps.drawn().save(tmp_path / "odd.png", icc_profile=bytes(odd))
    assert any("converted to sRGB" in n for n in media.open_footage(tmp_path / "odd.png").notes)
    assert not near(shown(tmp_path / "odd.png"), traps.drawn(), most=2)
    traps.drawn().save(tmp_path / "bad.png", icc_profile=b"no profile")
    assert any("cannot be used" in note for note in media.open_footage(tmp_path / "bad.png").notes)
    assert near(shown(tmp_path / "bad.png"), traps.drawn(), most=0.1)


def films(folder: Path) -> list[Path]:
    frames = [traps.drawn().rotate(angle) for angle in (0, 90, 180, 180)]
    paths = [folder / f"film{suffix}" for suffix in (".gif", ".png", ".webp")]
    for path in paths:
        options: dict[str, Any] = {"lossless": True} if path.suffix == ".webp" else {}
        frames[0].save(
            path,
            save_all=True,
            append_images=frames[1:3],
            duration=[40, 70, 200],
            loop=0,
            **options,
        )
    return paths


def test_pictures_that_move_are_a_film_with_its_times(tmp_path: Path) -> None:
    for path in films(tmp_path):
        footage = media.open_footage(path)
        assert isinstance(footage, media.Photo)
        assert footage.is_film
        assert footage.loops
        assert footage.still  # too short for one picture to make up for another
        frames = list(footage.frames())
        assert [frame.at for frame in frames] == [0, Fraction(1, 25), Fraction(11, 100)]
        assert frames[-1].lasts == Fraction(1, 5)
        for frame, angle in zip(frames, (0, 90, 180), strict=True):
            picture = frame.rgb(frame.width, frame.height).astype(np.int64)
            # What turning leaves bare is see-through in none of them.
            assert near(picture, traps.drawn().rotate(angle), most=12)


def test_pages_of_several_sizes_are_frames_of_the_largest(tmp_path: Path) -> None:
    path = tmp_path / "in.tif"
    pages = [traps.drawn(96, 64), traps.drawn(40, 100), traps.drawn(64, 64).convert("L")]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    footage = media.open_footage(path)
    assert (footage.width, footage.height, footage.still) == (96, 100, True)
    frames = list(footage.frames())
    assert [frame.shown for frame in frames] == [(96, 64), (40, 100), (64, 64)]
    assert [frame.at for frame in frames] == [0, source.PAGE_LASTS, 2 * source.PAGE_LASTS]
    assert (frames[1].planes[0][:, 40:] == 255).all()
    assert any("pages" in note for note in footage.notes)


def test_a_colour_page_behind_a_grey_one_keeps_its_colours(tmp_path: Path) -> None:
    grey = traps.drawn().convert("L")
    grey.save(tmp_path / "in.tif", save_all=True, append_images=[traps.drawn()])
    footage = media.open_footage(tmp_path / "in.tif")
    assert isinstance(footage, media.Photo)
    assert not footage.grey
    with media.record(tmp_path / "out.tif", footage, crf=None, preset="medium") as recorder:
        for frame in footage.frames():
            recorder.write(frame)
    last = list(media.open_footage(tmp_path / "out.tif").frames())[1]
    assert np.array_equal(last.rgb(last.width, last.height), np.asarray(traps.drawn()))
    grey.save(tmp_path / "grey.tif", save_all=True, append_images=[grey])
    both = media.open_footage(tmp_path / "grey.tif")
    assert isinstance(both, media.Photo)
    assert both.grey


def test_what_is_done_to_any_picture_is_noted(tmp_path: Path) -> None:
    clear = traps.drawn().convert("RGBA")
    clear.putalpha(100)
    for path in (tmp_path / "in.webp", tmp_path / "in.png", tmp_path / "in.tif"):
        traps.drawn().convert("RGBA").save(path, save_all=True, append_images=[clear], duration=500)
        footage = media.open_footage(path)
        for _ in range(2):
            assert len(list(footage.frames())) == 2
            assert [note for note in footage.notes if "on white" in note] == [decode.SEE_THROUGH]


@pytest.mark.parametrize("name", [colour.SRGB, colour.DISPLAY_P3])
def test_each_page_has_colours_of_its_own(tmp_path: Path, name: str) -> None:
    """A page with a profile, one that is grey, and one with another profile."""
    own = bytearray(colour.standard(name))
    if name == colour.SRGB:  # none of ours, so that it is converted from
        at = own.index(b"para") + 12
        own[at : at + 4] = struct.pack(">i", 2 * 65536)
    path = tmp_path / "in.tif"
    p3 = colour.standard(colour.DISPLAY_P3)
    with TiffImagePlugin.AppendingTiffWriter(path) as file:
        for image, icc in ((traps.drawn(), bytes(own)), (traps.drawn().convert("L"), b""),
                           (traps.drawn(), p3), (traps.drawn(), b"")):  # fmt: skip
            image.save(file, "TIFF", **({"icc_profile": icc} if icc else {}))
            file.newFrame()
    footage = media.open_footage(path)
    assert isinstance(footage, media.Photo)
    assert footage.profile.name == name
    first, grey, third, last = (f.rgb(f.width, f.height).astype(int) for f in footage.frames())
    drawn = np.asarray(traps.drawn()).astype(int)
    assert np.abs(grey - np.asarray(traps.drawn().convert("L"))[..., None]).max() <= 1
    p3_stays = name == colour.DISPLAY_P3
    assert (np.array_equal(first, drawn), np.array_equal(third, drawn)) == (p3_stays, p3_stays)
    assert np.array_equal(last, drawn) != p3_stays
    assert any("converted to" in note for note in footage.notes)


def test_a_gif_that_would_be_taken_for_grey_says_so(tmp_path: Path) -> None:
    path = tmp_path / "in.gif"
    ramp = Image.linear_gradient("L")
    drawn = traps.drawn(256, 256)
    others = [drawn.quantize(64), drawn.rotate(180).quantize(64)]
    ramp.save(path, save_all=True, append_images=others, duration=500)
    with pytest.raises(FootageError, match="first picture has a grey palette") as raised:
        media.open_footage(path)
    assert raised.value.hint


def _png_of(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + traps._chunk(b"IHDR", head)
        + traps._chunk(b"IDAT", zlib.compress(bytes(64)))
        + traps._chunk(b"IEND", b"")
    )


def _bombs() -> dict[str, bytes]:
    many = 100_000
    bmp = b"BM" + struct.pack("<IIIIiiHHIIiiII", 58, 0, 54, 40, many, many, 1, 24, 0, 0, 0, 0, 0, 0)
    jpeg = traps._coded(traps.drawn(), "JPEG")
    at = jpeg.index(b"\xff\xc0") + 5
    tiff = traps._coded(traps.drawn(), "TIFF")
    ifd = int.from_bytes(tiff[4:8], "little")
    wide = bytearray(tiff)
    for entry in (ifd + 2, ifd + 14):
        assert int.from_bytes(wide[entry : entry + 2], "little") in (256, 257)
        wide[entry + 2 : entry + 12] = struct.pack("<HII", 4, 1, many)
    webp = b"VP8X" + struct.pack("<I", 10) + bytes(4) + b"\xfe\x3f\0" * 2
    return {
        "a.png": _png_of(many, many),
        "a.bmp": bmp + bytes(4),
        "a.jpg": jpeg[:at] + struct.pack(">HH", 65500, 65500) + jpeg[at + 4 :],
        "a.gif": b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\2\1\0\0;",
        "a.tif": bytes(wide),
        "a.webp": b"RIFF" + struct.pack("<I", 4 + len(webp)) + b"WEBP" + webp,
        "none.png": _png_of(0, 5),
    }


@pytest.mark.parametrize("name", _bombs())
def test_what_states_too_many_pixels_or_none_is_refused_before_it_is_decoded(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(_bombs()[name])
    with pytest.raises(FootageError) as caught:  # and a warning is an error in this suite
        media.open_footage(path)
    assert "pixels" in str(caught.value) or "does not decode" in str(caught.value)
    if name != "none.png":
        assert f"{media.Limits().pixels} pixels that are taken" in str(caught.value)


@pytest.mark.parametrize("suffix", traps.TRAPS)
def test_how_many_pixels_are_taken_can_be_chosen(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"in{suffix}"
    path.write_bytes(traps._coded(traps.drawn(400, 300), Image.registered_extensions()[suffix]))
    with pytest.raises(BeyondLimits, match="119999 pixels that are taken"):
        media.open_footage(path, limits=media.Limits(pixels=119_999))
    frames = list(media.open_footage(path, limits=media.Limits(pixels=120_000)).frames())
    assert {(frame.width, frame.height) for frame in frames} == {(400, 300)}


def test_the_number_of_pixels_can_be_raised(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    Image.new("1", (20_001, 10_000)).save(path)
    with pytest.raises(BeyondLimits, match="a picture of 20001x10000 pixels"):
        media.open_footage(path)
    footage = media.open_footage(path, limits=media.Limits(pixels=201_000_000))
    assert (footage.width, footage.height) == (20_001, 10_000)


@pytest.mark.parametrize("suffix", traps.TRAPS)
def test_what_is_cut_short_is_refused(tmp_path: Path, suffix: str) -> None:
    whole = traps._coded(traps.drawn(400, 300), Image.registered_extensions()[suffix])
    path = tmp_path / f"in{suffix}"
    for length in (len(whole) // 3, len(whole) * 2 // 3):
        path.write_bytes(whole[:length])
        with pytest.raises(FootageError):
            list(media.open_footage(path).frames())


def test_a_photo_is_known_by_its_content_and_nothing_else_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "in.mp4"
    path.write_bytes(traps._coded(traps.drawn(), "PNG"))
    assert isinstance(media.open_footage(path), media.Photo)
    assert media.suffix_like(path) == ".png"
    film = draw(tmp_path / "film.jpg.mp4").rename(tmp_path / "film.jpg")
    assert not isinstance(media.open_footage(film), media.Photo)
    for kind in ("EPS", "PDF", "PCX", "TGA", "ICO", "PPM"):
        path = tmp_path / "other.jpg"
        path.write_bytes(traps._coded(traps.drawn(), kind))
        with pytest.raises(FootageError):
            media.open_footage(path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "in.jpg")
    with pytest.raises(FootageError, match="not a regular file"):
        media.open_footage(tmp_path / "in.jpg")


def test_avif_that_moves_is_refused_and_not_read_in_part(tmp_path: Path) -> None:
    path = tmp_path / "in.avif"
    traps.drawn().save(path, save_all=True, append_images=[traps.drawn().rotate(90)], duration=90)
    with pytest.raises(FootageError, match="move"):
        media.open_footage(path)


def test_a_png_whose_first_picture_is_no_part_of_the_film(tmp_path: Path) -> None:
    path = tmp_path / "in.png"
    others = [traps.drawn().rotate(angle) for angle in (90, 180)]
    traps.drawn().save(path, save_all=True, append_images=others, default_image=True, duration=90)
    footage = media.open_footage(path)
    assert near(shown(path), others[0], most=12)
    assert [frame.at for frame in footage.frames()] == [0, Fraction(9, 100)]
    assert any("no part of the film" in note for note in footage.notes)


def test_a_raw_photo_is_refused_and_not_its_preview_shown(tmp_path: Path) -> None:
    path = tmp_path / "in.dng"
    traps.drawn().save(path, "TIFF", tiffinfo={50706: b"\1\4\0\0"})
    with pytest.raises(FootageError, match="raw photo"):
        media.open_footage(path)


@given(st.data())
def test_any_bytes_at_all_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    suffix = data.draw(st.sampled_from(sorted(traps.TRAPS)))
    whole = bytearray(_WHOLE[suffix])
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(bytes(whole[: data.draw(st.integers(1, len(whole)))]))
    frames = None
    with suppress(BystanderError):
        frames = list(media.open_footage(path).frames())
    assert frames is None or frames


_WHOLE = {suffix: trap(traps.drawn(48, 32), 1) for suffix, trap in traps.TRAPS.items()}


def test_pillow_is_left_as_it_was(tmp_path: Path) -> None:
    before = Image.MAX_IMAGE_PIXELS
    path = tmp_path / "in.png"
    path.write_bytes(_png_of(100_000, 100_000))
    with pytest.raises(FootageError):
        media.open_footage(path)
    assert before == Image.MAX_IMAGE_PIXELS


def test_kinds_are_counted_and_values_are_not_told(tmp_path: Path) -> None:
    path = tmp_path / "in.jpg"
    path.write_bytes(traps.jpeg(traps.drawn()))
    footage = media.open_footage(path)
    told = footage.left_out
    assert {"EXIF block", "GPS position", "maker's note", "XMP block", "thumbnail"} <= set(told)
    assert {"colour profile", "further picture", "film (motion photo)"} <= set(told)
    assert traps.MARK not in str(told) + str(footage.notes)


def test_damage_says_nothing_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / f"{traps.MARK}.png"
    path.write_bytes(traps._coded(traps.drawn(400, 300), "PNG")[:600])
    with pytest.raises(DamagedFootage) as caught:
        media.open_footage(path)
    assert traps.MARK not in str(caught.value)


def test_importing_the_package_loads_no_pillow() -> None:
    code = "import bystander, sys; print(*(m for m in ('PIL', 'pi_heif') if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_standard_profile_says_nothing_else() -> None:
    for name in (colour.SRGB, colour.DISPLAY_P3, colour.ADOBE_RGB):
        made = colour.standard(name)
        assert int.from_bytes(made[:4], "big") == len(made) < 600
        assert io.BytesIO(made).read(4)
        assert b"none".decode().encode("utf-16-be") in made


def test_heic_with_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.heic"
    path.write_bytes(
        traps.heic(traps.drawn(128, 96), tmp_path).replace(b"\0Exif\0", b"\0\xa7xif\0")
    )
    with pytest.raises(FootageError, match="no text"):  # libheif's binding crashes on it
        media.open_footage(path)


def test_tags_that_share_their_values_are_not_read_over_and_over(tmp_path: Path) -> None:
    size = 200_000
    tags = [(256, 4, 1, 8), (257, 4, 1, 8), *((40_000 + n, 1, size - 8, 8) for n in range(400))]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    data = b"II*\0" + struct.pack("<I", size) + bytes(size - 8)
    data += struct.pack("<H", len(tags)) + entries + bytes(4)
    tracemalloc.start()
    (page,) = tiff.directories(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000
    assert (page.number(256), page.tags[40_000].count) == (8, size - 8)


def test_directories_that_lie_in_one_another_are_refused() -> None:
    count = 2000
    # Each begins two bytes behind the last, and all have as many entries.
    data = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", count) * (16 * count)
    with pytest.raises(DamagedFootage):
        tiff.directories(data)


def test_times_that_share_no_divisor_are_added_all_the_same(tmp_path: Path) -> None:
    primes = [n for n in range(2000, 20_000) if all(n % by for by in range(2, 142))]
    pixels = zlib.compress(bytes(4))
    data = b"\x89PNG\r\n\x1a\n"
    data += traps._chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    data += traps._chunk(b"acTL", struct.pack(">II", len(primes), 0))
    for n, prime in enumerate(primes):
        numbered = max(0, 2 * n - 1)
        control = struct.pack(">IIIIIHHBB", numbered, 1, 1, 0, 0, 1000, prime, 0, 0)
        data += traps._chunk(b"fcTL", control)
        data += (
            traps._chunk(b"fdAT", struct.pack(">I", numbered + 1) + pixels)
            if n
            else traps._chunk(b"IDAT", pixels)
        )
    path = tmp_path / "in.png"
    path.write_bytes(data + traps._chunk(b"IEND", b""))
    footage = media.open_footage(path)
    assert footage.expected_frames == len(primes) > 1500
    assert footage.rate.denominator <= 1_000_000_000


def test_a_pdf_is_not_taken_for_motion_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "in.pdf"
    traps.drawn().save(path)
    assert b"\xff\xd8\xff" in path.read_bytes()
    with pytest.raises(FootageError, match="is a PDF"):
        media.open_footage(path)


def test_what_is_no_photo_that_is_read_is_told_which_are(tmp_path: Path) -> None:
    path = tmp_path / "in.psd"
    path.write_bytes(b"8BPS" + bytes(200))
    with pytest.raises(FootageError) as raised:
        media.open_footage(path)
    assert "JPEG, PNG, WebP, TIFF, AVIF, HEIC, BMP and GIF" in (raised.value.hint or "")
    with pytest.raises(FootageError, match=r"nothing is written as \.psd"):
        media.check_suffix(path)
    film = tmp_path / "in.png"
    p3 = colour.standard(colour.DISPLAY_P3)
    traps.drawn().save(
        film, save_all=True, append_images=[traps.drawn().rotate(180)], icc_profile=p3
    )
    with pytest.raises(FootageError) as raised:
        media.encoder_like(tmp_path / "out.gif", media.open_footage(film))
    assert raised.value.hint == "name the output .png or .webp"


def test_a_photo_of_fine_detail_fits_a_jpeg(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3)).astype(np.uint8)
    Image.fromarray(noise).save(tmp_path / "in.jpg", quality=100, subsampling=0)
    footage, before = media.open_footage(tmp_path / "in.jpg"), ImageFile.MAXBLOCK
    with media.record(tmp_path / "out.jpg", footage, crf=None, preset="medium") as recorder:
        for frame in footage.frames():
            recorder.write(frame)
    assert (tmp_path / "out.jpg").stat().st_size > 2 * 300 * 400
    assert before == ImageFile.MAXBLOCK
