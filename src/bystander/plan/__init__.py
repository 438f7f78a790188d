"""From tracks and a policy to one plan: a readable document of what is hidden, where and when."""

from bystander.plan import policies
from bystander.plan.decide import additions, decide
from bystander.plan.document import from_json, schema, sha256, to_json
from bystander.plan.draw import draw_up, head_region, redactions, whole_frames
from bystander.plan.journal import Journal, journal_head, journal_line, read_journal
from bystander.plan.journal import schema as journal_schema
from bystander.plan.regions import asked_for, check_regions
from bystander.plan.settings import check_policy
from bystander.plan.voices import speech

__all__ = [
    "Journal",
    "additions",
    "asked_for",
    "check_policy",
    "check_regions",
    "decide",
    "draw_up",
    "from_json",
    "head_region",
    "journal_head",
    "journal_line",
    "journal_schema",
    "policies",
    "read_journal",
    "redactions",
    "schema",
    "sha256",
    "speech",
    "to_json",
    "whole_frames",
]
