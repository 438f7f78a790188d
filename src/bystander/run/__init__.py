"""The way through, driven: passes over a recording, files with their names, reports."""

from bystander.run.batch import (
    Options,
    Outputs,
    draw_up,
    examine,
    outputs_for,
    read_plan,
    redact,
)
from bystander.run.progress import Progress, Silent
from bystander.run.prove import Proof, prove

__all__ = [
    "Options",
    "Outputs",
    "Progress",
    "Proof",
    "Silent",
    "draw_up",
    "examine",
    "outputs_for",
    "prove",
    "read_plan",
    "redact",
]
