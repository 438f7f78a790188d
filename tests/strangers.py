"""ExifTool and MediaInfo, who know more places in a file than we do: what they see in an output."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

# What ExifTool may say of a clean recording: its form, not where it is from.
_PLAIN_GROUPS = {"ExifTool", "File", "Composite", "System"}
_PLAIN_TAGS = {
    "AudioBitsPerSample", "AudioChannels", "AudioFormat", "AudioSampleRate", "AverageBitrate",
    "Balance", "BitDepth", "BufferSize", "CodecID", "CompatibleBrands", "CompressorID",
    "CompressorName", "CreateDate", "CurrentTime", "DisplayUnit", "DocType",
    "DocTypeReadVersion", "DocTypeVersion", "Duration", "EBMLReadVersion", "EBMLVersion",
    "GraphicsMode", "HandlerClass", "HandlerDescription", "HandlerType", "HandlerVendorID",
    "ImageHeight", "ImageWidth", "LayoutFlags", "MajorBrand", "MatrixStructure", "MaxBitrate",
    "MediaCreateDate", "MediaDataOffset", "MediaDataSize", "MediaDuration",
    "MediaHeaderVersion", "MediaLanguageCode", "MediaModifyDate", "MediaTimeScale",
    "MinorVersion", "ModifyDate", "MovieHeaderVersion", "MuxingApp", "NextTrackID", "OpColor",
    "PixelAspectRatio", "PosterTime", "PreferredRate", "PreferredVolume", "PreviewDuration",
    "PreviewTime", "PurchaseFileFormat", "SelectionDuration", "SelectionTime",
    "SourceImageHeight", "SourceImageWidth", "TagTrackUID", "TimeScale", "TimecodeScale",
    "TrackCreateDate", "TrackDefault", "TrackDuration", "TrackHeaderVersion", "TrackID",
    "TrackLanguage", "TrackLayer", "TrackModifyDate", "TrackNumber", "TrackType", "TrackUID",
    "TrackVolume", "VendorID", "VideoFrameRate", "WritingApp", "XResolution", "YResolution",
}  # fmt: skip


def told(program: str, *arguments: str) -> str:
    """Return what *program* writes, which has to end well."""
    found = shutil.which(program)
    assert found
    done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def clean(output: Path, mark: str = "") -> None:
    """Check that both see the form of *output*, nothing of its origin, and *mark* nowhere."""
    (seen,) = json.loads(told("exiftool", "-json", "-a", "-G0:1", "-ee", str(output)))
    strange = {
        key: value
        for key, value in seen.items()
        if ":" in key
        and key.split(":")[0] not in _PLAIN_GROUPS
        and key.split(":")[-1] not in _PLAIN_TAGS
    }
    assert not strange
    for key, value in seen.items():
        if "Date" in key.split(":")[-1] and key.split(":")[0] in ("QuickTime", "Matroska"):
            assert str(value).startswith("0000"), key
        assert not mark or mark.lower() not in str(value).lower()
    said = told("mediainfo", "--Full", "--Output=JSON", str(output))
    assert not mark or mark.lower() not in said.lower()
    tracks: list[dict[str, Any]] = json.loads(said)["media"]["track"]
    for track in tracks:
        for name in ("Encoded_Date", "Tagged_Date", "Title", "Comment", "Encoded_Library_Settings"):
            assert name not in track, f"{track['@type']}: {name}"
    allowed = {"General", "Video", "Audio"}
    assert {track["@type"] for track in tracks} <= allowed
