"""A photo as footage: one frame, or the pictures of a film or the pages of a document as several.

Its planes are green, blue and red at full size, which is what FFmpeg calls ``gbrp``: no sample is
made into another kind on the way, so what lies outside the masks is in a lossless output as it was.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from itertools import accumulate
from pathlib import Path

import numpy as np
from PIL import Image, JpegImagePlugin

from bystander.errors import DamagedFootage, FootageError
from bystander.geometry import Box
from bystander.media import picture
from bystander.media.footage import Colour, Footage
from bystander.media.photos import colour, decode, left_out, pieces, stored
from bystander.media.photos.forms import AVIF, GIF, HEIC, JPEG, Form
from bystander.media.photos.pieces import Buffer
from bystander.records import Frame, Limits, Picture, PixelLayout, Plane

LAYOUT = PixelLayout(name="gbrp", bit_depth=8, chroma_shift=(0, 0), full_range=True, is_rgb=True)
# Pages follow one another at this distance: further than anything is followed over time.
PAGE_LASTS = Fraction(10)
_GRID_PX = 16
_STILL_FRAMES = 3  # as recordings have it
_CLOSELY_FRAMES = 300  # of a film of pictures, which may each be of something else
_NOT_STATED = 2  # as H.273 has it
_SRGB_TRANSFER, _RGB_MATRIX, _FULL = 13, 0, 2
_HDR_TRANSFERS = {16: "PQ", 18: "HLG"}


class Photo(Footage):
    """An opened photo; see :class:`bystander.media.footage.Footage`.

    Attributes:
        form: Which kind it is.
        sizes: Width and height of every picture, upright; the frames of a document with pages of
            several sizes are as large as the largest of each, the rest of them white.
        is_film: Whether its pictures follow one another in time.
        loops: Whether a film begins anew at its end.
        lossless: Whether its file keeps pixels exactly.
        profile: What its numbers mean.
        grey: Whether it holds no colour.
        tables: A JPEG's own tables of quantisation, shape (64,) each.
        sampling: A JPEG's own sampling of colour, as Pillow numbers it: 0 is 4:4:4.
    """

    def __init__(
        self, path: Path, form: Form, limits: Limits, *, digest_later: bool = False
    ) -> None:
        """Open the photo at *path*, which is of the kind *form*.

        Raises:
            FootageError: It cannot be read, is too large, or is of a kind that is not read.
            DamagedFootage: It is cut short or does not decode.
        """
        super().__init__(path, salvage=False, limits=limits, digest_later=digest_later)
        self.form = form
        with mapped(path) as data:
            held = stored.look(data, form, limits)
            self.left_out = left_out.count(data, form)
            primaries, transfer = _stated_colour(data) if form in (AVIF, HEIC) else (None, None)
        self._numbers, self.lossless, self.loops = list(held.numbers), held.lossless, held.loops
        self.notes = list(held.notes)
        self._depth = held.depth
        self._noted = False
        self._read_first(primaries, all_grey=held.grey or len(held.numbers) == 1)
        if transfer in _HDR_TRANSFERS:
            self.notes.append(
                f"its brightness is stated as {_HDR_TRANSFERS[transfer]} (HDR) and shows "
                "otherwise, for photos are written without HDR"
            )
        if held.sizes:
            self.sizes = tuple(self._turn.size(*size) for size in held.sizes)
        count = len(self._numbers)
        lasts = held.lasts or (PAGE_LASTS if count > 1 else Fraction(1),) * count
        if not held.lasts and len(lasts) > 1:
            self.notes.append(
                f"its {len(lasts)} pages are numbered by time: the first at 0:00, the second at "
                f"0:{PAGE_LASTS}"
            )
        self.lasts = lasts
        self._times = tuple(accumulate((Fraction(0), *lasts[:-1])))
        self.width = max(width for width, _ in self.sizes)
        self.height = max(height for _, height in self.sizes)
        decode.check_size(self.width, self.height, limits)
        self.layout = LAYOUT
        self.pixel_aspect = Fraction(1)
        self.start = Fraction(0)
        self.tick = Fraction(1, 100) if form is GIF else Fraction(1, 1000)
        self.rate = len(lasts) / sum(lasts, Fraction(0))
        self.expected_frames = len(self._numbers)
        self.is_film = bool(held.lasts)
        self.still = not self.is_film or count <= _STILL_FRAMES
        self.closely = count <= _CLOSELY_FRAMES
        self.grid_origin = (
            self._turn.grid_origin(self.width, self.height, _GRID_PX)
            if not self.lossless
            else (0, 0)
        )
        self.has_sound = False

    @property
    def sideways(self) -> bool:
        """Whether rows of the stored picture are columns of the upright one."""
        return self._turn.transpose

    def _read_first(self, primaries: int | None, *, all_grey: bool) -> None:
        """Decode the first picture, and learn what is to be done to all of them."""
        with decode.first(self.path, self.form, self._numbers[0], self.limits) as image:
            self._turn = decode.turn_of(image, self.form)
            grey = decode.is_grey(image)
            self.grey = grey and all_grey
            mode = "CMYK" if image.mode == "CMYK" else "L" if grey else "RGB"
            self.profile = colour.profile_of(decode.icc_of(image, self.form), mode, primaries)
            self.colour = Colour(
                primaries={colour.SRGB: 1, colour.DISPLAY_P3: 12}.get(
                    self.profile.name, _NOT_STATED
                ),
                transfer=_SRGB_TRANSFER,
                matrix=_RGB_MATRIX,
                range=_FULL,
            )
            self._note(image, self.profile)
            if self._turn != picture.Turn():
                self.notes.append("it was turned the right way up")
            self.tables: tuple[tuple[int, ...], ...] = ()
            self.sampling = 0
            if self.form is JPEG and isinstance(image, JpegImagePlugin.JpegImageFile):
                quantisation = image.quantization
                self.tables = tuple(tuple(quantisation[n]) for n in sorted(quantisation))
                self.sampling = JpegImagePlugin.get_sampling(image)
            self.sizes = (self._turn.size(*image.size),)

    def _note(self, image: Image.Image, profile: colour.Profile) -> None:
        """Note what reading *image* changes; all is noted once all were read."""
        if self._noted:
            return
        said = decode.notes(image, self.form, self._depth)
        said += [profile.note] if profile.note else []
        self.notes += [note for note in said if note not in self.notes]

    def frames(self) -> Iterator[Frame]:
        """Yield every picture, upright; see :meth:`bystander.media.footage.Footage.frames`."""
        pictures = decode.pictures(
            self.path,
            self.form,
            self._numbers,
            self.profile,
            self._turn,
            limits=self.limits,
            note=self._note,
        )
        for index, shown in enumerate(pictures):
            width, height = self.sizes[index]
            if shown.shape[:2] != (height, width):
                raise DamagedFootage(f"picture {index} is not of the size that the file states")
            planes = _planes(shown, self.width, self.height)
            del shown  # it takes as much room again
            yield Frame(
                index=index,
                at=self._times[index],
                lasts=self.lasts[index],
                planes=planes,
                layout=LAYOUT,
                shown=(width, height),
                _rgb=partial(_scaled, planes),
            )
        self._noted = True
        self.check_unchanged()


@contextmanager
def mapped(path: Path) -> Iterator[Buffer]:
    """Give the bytes of the file at *path*.

    Raises:
        FootageError: It cannot be read.
    """
    try:
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            yield data
    except OSError as error:
        raise FootageError(f"{path} cannot be read: {error.strerror}") from error


def image_of(planes: tuple[Plane, ...], *, grey: bool) -> Image.Image:
    """Return what *planes* show as Pillow has it, L if it is *grey*."""
    green, blue, red = planes
    if grey:
        return Image.fromarray(np.ascontiguousarray(green))
    return Image.fromarray(np.stack([red, green, blue], axis=2))


def _planes(shown: Picture, width: int, height: int) -> tuple[Plane, ...]:
    """Return green, blue and red of *shown*, in planes of *width* x *height*."""
    rows, columns = shown.shape[:2]
    planes = []
    for channel in (1, 2, 0):
        plane = np.full((height, width), 255, dtype=np.uint8)
        plane[:rows, :columns] = shown[..., channel]
        planes.append(plane)
    return tuple(planes)


def _scaled(planes: tuple[Plane, ...], width: int, height: int, part: Box) -> Picture:
    if (width, height) == (part.width, part.height):
        rows, columns = slice(int(part.y0), int(part.y1)), slice(int(part.x0), int(part.x1))
        green, blue, red = (plane[rows, columns] for plane in planes)
        return np.stack([red, green, blue], axis=2)
    return picture.scaled_rgb(planes, LAYOUT, _RGB_MATRIX, (width, height), part)


def _stated_colour(data: Buffer) -> tuple[int | None, int | None]:
    """Return primaries and transfer that HEIC and AVIF state (ISO/IEC 14496-12, 12.1.5)."""
    for piece in pieces.boxes(data):
        if piece.name == "meta/iprp/ipco/colr" and data[piece.start : piece.start + 4] == b"nclx":
            at = piece.start + 4
            first, second = (int.from_bytes(data[at + n : at + n + 2], "big") for n in (0, 2))
            return first, second
    return None, None
