"""PP-OCR's network in a form that onnxruntime is faster at, with the same sums.

Used by the build alone (``hatch_build.py``). onnxruntime works on blocks of 16 channels, and puts
them in another order and back wherever a layer has another number of channels and is not a plain
convolution. So, of the network that Liao et al., "Real-time Scene Text Detection with
Differentiable Binarization" (AAAI 2020) and its successors describe,

- the first layers, of 24 and 12 channels, get more that are always 0, and what is joined to be
  convolved is convolved apart and added;
- the last two, transposed convolutions that double the sides, become pointwise ones that say of
  each cell what its 4 x 4 pixels are, and those are put in their places once, at the end;
- ``x + x * gate`` becomes ``x * (1 + gate)``;
- weights that training let decay to next to nothing, a tenth of them, become 0. Most are below
  1.2e-38, where numbers are stored in another way that makes processors a hundred times slower.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnx_file
from numpy.typing import NDArray
from onnx import helper, numpy_helper

_BLOCK = 16
_NOTHING = 1e-20  # a weight below this moves no sum in 32-bit floats


def ppocr_in_blocks(content: bytes) -> bytes:
    """Return the model with its input (n, 3, h, w) and its output (n, 1, h, w) as they are."""
    return _Rewriting(onnx.load_model_from_string(content)).done()


class _Rewriting:
    """The graph while it is changed."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._weights = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
        self._made: dict[str, NDArray[np.float32]] = {}
        self._output: str = model.graph.output[0].name
        self._nodes: list[Any] = []
        same: dict[str, str] = {}
        for node in model.graph.node:
            node.input[:] = [same.get(name, name) for name in node.input]
            if node.op_type == "Identity":
                same[node.output[0]] = node.input[0]
            else:
                self._nodes.append(node)

    def done(self) -> bytes:
        self._widen_first()
        self._join_last()
        self._gate_once()
        used = {name for node in self._nodes for name in node.input}
        kept = {e.name: numpy_helper.to_array(e) for e in self._model.graph.initializer}
        kept = {name: value for name, value in kept.items() if name in used} | self._made
        return onnx_file.network(
            "ppocr",
            self._nodes,
            picture=("x", ["n", 3, "h", "w"]),
            ends=[(self._output, ["n", 1, "rows", "columns"])],
            constants=[
                numpy_helper.from_array(_without_next_to_nothing(value), name)
                for name, value in kept.items()
            ],
            opset=self._model.opset_import[0].version,
            ir=self._model.ir_version,
        )

    def _widen_first(self) -> None:
        """Give the first layers whole blocks, and convolve apart what is joined after them."""
        *narrow, joining = [node for node in self._nodes if node.op_type == "Conv"][:4]
        before = 3
        for node in narrow:
            bias = self._after(node)
            weight, shift = self._weights[node.input[1]], self._weights[bias.input[1]]
            wide = _whole(len(weight))
            node.input[1] = self._made_of(node, "weight", _filled(weight, wide, before))
            bias.input[1] = self._made_of(node, "bias", _filled(shift, 1, wide))
            before = wide
        join, bias = self._before(joining), self._after(joining)
        weight, shift = self._weights[joining.input[1]], self._weights[bias.input[1]].reshape(-1)
        parts, start = [], 0
        for number, source in enumerate(join.input):
            # All that are joined have as many channels.
            size = weight.shape[1] // len(join.input)
            part = _filled(weight[:, start : start + size], len(weight), _whole(size))
            name = f"{joining.output[0]}/{number}"
            inputs = [source, self._made_of(joining, f"weight_{number}", part)]
            if number == 0:
                inputs.append(self._made_of(joining, "bias", shift))
            apart = helper.make_node("Conv", inputs, [name])
            apart.attribute.extend(joining.attribute)
            parts.append(apart)
            start += size
        names = [part.output[0] for part in reversed(parts)]
        self._replace([join, joining, bias], [*parts, _node("Add", names, bias.output[0])])

    def _join_last(self) -> None:
        """Say what 4 x 4 pixels are, cell by cell, and put them in their places at the end."""
        first, second = (node for node in self._nodes if node.op_type == "ConvTranspose")
        chain = [first]
        while chain[-1].output[0] != self._output:
            chain.append(self._after(chain[-1]))
        kinds = [node.op_type for node in chain]
        if kinds != ["ConvTranspose", "Add", "Relu", "ConvTranspose", "Add", "Sigmoid"]:
            raise ValueError(f"the network ends in {kinds}")
        once, twice = self._weights[first.input[1]], self._weights[second.input[1]]
        inside, channels = once.shape[:2]
        # Both say, for what is in and what is out, the upper left pixel of four, the upper right...
        points = once.transpose(2, 3, 1, 0).reshape(4 * channels, inside)
        of_pixels = np.zeros((4, 4, 4, channels), np.float32)  # row, column, which of four; channel
        for row, column in np.ndindex(4, 4):
            quarter = row // 2 * 2 + column // 2
            of_pixels[row, column, quarter] = twice[:, 0, row % 2, column % 2]
        shift = np.tile(self._weights[chain[1].input[1]].reshape(-1), 4)
        last_shift = np.repeat(self._weights[chain[4].input[1]].reshape(-1), 16)
        pixels = of_pixels.reshape(16, 4 * channels)
        self._replace(
            chain,
            [
                self._pointwise(first.input[0], "quarters/sum", points, shift),
                _node("Relu", ["quarters/sum"], "quarters"),
                self._pointwise("quarters", "pixels/sum", pixels, last_shift),
                _node("Sigmoid", ["pixels/sum"], "pixels"),
                _node("DepthToSpace", ["pixels"], self._output, blocksize=4, mode="DCR"),
            ],
        )

    def _gate_once(self) -> None:
        """Multiply by one more than the gate, rather than multiply and add."""
        self._made["one"] = np.ones((1, 1, 1, 1), np.float32)
        for node in list(self._nodes):
            gating = self._before(node, 1) if node.op_type == "Add" else None
            if gating is None or gating.op_type != "Mul" or gating.input[0] != node.input[0]:
                continue
            gate = gating.input[1]
            self._replace([gating], [_node("Add", [gate, "one"], f"{gate}/more")])
            self._replace([node], [_node("Mul", [node.input[0], f"{gate}/more"], node.output[0])])

    def _pointwise(
        self, source: str, name: str, weight: NDArray[np.float32], bias: NDArray[np.float32]
    ) -> Any:
        self._made |= {f"{name}/weight": weight[:, :, None, None], f"{name}/bias": bias}
        return _node("Conv", [source, f"{name}/weight", f"{name}/bias"], name)

    def _made_of(self, node: Any, kind: str, value: NDArray[np.float32]) -> str:
        name = f"{node.output[0]}/{kind}"
        self._made[name] = value
        return name

    def _after(self, node: Any) -> Any:
        """Return the one node that takes what *node* gives."""
        (found,) = (each for each in self._nodes if node.output[0] in each.input)
        return found

    def _before(self, node: Any, which: int = 0) -> Any:
        """Return the node that gives *node* its input, or None."""
        return next((each for each in self._nodes if node.input[which] in each.output), None)

    def _replace(self, old: list[Any], new: list[Any]) -> None:
        """Put *new* where the last of *old* is."""
        place = self._nodes.index(old[-1])
        self._nodes[place + 1 : place + 1] = new
        for node in old:
            self._nodes.remove(node)


def _node(operation: str, inputs: list[str], output: str, **attributes: Any) -> Any:
    return helper.make_node(operation, inputs, [output], **attributes)


def _whole(channels: int) -> int:
    """Return the least number of whole blocks that holds *channels*, in channels."""
    return -(-channels // _BLOCK) * _BLOCK


def _without_next_to_nothing(value: NDArray[Any]) -> NDArray[Any]:
    """Return *value* with 0 for what is that small; what are no floats stay as they are."""
    if value.dtype != np.float32:
        return value
    return np.where(np.abs(value) < _NOTHING, np.float32(0), value)


def _filled(value: NDArray[np.float32], first: int, second: int) -> NDArray[np.float32]:
    """Return *value* with its first two sides as long as asked for, filled with 0."""
    wide = np.zeros((first, second, *value.shape[2:]), np.float32)
    wide[: value.shape[0], : value.shape[1]] = value
    return wide
