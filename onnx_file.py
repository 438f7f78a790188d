"""Writing a network down as ONNX, always in the same bytes. Used by the build alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import onnx
from onnx import TensorProto, helper

OPSET, IR = 17, 9  # of what is written anew

# A name, and a shape: numbers, names for sizes that differ from picture to picture, or ``None``.
Value = tuple[str, Sequence[int | str | None]]


def network(
    name: str,
    nodes: Sequence[Any],
    *,
    picture: Value,
    ends: Sequence[Value],
    constants: Sequence[Any],
    opset: int = OPSET,
    ir: int = IR,
) -> bytes:
    """Return the file of a network of *nodes* with one input, all in 32-bit floats."""
    made = helper.make_graph(nodes, name, [_float(picture)], [_float(e) for e in ends], constants)
    opsets = [helper.make_opsetid("", opset)]
    return checked(helper.make_model(made, opset_imports=opsets, ir_version=ir))


def checked(model: onnx.ModelProto) -> bytes:
    """Return *model* as a file, after ONNX's own check."""
    onnx.checker.check_model(model)
    serialised: bytes = model.SerializeToString(deterministic=True)
    return serialised


def _float(value: Value) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(value[0], TensorProto.FLOAT, value[1])
