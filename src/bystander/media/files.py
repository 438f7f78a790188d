"""Files as what they are: untrusted bytes. Opening them safely, and what they hold.

FFmpeg is kept from opening anything but the one file: it may use the demuxers on a list, none of
which follows references to other files or addresses, and no protocol but ``file``.
Of what a file holds besides its video, kinds are counted and values never looked into.
"""

from __future__ import annotations

import errno
import hashlib
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import av
import av.container
import av.error
import av.logging
import av.stream

from bystander.errors import DamagedFootage, FootageError, WrongPath
from bystander.records import Limits

# Demuxers that read one file and nothing else. Those that open what a file names (playlists,
# concatenations, .sub and .M00 beside it), take devices for files, or make pictures from nothing
# are not among them.
_DEMUXERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,f4v,matroska,webm,avi,mpeg,mpegts,mpegvideo,h261,h263,h264,hevc,vvc,"
    "av1,obu,ivf,m4v,mjpeg,mjpeg_2000,gif,apng,flv,live_flv,asf,asf_o,ogg,mxf,gxf,nut,dv,rm,dhav,"
    "yuv4mpegpipe,cavsvideo,dirac,dnxhd,vc1,vc1test,roq,nsv,nuv,pva,bink,smk,wtv,amv,lmlm4,ffm,"
    # sound alone, so that it can be said that this is what the file is
    "wav,w64,mp3,flac,aac,ac3,eac3,aiff,caf,amr,opus"
)
# Decoders whose name is not that of what they decode.
_CODEC_NAMES = {"libdav1d": "av1", "libvpx-vp9": "vp9", "libvpx": "vp8"}

av.logging.set_level(None)  # FFmpeg's own lines can carry names and values from the file


def digest(path: Path) -> str:
    """Return the SHA-256 of the file at *path* in hexadecimal.

    Raises:
        FootageError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FootageError(f"{path} cannot be read: {error.strerror}") from error


def identity(path: Path) -> tuple[int, ...]:
    """Return what changes when the file at *path* is replaced or written to.

    Raises:
        WrongPath: It is missing, or not a regular file.
        FootageError: It is empty, or cannot be read.
    """
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise WrongPath(f"{path} does not exist") from error
    except OSError as error:
        raise FootageError(f"{path} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(found.st_mode):
        raise WrongPath(f"{path} is not a regular file")
    if not found.st_size:
        raise FootageError(f"{path} is empty")
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def open_container(path: Path, limits: Limits | None = None) -> av.container.InputContainer:
    """Open *path* with FFmpeg, which may touch that file alone.

    Args:
        path: The file.
        limits: What its decoders may be asked for while the file is opened; ``None``: nothing
            will be decoded, or the file is our own.

    Raises:
        FootageError: FFmpeg does not know it as a recording, or it cannot be read.
    """
    try:
        return av.open(
            f"file:{path.absolute()}",
            metadata_errors="replace",
            options={"max_pixels": str(limits.decoder_pixels)} if limits else None,
            container_options={"format_whitelist": _DEMUXERS, "protocol_whitelist": "file"},
        )
    except av.FFmpegError as error:
        raise FootageError(f"{path} is not a recording that can be read: {why(error)}") from error
    except OSError as error:
        raise FootageError(f"{path} cannot be read: {error.strerror or error}") from error


def why(error: av.FFmpegError) -> str:
    """Return FFmpeg's reason, as errors of this house read."""
    if error.errno == errno.EINVAL:  # what a decoder also says of a picture beyond its limit
        return "its values make no sense, or a picture is larger than is taken"
    return str(error.strerror).lower() if error.strerror else "FFmpeg cannot read it"


def video_stream(container: av.container.InputContainer) -> av.VideoStream:
    """Return the video stream that players choose.

    Raises:
        FootageError: There is none that can be decoded.
    """
    stream = container.streams.best("video")
    if not isinstance(stream, av.VideoStream) or stream.codec_context is None:
        kinds = ", ".join(sorted({s.type for s in container.streams})) or "nothing"
        raise FootageError(f"the file has no video that can be decoded, only: {kinds}")
    if _is_cover(stream):
        raise FootageError("the file has no video, only a cover picture")
    return stream


def _is_cover(stream: av.stream.Stream) -> bool:
    return bool(int(stream.disposition) & int(av.stream.Disposition.attached_pic))


def left_out(container: av.container.InputContainer, kept: av.VideoStream) -> dict[str, int]:
    """Count what the file holds besides *kept*: kinds only, never a value."""
    counts: Counter[str] = Counter()
    for stream in container.streams:
        if stream.index == kept.index:
            continue
        counts[kind(stream)] += 1
    entries = len(container.metadata) + sum(len(s.metadata) for s in container.streams)
    if entries:
        counts["metadata entry"] = entries
    if chapters := len(container.chapters()):
        counts["chapter"] = chapters
    return dict(counts)


def kind(stream: av.stream.Stream) -> str:
    """Return what *stream* is, in words, with its codec."""
    what = "cover picture" if _is_cover(stream) else f"{stream.type} track"
    return what + (f" ({stream.codec_context.name})" if stream.codec_context else "")


def stream_kinds(path: Path) -> list[str]:
    """Return the kind of every stream in *path*: video, audio, subtitle, data, attachment.

    Raises:
        FootageError: It cannot be read.
    """
    with open_container(path) as container:
        return [stream.type for stream in container.streams]


def coded_packets(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every packet of the video stream of *path*, undecoded, with its codec's name.

    Raises:
        FootageError: It cannot be read, or has no video.
    """
    with open_container(path) as container:
        stream = video_stream(container)
        codec = _CODEC_NAMES.get(stream.codec_context.name, stream.codec_context.name)
        try:
            for packet in container.demux(stream):
                if packet.size:
                    yield codec, bytes(packet)
        except av.FFmpegError as error:
            raise DamagedFootage(f"the recording is damaged: {why(error)}") from error


def coded_size(path: Path) -> int:
    """Return how many bytes the packets of all streams of *path* have together.

    Raises:
        FootageError: It cannot be read.
    """
    with open_container(path) as container:
        try:
            return sum(packet.size for packet in container.demux())
        except av.FFmpegError as error:
            raise DamagedFootage(f"the recording is damaged: {why(error)}") from error


def discarded_packets(path: Path) -> int:
    """Return how many coded pictures of *path* are there and not to be shown.

    Raises:
        FootageError: It cannot be read, or has no video.
    """
    with open_container(path) as container:
        try:
            return sum(packet.is_discard for packet in container.demux(video_stream(container)))
        except av.FFmpegError as error:
            raise DamagedFootage(f"the recording is damaged: {why(error)}") from error
