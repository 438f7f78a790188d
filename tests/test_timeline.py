from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bystander.timeline import share

moments = st.builds(Fraction, st.integers(-(10**30), 10**30), st.integers(1, 10**12))


@given(moments, moments, moments)
def test_a_share_is_that_of_exact_fractions_rounded_once(
    at: Fraction, start: Fraction, end: Fraction
) -> None:
    if start == end:
        with pytest.raises(ZeroDivisionError):
            share(at, start, end)
    else:
        assert share(at, start, end) == float((at - start) / (end - start))
