"""From tracks and a policy to one plan: a readable document of what is hidden, where and when."""

from bystander.plan.document import check_policy, from_json, schema, sha256, to_json
from bystander.plan.draw import draw_up, head_region, redactions, whole_frames

__all__ = [
    "check_policy",
    "draw_up",
    "from_json",
    "head_region",
    "redactions",
    "schema",
    "sha256",
    "to_json",
    "whole_frames",
]
