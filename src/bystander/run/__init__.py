"""The way through, driven: passes over a recording, files with their names, reports."""

from bystander.run import audit
from bystander.run.batch import Options, draw_up, examine, redact
from bystander.run.child import Allowance
from bystander.run.folder import (
    Entry,
    FolderProgress,
    FolderRun,
    Outcome,
    make_folders,
    outputs_within,
)
from bystander.run.outputs import Outputs, outputs_for, read_decisions, read_plan
from bystander.run.progress import Progress, Silent
from bystander.run.prove import Proof, prove
from bystander.run.search import Found, others, search
from bystander.run.told import Facts
from bystander.run.viewer import Viewer
from bystander.run.work import Worker

__all__ = [
    "Allowance",
    "Entry",
    "Facts",
    "FolderProgress",
    "FolderRun",
    "Found",
    "Options",
    "Outcome",
    "Outputs",
    "Progress",
    "Proof",
    "Silent",
    "Viewer",
    "Worker",
    "audit",
    "draw_up",
    "examine",
    "make_folders",
    "others",
    "outputs_for",
    "outputs_within",
    "prove",
    "read_decisions",
    "read_plan",
    "redact",
    "search",
]
