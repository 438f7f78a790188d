"""Where what belongs to a file lies, and what must not lie on top of one another."""

from __future__ import annotations

from pathlib import Path

import pytest

from bystander.errors import WrongPath
from bystander.review import find


def test_a_plan_that_rendering_would_write_over_is_not_reviewed(clip: Path, tmp_path: Path) -> None:
    """As the plan that was followed after an earlier review is, by its usual name."""
    mine = tmp_path / clip.name
    mine.write_bytes(clip.read_bytes())
    followed = tmp_path / "clip.reviewed.plan.json"
    link = tmp_path / "other.plan.json"
    link.symlink_to(followed)
    for plan in (followed, link):
        with pytest.raises(WrongPath, match="is what rendering writes"):
            find(mine, None, plan, neutral=False)
    (place,) = find(mine, tmp_path / "again.mp4", followed, neutral=False)
    assert place.plan == followed
    assert place.journal == tmp_path / "clip.reviewed.decisions.jsonl"
    assert followed not in place.outputs.all
