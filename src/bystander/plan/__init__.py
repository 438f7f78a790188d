"""From tracks and a policy to one plan: a readable document of what is hidden, where and when."""

from bystander.plan import policies
from bystander.plan.decide import decide
from bystander.plan.document import from_json, schema, sha256, to_json
from bystander.plan.draw import draw_up, head_region, redactions, whole_frames
from bystander.plan.regions import asked_for, check_regions
from bystander.plan.settings import check_policy
from bystander.plan.voices import speech

__all__ = [
    "asked_for",
    "check_policy",
    "check_regions",
    "decide",
    "draw_up",
    "from_json",
    "head_region",
    "policies",
    "redactions",
    "schema",
    "sha256",
    "speech",
    "to_json",
    "whole_frames",
]
