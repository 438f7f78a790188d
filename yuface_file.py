"""libfacedetection's network, put into ONNX from the library that it is compiled into.

Used by the build alone (``hatch_build.py``). The library is read as a file and never loaded, so it
need not be for this machine. No weight is changed: they are put in the order that ONNX has for
them, and the first layer takes red first.

What the library does, and where it stands in its source: ``objectdetect_cnn`` in
facedetectcnn-model.cpp, and Yu et al., "YuNet: A Tiny Millisecond-level Face Detector", Machine
Intelligence Research 2023. A picture is halved five times. Every layer is a pointwise convolution
and a depthwise one after it; what three of the halvings see is added up from the smallest, and for
each cell it says how surely a face is there (two numbers), and where (four). The five points of a
face, which it says as well, are left out.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import onnx_file
from numpy.typing import NDArray
from onnx import helper, numpy_helper

_STRIDES = (8, 16, 32)
_HEADS = ("cls", "obj", "bbox")
# In ELF: parts of a file that are loaded, the table of dynamic symbols, a symbol that is data.
_LOADED, _DYNAMIC_SYMBOLS, _DATA = 1, 11, 1


def yuface_to_onnx(content: bytes) -> bytes:
    """Say in ONNX what libfacedetection's network is.

    Args:
        content: The shared library, ELF for a little-endian machine of 64 bits, with its weights as
            dynamic symbols.

    Returns:
        A model with input ``picture`` (1, 3, h, w): red first, 0 to 255, sides a multiple of 32.
        For each stride S of 8, 16 and 32 it has ``faces_S`` (1, 6, h / S, w / S): the logits of the
        two scores; then the centre's distance from the cell's corner, in cells, and the logarithms
        of width and height in cells.
    """
    return _Network(_weights(content)).in_onnx()


def _weights(content: bytes) -> dict[str, NDArray[np.float32]]:
    """Return what every dynamic symbol that is data holds, as numbers."""
    segments_at, sections_at = struct.unpack_from("<QQ", content, 32)
    segment_bytes, segments, section_bytes, sections = struct.unpack_from("<HHHH", content, 54)
    # Each: offset in the file, address, bytes.
    loaded = [
        struct.unpack_from("<QQxxxxxxxxQ", content, at + 8)
        for at in range(segments_at, segments_at + segments * segment_bytes, segment_bytes)
        if struct.unpack_from("<I", content, at)[0] == _LOADED
    ]
    # Each: kind, offset in the file, bytes, the section that it refers to.
    tables = [
        struct.unpack_from("<4xI16xQQI", content, at)
        for at in range(sections_at, sections_at + sections * section_bytes, section_bytes)
    ]
    _, start, length, refers = next(table for table in tables if table[0] == _DYNAMIC_SYMBOLS)
    names_at = tables[refers][1]
    found = {}
    for at in range(start, start + length, 24):
        name_at, kind, section, address, size = struct.unpack_from("<IBxHQQ", content, at)
        # What is only made room for, when the library is loaded, is not in the file.
        offsets = [o + address - a for o, a, n in loaded if a <= address <= a + n - size]
        if kind & 15 == _DATA and section and offsets:
            name = content[names_at + name_at : content.index(0, names_at + name_at)].decode()
            found[name] = np.frombuffer(content, "<f4", size // 4, offsets[0])
    return found


class _Network:
    """The graph, as it is put together."""

    def __init__(self, weights: dict[str, NDArray[np.float32]]) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def in_onnx(self) -> bytes:
        seen = self._first("picture")
        seen = self._halved(self._layer(seen, "backbone__model0_dp"))
        kept = []
        for unit in (1, 2, 3, 4, 5):
            if unit > 2:
                seen = self._halved(seen)
            for part in (1, 2):
                seen = self._layer(seen, f"backbone__model{unit}_dp{part}")
            kept.append(seen)
        factors = self._constant("factors", np.array([1, 1, 2, 2], np.float32))
        for level in (2, 1, 0):
            if level < 2:
                larger = self._add(
                    *("Resize", [seen, "", factors], f"larger_{level}"),
                    mode="nearest",
                    coordinate_transformation_mode="asymmetric",
                    nearest_mode="floor",
                )
                seen = self._add("Add", [larger, kept[level + 2]], f"both_{level}")
            seen = self._layer(seen, f"neck__lateral_convs__{level}")
            self._faces(seen, level)
        return onnx_file.network(
            "yuface",
            self._nodes,
            picture=("picture", [1, 3, "h", "w"]),
            ends=[(f"faces_{s}", [1, 6, f"h_{s}", f"w_{s}"]) for s in _STRIDES],
            constants=self._constants,
        )

    def _first(self, source: str) -> str:
        """Add the layer that sees the picture, every other pixel of it.

        The library lays the 3 x 3 pixels around each one beside another, blue first, and five zeros
        after those 27 numbers; here it is the convolution that this is.
        """
        name = "backbone__model0_pw"
        bias = self._weights[f"{name}_bias"]
        weight = self._weights[f"{name}_weight"].reshape(len(bias), 32)[:, :27]
        weight = weight.reshape(-1, 3, 3, 3)[..., ::-1].transpose(0, 3, 1, 2)
        self._convolution(source, f"{name}_sum", weight, bias, pads=[1] * 4, strides=[2, 2])
        return self._add("Relu", [f"{name}_sum"], name)

    def _layer(self, source: str, name: str) -> str:
        self._pair(source, f"{name}_sum", [name])
        return self._add("Relu", [f"{name}_sum"], name)

    def _faces(self, source: str, level: int) -> None:
        """Add what is said of each cell; several convolutions of the library as one."""
        parts = [f"bbox_head__multi_level_{head}__{level}" for head in _HEADS]
        self._pair(source, f"faces_{_STRIDES[level]}", parts)

    def _pair(self, source: str, name: str, parts: list[str]) -> None:
        """Add a pointwise convolution, and a depthwise one of 3 x 3."""

        def joined(kind: str) -> NDArray[np.float32]:
            return np.concatenate([self._weights[f"{part}_{kind}"] for part in parts])

        point, deep = joined("pw_bias"), joined("dw_bias")
        # The library has the nine places first, then the channels.
        each = [self._weights[f"{part}_dw_weight"].reshape(9, -1).T for part in parts]
        depthwise = np.concatenate(each).reshape(-1, 1, 3, 3)
        pointwise = joined("pw_weight").reshape(len(point), -1, 1, 1)
        self._convolution(source, f"{name}/point", pointwise, point)
        self._convolution(f"{name}/point", name, depthwise, deep, pads=[1] * 4, group=len(deep))

    def _halved(self, source: str) -> str:
        sides = {"kernel_shape": [2, 2], "strides": [2, 2]}
        return self._add("MaxPool", [source], f"{source}_halved", **sides)

    def _convolution(
        self,
        source: str,
        name: str,
        weight: NDArray[np.float32],
        bias: NDArray[np.float32],
        **attributes: Any,
    ) -> None:
        constants = [
            self._constant(f"{name}/weight", weight),
            self._constant(f"{name}/bias", bias),
        ]
        self._add("Conv", [source, *constants], name, **attributes)

    def _constant(self, name: str, value: NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _add(self, operation: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self._nodes.append(helper.make_node(operation, inputs, [output], **attributes))
        return output
