"""Patches of a grid, against a search that takes one cell after another."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from bystander.detect.components import components


def one_by_one(
    cells: NDArray[np.bool_], values: NDArray[np.float32]
) -> list[tuple[list[int], float]]:
    left = {(int(y), int(x)) for y, x in np.argwhere(cells)}
    found = []
    while left:
        waiting, patch = [left.pop()], []
        while waiting:
            y, x = waiting.pop()
            patch.append((y, x))
            for near in ((y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)):
                if near in left:
                    left.remove(near)
                    waiting.append(near)
        rows, columns = zip(*patch, strict=True)
        box = [min(columns), min(rows), max(columns) + 1, max(rows) + 1]
        found.append((box, float(np.mean([values[cell] for cell in patch]))))
    return sorted(found)


@given(
    arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.booleans()),
    st.integers(0, 99),
)
def test_components_are_those_found_one_by_one(cells: NDArray[np.bool_], seed: int) -> None:
    values = np.random.default_rng(seed).random(cells.shape, dtype=np.float32)
    boxes, means = components(cells, values)
    expected = one_by_one(cells, values)
    found = sorted(zip(boxes.tolist(), means.tolist(), strict=True))
    assert [box for box, _ in found] == [box for box, _ in expected]
    assert np.allclose([mean for _, mean in found], [mean for _, mean in expected], atol=1e-6)
