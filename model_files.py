"""Changes that model files need before they can be carried, each deterministic.

Used by the build alone (``hatch_build.py``). They say in ONNX, and for pictures of any size, what
the carried file says in its own way, and leave out what is not looked at. Answers are the same but
for rounding.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
import onnx_file
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Tensors = dict[str, NDArray[Any]]

# Of CenterFace's ends, those that are kept, in the order in which they come out.
_PARTS = ("pos", "reg", "off")
_KINDS = ("weight", "bias")

_STRIDES = (8, 16, 32)
_CLASSES, _DISTANCES = 80, 44
# Of COCO's classes, after the first, which is a person: what bears plates (car, motorcycle, bus,
# truck), and what shows text (television, laptop, telephone). Each group comes out as one.
_GROUPS = ((2, 3, 5, 7), (62, 63, 67))
# What is left of the numbers said of each cell: a person, the groups, the distances.
_LEFT = [0, *_GROUPS[0], *_GROUPS[1], *range(_CLASSES, _CLASSES + _DISTANCES)]


def centerface_without_landmarks(content: bytes) -> bytes:
    """Let CenterFace take pictures of any size, and say where faces are and nothing else.

    The file states a fixed input of 10x3x32x32 and lists its weights as inputs. Those are taken off
    the list, and number, height and width are left open. The points of a face are not computed. The
    other three convolutions at the end become one, and the normalisations that stand alone become
    part of the convolutions before them: the same sums, rounded elsewhere.

    Returns:
        A model with input ``input.1`` (n, 3, h, w) and output ``faces`` (n, 5, h / 4, w / 4): the
        logit of the score, log height and width in cells, the centre's offset down and right.
    """
    model = onnx.load_model_from_string(content)
    graph = model.graph
    weights = {weight.name: numpy_helper.to_array(weight) for weight in graph.initializer}
    after = {name: node for node in graph.node for name in node.input}
    made = {
        f"faces/{kind}": np.concatenate([weights[f"head.{part}_conv.{kind}"] for part in _PARTS])
        for kind in _KINDS
    }
    nodes = []
    for node in graph.node:
        if node.op_type == "ConvTranspose":
            normal = after[node.output[0]]
            names = [f"{node.output[0]}/{kind}" for kind in _KINDS]
            made |= zip(names, _normalised(weights, node, normal), strict=True)
            node.input[:] = [node.input[0], *names]
            node.output[:] = normal.output
        if node.op_type == "BatchNormalization" or node.output[0] in {o.name for o in graph.output}:
            continue
        if "head.pos_conv.weight" in node.input:
            node.input[1:], node.output[:] = [f"faces/{kind}" for kind in _KINDS], ["faces"]
        nodes.append(node)
    used = {name for node in nodes for name in node.input}
    kept = [weight for weight in graph.initializer if weight.name in used]
    kept += [numpy_helper.from_array(np.ascontiguousarray(made[name]), name) for name in made]
    (picture,) = (each for each in graph.input if each.name not in weights)
    del graph.value_info[:], graph.input[:], graph.output[:], graph.initializer[:], graph.node[:]
    sizes = [["n", 3, "h", "w"], ["n", 5, "rows", "columns"]]
    graph.input.append(helper.make_tensor_value_info(picture.name, TensorProto.FLOAT, sizes[0]))
    graph.output.append(helper.make_tensor_value_info("faces", TensorProto.FLOAT, sizes[1]))
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    return onnx_file.checked(model)


def _normalised(weights: Tensors, node: Any, normal: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return weight and bias of a transposed convolution with the *normal*isation after it."""
    scale, shift, mean, variance = (weights[name].astype(float) for name in normal.input[1:])
    epsilon = next(each.f for each in normal.attribute if each.name == "epsilon")
    factor = scale / np.sqrt(variance + epsilon)
    weight = weights[node.input[1]] * factor[:, None, None]
    return weight.astype(np.float32), (shift - mean * factor).astype(np.float32)


def nanodet_to_onnx(content: bytes, weights: bytes) -> bytes:
    """Say in ONNX what a TensorFlow.js graph of NanoDet says.

    That graph came from ONNX once and changes the order of axes around every operation that
    TensorFlow has for the order N H W C alone. Here everything stays N C H W, so those changes
    fall away. Of 80 classes a person comes out, and the best of two groups: vehicles, and screens;
    nothing else is looked for. Sizes that were fixed for pictures of 416 x 416 are left open; sides
    may be any multiple of 32.

    Args:
        content: The graph, as JSON.
        weights: Its weights; floating point is stored in half precision.

    Returns:
        A model with input ``picture`` (1, 3, h, w) and, for each stride S of 8, 16 and 32,
        ``score_S`` (1, cells, 1), ``distances_S`` (1, cells, 44) and ``groups_S`` (1, cells, 2).
    """
    graph = json.loads(content)
    return _Translation(_tensors(graph, weights)).of(graph["modelTopology"]["node"])


def _tensors(graph: Mapping[str, Any], raw: bytes) -> Tensors:
    found: Tensors = {}
    start = 0
    for each in (w for group in graph["weightsManifest"] for w in group["weights"]):
        whole = each["dtype"] == "int32"
        stored = np.dtype("<i4" if whole else "<f2")
        count = int(np.prod(each["shape"], dtype=np.int64))
        values = np.frombuffer(raw, stored, count, start).reshape(each["shape"])
        found[each["name"]] = values.astype(np.int64 if whole else np.float32)
        start += values.nbytes
    if start != len(raw):
        raise ValueError(f"the graph names {start} bytes of weights, the file has {len(raw)}")
    return found


class _Translation:
    """Turns the nodes of one graph, in their order, into those of another."""

    def __init__(self, tensors: Tensors) -> None:
        self._tensors = tensors
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._same: dict[str, str] = {}  # names that mean what another one means
        self._widened: dict[str, list[int]] = {}  # by how much, for what takes the largest
        self._probabilities: set[str] = set()
        self._groups: list[list[str]] = []

    def of(self, nodes: list[dict[str, Any]]) -> bytes:
        self._same[nodes_named(nodes, "Placeholder")[0]] = "picture"
        ends = []
        for node in nodes:
            if node["op"] == "Identity":
                ends.append((node["name"], self._known(node["input"][0])))
            elif node["op"] not in {"Const", "Placeholder", "SparseToDense"}:
                self._translate(node)
        # "Identity", "Identity_1", ...: the scores of every stride first, then the distances.
        ends.sort(key=lambda end: int(end[0].partition("_")[2] or 0))
        outputs = [(f"score_{s}", 1) for s in _STRIDES]
        outputs += [(f"distances_{s}", _DISTANCES) for s in _STRIDES]
        for (_, end), (name, _) in zip(ends, outputs, strict=True):
            self._add("Identity", [end], name)
        for stride, sources in zip(_STRIDES, self._groups, strict=True):
            self._add_groups(f"groups_{stride}", sources)
            outputs.append((f"groups_{stride}", len(_GROUPS)))
        return onnx_file.network(
            "nanodet",
            self._nodes,
            picture=("picture", [1, 3, "h", "w"]),
            ends=[(name, [1, None, width]) for name, width in outputs],
            constants=self._constants,
        )

    def _known(self, name: str) -> str:
        name = name.removesuffix(":0")
        while name in self._same:
            name = self._same[name]
        return name

    def _constant(self, name: str, value: NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _weights(self, name: str, value: NDArray[Any]) -> str:
        """Keep weights in half precision, as they came, and widen them when the model loads."""
        half = self._constant(f"{name}/half", value.astype(np.float16))
        self._add("Cast", [half], name, to=TensorProto.FLOAT)
        return name

    def _add(self, operation: str, inputs: list[str], *outputs: str, **attributes: Any) -> None:
        self._nodes.append(helper.make_node(operation, inputs, outputs, **attributes))

    def _translate(self, node: dict[str, Any]) -> None:  # noqa: PLR0912 one branch an operation
        operation, name, said = node["op"], node["name"], node["attr"]
        inputs = [self._known(each) for each in node.get("input", [])]
        # What TensorFlow takes as a second input is mostly a constant, and an attribute in ONNX.
        given = self._tensors.get(inputs[1]) if len(inputs) > 1 else None
        made = {each for known in self._nodes for each in known.output}
        match operation:
            case "Add" | "AddV2":
                if inputs[0] in made and given is not None:
                    bias = self._weights(f"{name}/bias", _left(given).reshape(1, -1, 1, 1))
                    self._add("Add", [inputs[0], bias], name)
                elif made.issuperset(inputs):
                    self._add("Add", inputs, name)
                # else: arithmetic with fixed sizes, which are left open here
            case "Transpose":
                if len(_required(given)) == 4:
                    self._same[name] = inputs[0]
                else:
                    self._add("Transpose", inputs[:1], name, perm=_required(given).tolist())
            case "Pad":
                sides = self._constant(f"{name}/sides", _required(given).T.reshape(-1))
                self._add("Pad", [inputs[0], sides], name)
            case "PadV2":  # with what is less than anything: ONNX does so when it pools
                if self._tensors[inputs[2]] != -np.inf:
                    raise ValueError("a picture is widened with something")
                self._same[name] = inputs[0]
                self._widened[inputs[0]] = _required(given)[2:].T.reshape(-1).tolist()
            case "Conv2D":
                kernel = _left(_required(given)).transpose(3, 2, 0, 1)
                weight = self._weights(f"{name}/weight", kernel)
                self._add("Conv", [inputs[0], weight], name, strides=_sides(said["strides"]))
            case "LeakyRelu":
                self._add("LeakyRelu", inputs, name, alpha=said["alpha"]["f"])
            case "MaxPool":
                shape, strides = _sides(said["ksize"]), _sides(said["strides"])
                by = self._widened[inputs[0]]
                self._add("MaxPool", inputs, name, kernel_shape=shape, strides=strides, pads=by)
            case "ConcatV2":
                self._add("Concat", inputs[:-1], name, axis=1)
            case "ResizeBilinear":
                self._resize(name, inputs[0])
            case "SplitV":
                self._split(name, inputs[0])
            case "Sigmoid":
                self._probabilities.add(name)
                self._add("Sigmoid", inputs, name)
            case "Reshape":
                channels = 1 if inputs[0] in self._probabilities else _DISTANCES
                wanted = self._constant(f"{name}/shape", np.array([1, channels, -1], np.int64))
                self._add("Reshape", [inputs[0], wanted], name)
            case _:
                raise ValueError(f"there is no translation of {operation}")

    def _split(self, name: str, source: str) -> None:
        """Take apart what is said of each cell: a person, the groups, the distances."""
        sizes = np.array([1, *map(len, _GROUPS), _DISTANCES], np.int64)
        parts = self._constant(f"{name}/sizes", sizes)
        groups = [f"{name}:group_{number}" for number in range(len(_GROUPS))]
        self._add("Split", [source, parts], name, *groups, f"{name}:1", axis=1)
        self._groups.append(groups)

    def _add_groups(self, name: str, sources: list[str]) -> None:
        """Add the best score of each group, whose classes are in one of *sources*."""
        best = []
        for number, source in enumerate(sources):
            best.append(f"{name}/best_{number}")
            self._add("ReduceMax", [source], best[-1], axes=[1], keepdims=1)
        self._add("Concat", best, f"{name}/best", axis=1)
        self._add("Sigmoid", [f"{name}/best"], f"{name}/scores")
        shape = self._constant(f"{name}/shape", np.array([1, len(_GROUPS), -1], np.int64))
        self._add("Reshape", [f"{name}/scores", shape], f"{name}/flat")
        self._add("Transpose", [f"{name}/flat"], name, perm=[0, 2, 1])

    def _resize(self, name: str, source: str) -> None:
        # The pyramid goes up twice, then down twice, by a factor of two each.
        done = sum(node.op_type == "Resize" for node in self._nodes)
        factor = 2.0 if done < 2 else 0.5
        factors = self._constant(f"{name}/factors", np.array([1, 1, factor, factor], np.float32))
        self._add(
            *("Resize", [source, "", factors], name),
            mode="linear",
            coordinate_transformation_mode="half_pixel",
        )


def nodes_named(nodes: list[dict[str, Any]], operation: str) -> list[str]:
    """Return the names of all nodes of one *operation*."""
    return [node["name"] for node in nodes if node["op"] == operation]


def _required(given: NDArray[Any] | None) -> NDArray[Any]:
    if given is None:
        raise ValueError("an operation lacks the constant that it needs")
    return given


def _left(given: NDArray[Any]) -> NDArray[Any]:
    """Return weights without those of classes that are not looked for; classes are last."""
    return given[..., _LEFT] if given.shape[-1] == _CLASSES + _DISTANCES else given


def _sides(attribute: Mapping[str, Any]) -> list[int]:
    """Return the two in the middle of N H W C."""
    return [int(side) for side in attribute["list"]["i"][1:3]]
