"""Writing a photo: new pixels and, where they need one, a profile of ours; nothing else.

Pillow is given a picture that was made of an array and has no past, and options from a list. What
it would add of its own accord is checked by the verifier like everything else.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from bystander.errors import FootageError, PlanError, WrongPath
from bystander.media.photos import forms
from bystander.media.photos.decode import room_for
from bystander.media.photos.films import Film
from bystander.media.photos.forms import Form
from bystander.media.photos.source import Photo, image_of
from bystander.records import Frame, Sound

# ITU-T T.81, tables K.1 and K.2, row by row: what quality is counted from.
_LUMA = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113,
    92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
_CHROMA = (
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, *[99] * 36,
)  # fmt: skip
# A coarser table than that of this quality would let what is beside a mask ring into it. A table
# of the source's that is finer stays; its coarser entries become these.
_COARSEST = 85
_UNLIKE_QUALITY = 95  # for what was no JPEG
_PLAIN_QUALITY = 85  # where the camera is to be hidden: a finer one keeps more of its pattern
_WEBP_QUALITY = 90
_AVIF_QUALITY = 80
_AVIF_SPEED = 8
_COLOURS = 256
_JPEG_ROOM = 5  # bytes a pixel; noise at the finest quality was seen to take 3.0
_LEAST_ERROR = 5.0  # a soft fill is not quite even within a block, as recordings have it as well


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoEncoder:
    """What writes a photo, and its settings; reads as :class:`bystander.media.Encoder` does.

    Attributes:
        name: Who writes it.
        codec: What is written.
        error: Most that coding moves the mean distance of a block of 8 x 8 in a mask from its fill,
            in steps of an 8-bit sample; near twice what was measured.
        settings: What the report says of the settings.
        save: What Pillow is told.
    """

    name: str
    codec: str
    error: float
    settings: dict[str, str] = field(default_factory=dict)
    save: dict[str, Any] = field(default_factory=dict, repr=False)

    def noise(self, _crf: int | None) -> float:
        """Return ``error``."""
        return self.error

    def check(self, crf: int | None, *, hide_camera: bool = False) -> None:  # noqa: ARG002 any will do
        """Check that no quality of recordings is asked for.

        Raises:
            PlanError: It is.
        """
        if crf is not None:
            raise PlanError("a crf is for recordings: a photo's quality follows the original's")

    def options(self, _crf: int | None, _preset: str) -> dict[str, str]:
        """Return the settings, for a person to read."""
        return dict(self.settings)


def photo_encoder(path: Path, like: Photo, *, hide_camera: bool = False) -> PhotoEncoder:
    """Return what writes pictures like those of *like* to *path*.

    Args:
        path: Where; its suffix chooses the kind.
        like: The photo.
        hide_camera: Use no table of quantisation of the photo's own, which can tell its make.

    Raises:
        WrongPath: Such a file cannot hold them.
    """
    form = forms.form_for(path)
    if form is None:
        raise WrongPath(
            f"a photo is not written as {path.suffix or 'a file without suffix'}",
            hint=f"name the output {like_suffixes(like)}",
        )
    count = like.expected_frames
    if count > 1 and form.many != ("film" if like.is_film else "pages"):
        what = "film of" if like.is_film else "document of"
        raise WrongPath(
            f"a {form.name} file cannot hold a {what} {count} pictures",
            hint=f"name the output {like_suffixes(like)}",
        )
    if like.profile.icc is not None and not form.profiled:
        raise WrongPath(
            f"a {form.name} file cannot say here that its colours are {like.profile.name}",
            hint=f"name the output {like_suffixes(like)}",
        )
    icc = {"icc_profile": like.profile.icc} if like.profile.icc else {}
    made = _encoder(form, like, hide_camera=hide_camera)
    return PhotoEncoder(
        name=made.name,
        codec=made.codec,
        error=made.error,
        settings={**made.settings, "colours": like.profile.name},
        save={**made.save, **icc},
    )


def like_suffixes(like: Photo) -> str:
    """Return suffixes of files that can hold what *like* does, for a hint."""
    if like.expected_frames > 1:
        return (
            ".tif"
            if not like.is_film
            else ".png or .webp"
            if like.profile.icc
            else (".gif, .png or .webp")
        )
    return ".jpg, .png, .webp, .tif or .avif"


def _encoder(form: Form, like: Photo, *, hide_camera: bool) -> PhotoEncoder:
    if form is forms.JPEG:
        return _jpeg(like, plain=hide_camera)
    odd = any(origin % 2 for origin in like.grid_origin)  # a mask's edge would share its colour
    if form is forms.WEBP and not odd and not (like.lossless and like.form is forms.WEBP):
        quality = {"quality": _WEBP_QUALITY, "method": 4}
        return PhotoEncoder(
            name="libwebp",
            codec="webp",
            error=14.0,
            settings={"quality": str(_WEBP_QUALITY)},
            save=quality,
        )
    if form is forms.AVIF:
        told = {
            "quality": _AVIF_QUALITY,
            "subsampling": "4:4:4",
            "speed": _AVIF_SPEED,
            "codec": "aom",
            "max_threads": 1,
            "autotiling": False,
        }
        settings = {"quality": str(_AVIF_QUALITY), "subsampling": "4:4:4"}
        return PhotoEncoder(
            name="libavif (aom)", codec="avif", error=6.0, settings=settings, save=told
        )
    if form is forms.GIF:
        return PhotoEncoder(
            name="Pillow",
            codec="gif",
            error=8.0,
            settings={"colours a frame": "256"},
            save={"interlace": 0},
        )
    lossless: dict[str, dict[str, Any]] = {
        forms.PNG.name: {"compress_level": 6},
        forms.WEBP.name: {"lossless": True, "quality": 70, "method": 4, "exact": True},
        forms.TIFF.name: {"compression": "tiff_adobe_deflate"},
    }
    return PhotoEncoder(
        name="Pillow",
        codec=form.name.lower(),
        error=_LEAST_ERROR,
        settings={"lossless": "yes"},
        save=lossless.get(form.name, {}),
    )


def _jpeg(like: Photo, *, plain: bool) -> PhotoEncoder:
    """Return the encoder of JPEG: the source's own tables, or finer ones, and its own sampling.

    When *plain*, tables that everybody has.
    """
    own = [] if plain else [np.array(table).reshape(8, 8) for table in like.tables]
    if not own:
        quality = _PLAIN_QUALITY if plain else _UNLIKE_QUALITY
        tables = [_table(base, quality) for base in (_LUMA, _CHROMA)]
        sampling, which = 0, f"quality {quality}"
    else:
        if like.sideways:
            own = [table.T for table in own]
        luma, chroma = own[0], np.min(own[1:], axis=0) if len(own) > 1 else own[0]
        tables = [
            np.minimum(table, _table(base, _COARSEST))
            for table, base in ((luma, _LUMA), (chroma, _CHROMA))
        ]
        same = all(np.array_equal(a, b) for a, b in zip(tables, (luma, chroma), strict=True))
        which = "the original's" if same else f"the original's, where not coarser than {_COARSEST}"
        # 4:2:2 on its side would be 4:4:0; and where masks lie on a grid that is not that of the
        # new file, samples of colour that are shared would lie half in one.
        sampling = like.sampling if like.sampling in (0, 1, 2) else 0
        if like.grid_origin != (0, 0) or (like.sideways and sampling == 1):
            sampling = 0
    names = ("4:4:4", "4:2:2", "4:2:0")
    return PhotoEncoder(
        name="libjpeg-turbo",
        codec="jpeg",
        error=16.0,
        settings={"quantisation": which, "subsampling": names[sampling]},
        save={
            "qtables": [[int(v) for v in table.ravel()] for table in tables],
            "subsampling": sampling,
            "optimize": True,
        },
    )


def _table(base: tuple[int, ...], quality: int) -> NDArray[np.int64]:
    """Return a table of quantisation as libjpeg scales it, for a quality of 50 and above."""
    scaled = (np.array(base).reshape(8, 8) * (200 - 2 * quality) + 50) // 100
    return scaled.clip(1, 255)


class PhotoRecorder:
    """Writes pictures to a new file; use it as :class:`bystander.media.Recorder`."""

    def __init__(
        self, path: Path, like: Photo, *, crf: int | None, hide_camera: bool = False
    ) -> None:
        """Create the file.

        Args:
            path: Where; its suffix chooses the kind.
            like: The photo whose size, times and colours it gets.
            crf: ``None``; for recordings alone.
            hide_camera: See :func:`photo_encoder`.

        Raises:
            WrongPath: Such a file cannot hold the pictures.
            FootageError: It cannot be written.
        """
        self.encoder = photo_encoder(path, like, hide_camera=hide_camera)
        self.encoder.check(crf)
        form = forms.form_for(path)
        assert form is not None  # noqa: S101 photo_encoder has refused
        self._form, self._like = form, like
        self._grey = like.grey and form.grey
        try:
            self._file: BinaryIO = path.open("w+b")
        except OSError as error:
            raise _unwritten(error) from error
        self._film: Film | None = None
        self._pages: TiffImagePlugin.AppendingTiffWriter | None = None
        if like.expected_frames > 1 and like.is_film:
            size = (like.width, like.height)
            self._film = Film(self._file, form, size, like.expected_frames, loops=like.loops)
        elif like.expected_frames > 1:
            self._pages = TiffImagePlugin.AppendingTiffWriter(self._file)

    def write(self, frame: Frame) -> None:
        """Code *frame*.

        Raises:
            FootageError: It cannot be written, for example for want of space.
        """
        width, height = self._like.sizes[frame.index]
        planes = tuple(plane[:height, :width] for plane in frame.planes)
        image = image_of(planes, grey=self._grey)
        if self._form is forms.GIF:
            image = _in_256_colours(image)
        try:
            if self._film is not None:
                coded = io.BytesIO()
                self._save(image, coded)
                self._film.add(coded.getvalue(), frame.at, frame.lasts or Fraction(1, 10))
            elif self._pages is not None:
                self._save(image, self._pages)
                self._pages.newFrame()
            else:
                self._save(image, self._file)
        except OSError as error:
            raise _unwritten(error) from error

    def _save(self, image: Image.Image, file: Any) -> None:
        room = _JPEG_ROOM * image.width * image.height if self._form is forms.JPEG else 0
        with room_for(room):
            image.save(file, format=self._form.pillow, **self.encoder.save)

    def write_sound(self, _sound: Sound) -> None:
        """Refuse: a photo has no sound.

        Raises:
            FootageError: Always.
        """
        raise FootageError("a photo has no sound")

    def close(self) -> None:
        """Finish the file.

        Raises:
            FootageError: The end of it cannot be written.
        """
        try:
            if self._film is not None:
                self._film.close()
            if self._pages is not None:
                self._pages.close()
            self._file.close()
        except OSError as error:
            raise _unwritten(error) from error

    def __enter__(self) -> PhotoRecorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self._file.close()


def _in_256_colours(image: Image.Image) -> Image.Image:
    """Return *image* with a palette of what it shows: exact if that is few colours, else near."""
    packed = _packed(image.convert("RGB"))
    colours, numbers = np.unique(packed, return_inverse=True)
    if len(colours) > _COLOURS:
        near = image.convert("RGB").quantize(
            _COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
        # Its palette can have colours that no pixel has.
        packed = _packed(near.convert("RGB"))
        colours, numbers = np.unique(packed, return_inverse=True)
    made = Image.fromarray(numbers.reshape(packed.shape).astype(np.uint8), mode="P")
    table = np.stack([colours >> 16, (colours >> 8) & 255, colours & 255], axis=1)
    made.putpalette(table.astype(np.uint8).tobytes())
    return made


def _packed(image: Image.Image) -> NDArray[Any]:
    samples: NDArray[np.uint32] = np.asarray(image).astype(np.uint32)
    return (samples[..., 0] << 16) | (samples[..., 1] << 8) | samples[..., 2]


def _unwritten(error: OSError) -> FootageError:
    why = str(error.strerror or "it cannot be coded").lower()
    return FootageError(f"the new photo cannot be written: {why}")
