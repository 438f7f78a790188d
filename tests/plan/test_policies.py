"""A word for a situation, a file of one's own, and what is weaker than the default."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction

import pytest

from bystander import plan
from bystander.errors import PlanError
from bystander.plan import policies
from bystander.records import Policy


def test_release_is_the_default_and_not_weaker_than_itself() -> None:
    assert policies.named("release") == Policy()
    assert policies.weaker(Policy()) == ()


def test_source_hides_all_that_can_be_hidden() -> None:
    source = policies.named("source")
    assert policies.weaker(source) == ()
    assert source.wants("people")
    assert source.wants("text")
    assert source.audio == "drop"
    assert source.hide_camera
    assert source.neutral_names


def test_research_is_weaker_and_says_in_what() -> None:
    less = policies.weaker(policies.named("research"))
    assert any("heads" in what for what in less)
    assert any("sound" in what for what in less)


@pytest.mark.parametrize("name", policies.NAMES)
def test_what_show_prints_is_read_as_the_same_policy(name: str) -> None:
    again = policies.from_toml(policies.to_toml(name))
    assert replace(again, name=name) == policies.named(name)


@pytest.mark.parametrize(
    ("setting", "value", "what"),
    [
        ("audio", "keep", "voices in it can identify"),
        ("min_face_px", 30, "min_face_px is 30, in release 10"),
        ("extend_s", Fraction(1, 10), "extend_s is 1/10, in release 1/2"),
        ("head_up", 0.1, "head_up is 0.1, in release 0.6"),
        ("score", 0.9, "score is 0.9, in release 0.25"),
        ("targets", ("faces",), "heads of people whose face is not seen"),
    ],
)
def test_each_weakening_is_named(setting: str, value: object, what: str) -> None:
    changed = policies.changed(Policy(), {setting: value})
    assert changed.changed == (setting,)
    assert any(what in less for less in policies.weaker(changed))


def test_show_says_what_each_setting_does() -> None:
    lines = policies.to_toml("release").splitlines()
    settings = [line for line in lines if (line and not line.startswith("# ")) or "crf" in line]
    assert len(settings) == len(fields(Policy)) - 2  # but where they are from
    for setting in settings:
        assert lines[lines.index(setting) - 1].startswith("# ")
    assert not any("docs/" in line for line in lines)


def test_a_file_changes_what_it_names_and_no_more() -> None:
    own = policies.from_toml('targets = ["faces"]\nextend_s = 0.75\nbased_on = "release"\n')
    assert own == Policy(name="own", targets=("faces",), extend_s=Fraction(3, 4))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("targets = [", "not TOML"),
        ('extend = "1"', "has a setting 'extend'"),
        ('name = "release"', "has a setting 'name'"),
        ('based_on = "mine"', "there is no policy 'mine'"),
        ('targets = ["names"]', "^targets: input should be 'faces'"),
        ('targets = "faces"', "^targets: "),
        ('fill = "blur"', "can be undone"),
        ("score = 7", "^score: input should be less than or equal to 1"),
        ('hide_camera = "yes please"', "^hide_camera: "),
        ("head_width = 70", "^head_width: input should be"),
        ("gap_s = 4000", "^the policy: gap_s is not between 0 and 3600 seconds"),
        ('extend_s = "soon"', "^extend_s: a time is an exact fraction"),
    ],
)
def test_a_file_that_asks_for_what_there_is_not_is_refused(text: str, why: str) -> None:
    with pytest.raises(PlanError, match=why) as refused:
        policies.from_toml(text)
    told = f"{refused.value} {refused.value.hint}"
    assert "--" not in told, "a file has no options"
    assert "docs/" not in told, "who installed it has no documents"


def test_where_settings_are_from_is_in_the_plan() -> None:
    policy = policies.changed(Policy(), {"fill": "soft"})
    plan.check_policy(policy)
    assert (policy.name, policy.changed) == ("release", ("fill",))
