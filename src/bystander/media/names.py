"""Which files are taken for recordings and photos, by their names: the one list of it.

It decides what a folder is searched for. What a file truly is shows when it is opened.
"""

from __future__ import annotations

from pathlib import Path

from bystander.media import photos

RECORDINGS = frozenset(
    {
        ".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".mj2", ".f4v", ".mkv", ".webm", ".avi",
        ".divx", ".mpg", ".mpeg", ".mpe", ".m1v", ".m2v", ".m2p", ".vob", ".mod", ".tod", ".ts",
        ".mts", ".m2t", ".m2ts", ".h261", ".h263", ".h264", ".264", ".avc", ".h265", ".265",
        ".hevc", ".h266", ".266", ".vvc", ".obu", ".av1", ".ivf", ".mjpg", ".mjpeg", ".gif",
        ".apng", ".flv", ".asf", ".wmv", ".ogv", ".ogm", ".mxf", ".gxf", ".nut", ".dv", ".dif",
        ".rm", ".rmvb", ".dav", ".y4m", ".cavs", ".drc", ".dnxhd", ".vc1", ".roq", ".nsv", ".nuv",
        ".pva", ".bik", ".smk", ".wtv", ".amv", ".lrv", ".insv", ".360",
    }
)  # fmt: skip


def is_media(path: Path) -> bool:
    """Return whether *path* has the name of a recording or photo.

    >>> is_media(Path("holiday.MP4")), is_media(Path("notes.txt")), is_media(Path(".mp4"))
    (True, False, False)
    """
    return path.suffix.lower() in (RECORDINGS | photos.SUFFIXES.keys())
