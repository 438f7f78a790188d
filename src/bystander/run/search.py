"""What a folder holds: recordings and photos, and what is left out of it, each with the reason."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from bystander import media
from bystander.errors import WrongPath

_DEEPEST = 100  # folders in one another


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a folder holds; paths within it, in order.

    Attributes:
        media: Recordings and photos, by their names.
        sizes: Their sizes in bytes.
        left_out: Everything else, each with the reason.
    """

    media: tuple[Path, ...]
    sizes: tuple[int, ...]
    left_out: tuple[tuple[Path, str], ...]


def search(folder: Path, output: Path) -> Found:
    """Return what is in *folder*, to any depth, without the folder *output*.

    Raises:
        WrongPath: There is no recording or photo, or *output* is no place for outputs.
    """
    inside = folder.resolve()
    outside = output.resolve()
    if outside == inside or outside in inside.parents:
        raise WrongPath(
            "the output folder may not be or hold the folder of the originals",
            hint="-o names another, beside it or in it",
        )
    if output.exists() and not output.is_dir():
        raise WrongPath(f"{output} is not a folder")
    found: list[tuple[Path, int]] = []
    left_out: list[tuple[Path, str]] = []
    _walk(inside, Path(), outside, found, left_out)
    if not found:
        raise WrongPath(f"{folder} holds no recording or photo, by the names of its files")
    return Found(
        media=tuple(path for path, _ in found),
        sizes=tuple(size for _, size in found),
        left_out=tuple(left_out),
    )


def _walk(
    top: Path,
    within: Path,
    without: Path,
    found: list[tuple[Path, int]],
    left_out: list[tuple[Path, str]],
) -> None:
    if len(within.parts) > _DEEPEST:
        left_out.append((within, "too deep"))
        return
    try:
        with os.scandir(top / within) as scanned:
            entries = sorted(scanned, key=lambda entry: entry.name)
    except OSError as error:
        left_out.append((within, f"cannot be read: {str(error.strerror).lower()}"))
        return
    names = {entry.name for entry in entries}
    for entry in entries:
        path = within / entry.name
        folder = entry.is_dir(follow_symlinks=False)
        why = "the output folder" if folder and top / path == without else _why_not(entry)
        if why is None and not folder and _is_output(entry.name, names):
            why = "made by an earlier run"
        if why is not None:
            left_out.append((path, why))
        elif folder:
            _walk(top, path, without, found, left_out)
        else:
            found.append((path, _size(entry)))


def _why_not(entry: os.DirEntry[str]) -> str | None:
    """Return why *entry* is left out, or ``None``."""
    if entry.is_symlink():
        return "a link, not followed"
    if entry.name.startswith("."):
        return "hidden"
    if entry.is_dir(follow_symlinks=False):
        return None
    if not entry.is_file(follow_symlinks=False):
        return "not a regular file"
    return None if media.is_media(Path(entry.name)) else "not media"


def _is_output(name: str, beside: set[str]) -> bool:
    """Return whether *name* is that of an output, whose plan lies *beside* it."""
    before, mark, suffix = name.rpartition("redacted.")
    if not mark or "." in suffix or (before and not before.endswith(".")):
        return False
    stem = before.rstrip(".") or "redacted"
    return any(
        other == f"{stem}.plan.json"
        or (other.startswith(f"{stem}.") and other.endswith(".plan.json"))
        for other in beside
    )


def others(output: Path, mine: Collection[Path]) -> list[Path]:
    """Return recordings and photos in the folder *output* that are not *mine*; paths within it."""
    found = sorted(
        path.relative_to(output)
        for path in output.rglob("*")
        if media.is_media(path) and not path.is_symlink() and path.is_file()
    )
    return [path for path in found if output / path not in mine]


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0  # what is wrong with it is said when its turn comes
