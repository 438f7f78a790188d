"""Which provider to use when none is asked for."""

from __future__ import annotations

import time
from functools import cache
from importlib.util import find_spec

import numpy as np

from bystander.detect.runtimes import OPENVINO
from bystander.detect.session import Session
from bystander.errors import ModelError

AUTO = "auto"

_SIZE = (544, 960)
_ROUNDS = 3
_BY_FAR = 0.8  # of the time: for less it is not worth another's rounding


def chosen(provider: str) -> str:
    """Return *provider*, or for ``auto`` the one to use: OpenVINO where it is clearly faster."""
    if provider != AUTO:
        return provider
    if find_spec("openvino") is None:
        return "cpu"
    try:
        return OPENVINO if _seconds(OPENVINO) < _BY_FAR * _seconds("cpu") else "cpu"
    except ModelError:  # it is there, and does not start
        return "cpu"


@cache
def _seconds(provider: str) -> float:
    """Return how long a look takes of the processor, all cores together, the best of a few."""
    session = Session("centerface", provider)
    picture = np.zeros((1, 3, *_SIZE), dtype=np.float32)
    session.run(picture)
    took = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        session.run(picture)
        took.append(time.process_time() - began)
    return min(took)
