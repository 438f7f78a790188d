"""Recordings that say where they were made, as cameras, telephones and drones write that down.

Boxes and samples are put together here, byte by byte, after the formats' own descriptions, so that
nothing has to be downloaded and every byte that must not come out again is known.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from tests.stage import Scene, draw

LAT, LON, ALTITUDE_M = 52.516312, 13.377683, 34.5
SERIAL = "C3353424500199"
_RATE = 1000  # ticks a second, of tracks that are added
_PLACE = f"{LAT:+.4f}{LON:+.4f}{ALTITUDE_M:+.3f}/"  # ISO 6709, annex H
_MATRIX = struct.pack(">9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


@dataclass(frozen=True, kw_only=True)
class Trap:
    """A recording and what in it must not come out.

    Attributes:
        path: The recording.
        secrets: What of it names a place or a device, by what it is; each is in the recording.
        seen: How what ExifTool shows of it with ``-n`` begins, by the name of the tag.
        tracks: How many tracks of data it has.
    """

    path: Path
    secrets: dict[str, bytes]
    seen: dict[str, str]
    tracks: int


def action_camera(path: Path, scene: Scene) -> Trap:
    """Return a recording as GoPro's cameras make it: places in a track, serial numbers beside.

    GPMF is described at https://github.com/gopro/gpmf-parser.
    """
    points = [(LAT + step * 1e-5, LON - step * 1e-5) for step in range(6)]
    samples = [_gpmf(points[:3], "230512134501.200"), _gpmf(points[3:], "230512134502.200")]
    settings = _klv("DEVC", "\0", _klv("DVNM", "c", b"Global Settings") + _klv("CASN", "c", SERIAL))
    media_id = bytes.fromhex("98063a73a80cef545331877e443a9ba2") + bytes(16)
    serial_hash = bytes.fromhex("733a069854ef0ca87e873153a29b3a44")
    user_data = (
        box("FIRM", b"H19.03.01.30.00\0")
        + box("LENS", b"C33632245042171\0")
        + box("CAME", serial_hash)
        + box("MUID", media_id)
        + box("GPMF", settings)
    )
    entry = box("gpmd", bytes(7) + b"\1" + bytes(4))
    header = box("gmhd", _GMIN + box("gpmd", bytes(4)))
    clock = Track(  # QuickTime File Format, timecode media
        handler="tmcd",
        name=b"\x0bGoPro TCD  ",
        header=box("gmhd", _GMIN),
        entry=box("tmcd", bytes(7) + b"\1" + struct.pack(">4I2B", 0, 0, 25, 1, 25, 0)),
        data=[struct.pack(">I", 1_237_525)],
    )
    places = Track(
        handler="meta", name=b"\x0bGoPro MET  ", header=header, entry=entry, data=samples
    )
    with_tracks(draw(path, scene), [places, clock], user_data)
    return Trap(
        path=path,
        secrets={
            "a point of the track": struct.pack(">2i", *(round(p * 1e7) for p in points[0])),
            "the last point": struct.pack(">2i", *(round(p * 1e7) for p in points[-1])),
            "the time of the satellites": b"230512134501.200",
            "the name of the stream": b"GPS (Lat., Long., Alt., 2D speed, 3D speed)",
            "the form of the track": b"gpmd",
            "the clock": struct.pack(">I", 1_237_525),
            "the form of the clock": b"tmcd",
            "the format's own names": b"GPS5",
            "the serial number": SERIAL.encode(),
            "the lens": b"C33632245042171",
            "a digest of the serial number": serial_hash,
            "the media's id": media_id,
            "the handler": b"GoPro MET",
        },
        seen={
            "GPSLatitude": f"{LAT:.6f}",
            "GPSLongitude": f"{LON:.6f}",
            "CameraSerialNumber": SERIAL,
        },
        tracks=2,
    )


def telephone(path: Path, scene: Scene) -> Trap:
    """Return a recording as telephones make it: the place in four spellings, and in two tracks.

    The track of timed metadata (``mebx``) and the keys are Apple's (QuickTime File Format), the
    other track is Google's camera motion metadata (CAMM), ``loci`` is 3GPP TS 26.244's.
    """
    key = b"com.apple.quicktime.location.ISO6709"
    place = _PLACE.encode()
    pairing = b"7F1C2D9E-4711-4A42-9B1D-5A6E0C3B2F10"
    described = box("keyd", b"mdta" + key) + box("dtyp", struct.pack(">2I", 0, 1))
    entry = box("mebx", bytes(7) + b"\1" + box("keys", box(b"\0\0\0\1", described)))
    timed = Track(
        handler="meta",
        name=b"\x17Core Media Data Handler",
        header=box("gmhd", _GMIN),
        entry=entry,
        data=[struct.pack(">2I", 8 + len(place), 1) + place] * 2,
    )
    point = struct.pack("<3d", LAT, LON, ALTITUDE_M)
    motion = Track(
        handler="camm",
        name=b"\x13CameraMetadataTrack",
        header=box("nmhd", bytes(4)),
        entry=box("camm", bytes(7) + b"\1"),
        data=[struct.pack("<2H", 0, 5) + point] * 2,
    )
    degrees = [round(value * 65536) for value in (LON, LAT, ALTITUDE_M)]
    loci = bytes(4) + b"\x15\xc7" + b"Pariser Platz\0" + b"\0" + struct.pack(">3i", *degrees)
    values = {
        key: place,
        b"com.apple.quicktime.make": b"Apple",
        b"com.apple.quicktime.model": b"iPhone 14 Pro",
        b"com.apple.quicktime.creationdate": b"2023-05-12T15:45:01+0200",
        b"com.apple.quicktime.content.identifier": pairing,
    }
    text = struct.pack(">2H", len(place), 0x15C7) + place
    user_data = box(b"\xa9xyz", text) + box("loci", loci + b"earth\0at the gate\0")
    with_tracks(draw(path, scene), [timed, motion], user_data, _keys(values))
    return Trap(
        path=path,
        secrets={
            "the place": place,
            "the place, as numbers": point,
            "the place, in fixed point": struct.pack(">2i", *degrees[:2]),
            "the name of the place": b"Pariser Platz",
            "a note on the place": b"at the gate",
            "the key of the place": key,
            "what joins it to a photo": pairing,
            "the model": b"iPhone 14 Pro",
            "the time": b"2023-05-12T15:45:01",
            "the form of one track": b"mebx",
            "the form of the other": b"camm",
        },
        seen={
            "GPSCoordinates": f"{LAT:.4f} {LON:.4f} {ALTITUDE_M}",
            "GPSLatitude": f"{LAT}",
            "GPSLongitude": f"{LON}",
            "LocationInformation": "Pariser Platz",
            "ContentIdentifier": pairing.decode(),
        },
        tracks=2,
    )


def drone(path: Path, scene: Scene) -> Trap:
    """Return a recording as drones send it: an MPEG transport stream with KLV (MISB ST 0601)."""
    plain = draw(path.with_name("plain.mp4"), scene)
    lat, lon = round(LAT / 90 * 0x7FFFFFFF), round(LON / 180 * 0x7FFFFFFF)
    point = b"\x0d\x04" + struct.pack(">i", lat) + b"\x0e\x04" + struct.pack(">i", lon)
    mission, tail = b"ZAPHOD-4711", b"D-EBLN-42"
    height = round((ALTITUDE_M + 900) / 19900 * 0xFFFF)
    tags = (
        b"\x02\x08" + struct.pack(">Q", 1683891901_200000)
        + bytes([3, len(mission)]) + mission
        + bytes([4, len(tail)]) + tail
        + point
        + b"\x0f\x02" + struct.pack(">H", height)
        + b"\x41\x01\x0d"
    )  # fmt: skip
    key = bytes.fromhex("060e2b34020b01010e01030101000000")
    local_set = key + bytes([len(tags)]) + tags
    unit = b"\0\0\x0f" + struct.pack(">H", len(local_set)) + local_set  # STANAG 4609's access unit
    with av.open(str(plain)) as opened, av.open(str(path), "w", format="mpegts") as made:
        streams = {s.index: made.add_stream_from_template(s) for s in opened.streams}
        data: Any = made.add_data_stream("klv")
        for packet in opened.demux():
            if packet.size:
                packet.stream = streams[packet.stream.index]
                made.mux(packet)
        for at in (0, 200):
            said: Any = av.Packet(unit)
            said.stream, said.time_base = data, Fraction(1, 1000)
            said.pts = said.dts = at
            made.mux(said)
    plain.unlink()
    path.write_bytes(_in_step(path.read_bytes()))
    return Trap(
        path=path,
        secrets={
            "the place": point,
            "the mission": mission,
            "the aircraft": tail,
            "the key of the set": key,
        },
        seen={
            "GPSLatitude": f"{LAT:.5f}",
            "GPSLongitude": f"{LON:.5f}",
            "MissionID": mission.decode(),
        },
        tracks=1,
    )


def _in_step(stream: bytes) -> bytes:
    """Return a transport *stream* that calls its private data metadata in step with the picture.

    FFmpeg writes stream type 6; ExifTool reads 0x15 (ISO/IEC 13818-1, tables 2-33 and 2-34).
    """
    made = bytearray(stream)
    for at in range(0, len(made), 188):
        start = at + 5 + made[at + 4] if made[at + 1] & 0x40 else at
        if made[at + 3] & 0x10 and not made[at + 3] & 0x20 and made[start] == 2:
            length = int.from_bytes(made[start + 1 : start + 3], "big") & 0xFFF
            end = start + 3 + length - 4
            entry = start + 12 + (int.from_bytes(made[start + 10 : start + 12], "big") & 0xFFF)
            while entry < end:
                if made[entry] == 6:
                    made[entry] = 0x15
                entry += 5 + (int.from_bytes(made[entry + 3 : entry + 5], "big") & 0xFFF)
            made[end : end + 4] = _crc(bytes(made[start:end])).to_bytes(4, "big")
    return bytes(made)


def _crc(section: bytes) -> int:
    """Return the checksum of a *section* (ISO/IEC 13818-1, annex A)."""
    found = 0xFFFFFFFF
    for byte in section:
        found ^= byte << 24
        for _ in range(8):
            found = (found << 1 ^ (0x04C11DB7 if found >> 31 else 0)) & 0xFFFFFFFF
    return found


TRAPS = {"camera.mp4": action_camera, "telephone.mov": telephone, "drone.ts": drone}


def box(kind: str | bytes, body: bytes) -> bytes:
    """Return a box of MP4 (ISO/IEC 14496-12, 4.2)."""
    name = kind.encode("latin-1") if isinstance(kind, str) else kind
    return struct.pack(">I", 8 + len(body)) + name + body


_GMIN = box("gmin", bytes(16))


@dataclass(frozen=True, kw_only=True)
class Track:
    """A track of samples that are neither picture nor sound; each lasts a fifth of a second."""

    handler: str
    name: bytes
    header: bytes
    entry: bytes
    data: list[bytes]

    def boxes(self, number: int, offset: int) -> bytes:
        """Return its ``trak`` box, of track *number*, with its samples from *offset* on."""
        count, lasts = len(self.data), _RATE // 5
        duration = count * lasts
        table = (
            box("stsd", struct.pack(">2I", 0, 1) + self.entry)
            + box("stts", struct.pack(">4I", 0, 1, count, lasts))
            + box("stsc", struct.pack(">5I", 0, 1, 1, count, 1))
            + box("stsz", struct.pack(f">3I{count}I", 0, 0, count, *map(len, self.data)))
            + box("stco", struct.pack(">3I", 0, 1, offset))
        )
        dref = box("dref", struct.pack(">2I", 0, 1) + box("url ", b"\0\0\0\1"))
        header = struct.pack(">6I", 7, 0, 0, number, 0, duration) + bytes(16) + _MATRIX + bytes(8)
        media = (
            box("mdhd", struct.pack(">5I2H", 0, 0, 0, _RATE, duration, 0x55C4, 0))
            + box("hdlr", bytes(4) + b"mhlr" + self.handler.encode() + bytes(12) + self.name)
            + box("minf", self.header + box("dinf", dref) + box("stbl", table))
        )
        return box("trak", box("tkhd", header) + box("mdia", media))


def with_tracks(path: Path, tracks: list[Track], user_data: bytes, more: bytes = b"") -> None:
    """Add *tracks*, and boxes of *user_data*, to the MP4 or MOV at *path*; *more* is put beside."""
    held = path.read_bytes()
    start = dict(_outermost(held))[b"moov"]
    size = int.from_bytes(held[start : start + 4], "big")
    assert start + size == len(held), "the drawn recording has its index at the end"
    moov = held[start + 8 :]
    data, traks = b"", b""
    for number, track in enumerate(tracks, start=10):
        traks += track.boxes(number, start + 8 + len(data))
        data += b"".join(track.data)
    path.write_bytes(
        held[:start] + box("mdat", data) + box("moov", moov + traks + box("udta", user_data) + more)
    )


def _outermost(held: bytes) -> Iterator[tuple[bytes, int]]:
    at = 0
    while at < len(held):
        yield held[at + 4 : at + 8], at
        at += int.from_bytes(held[at : at + 4], "big")


def _gpmf(points: list[tuple[float, float]], time: str) -> bytes:
    """Return one sample of a GPS stream with *points*, as latitude and longitude in degrees."""
    rows = b"".join(
        struct.pack(">5i", *(round(p * 1e7) for p in point), int(ALTITUDE_M * 1000), 250, 31)
        for point in points
    )
    scale = struct.pack(">5i", 10**7, 10**7, 1000, 1000, 100)
    stream = (
        _klv("STNM", "c", "GPS (Lat., Long., Alt., 2D speed, 3D speed)")
        + _klv("GPSF", "L", struct.pack(">I", 3))
        + _klv("GPSU", "U", time, 16)
        + _klv("GPSP", "S", struct.pack(">H", 311), 2)
        + _klv("SCAL", "l", scale, 4)
        + _klv("GPS5", "l", rows, 20)
    )
    device = _klv("DVID", "L", struct.pack(">I", 1), 4) + _klv("DVNM", "c", "Hero Camera")
    return _klv("DEVC", "\0", device + _klv("STRM", "\0", stream))


def _klv(name: str, kind: str, value: bytes | str, size: int = 1) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    head = name.encode() + kind.encode() + struct.pack(">BH", size, len(data) // size)
    return head + data + bytes(-len(data) % 4)


def _keys(values: dict[bytes, bytes]) -> bytes:
    """Return *values* as QuickTime's keyed metadata."""
    names = b"".join(box("mdta", key) for key in values)
    items = b"".join(
        box(struct.pack(">I", number), box("data", struct.pack(">2I", 1, 0) + value))
        for number, value in enumerate(values.values(), start=1)
    )
    handler = box("hdlr", bytes(8) + b"mdta" + bytes(12) + b"\0")
    return box(
        "meta",
        handler + box("keys", struct.pack(">2I", 0, len(values)) + names) + box("ilst", items),
    )
