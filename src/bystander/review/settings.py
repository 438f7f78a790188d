"""How a review is made."""

from __future__ import annotations

from dataclasses import dataclass

from bystander import run
from bystander.records import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a review is made.

    Attributes:
        by: Who decides, as it is written into decisions and reports.
        policy: What plans are drawn up with that are not there yet.
        options: How files are worked on.
        allowance: How much memory and time a child is given.
        sockets: Let children have sockets; see :class:`bystander.run.Worker`.
    """

    by: str
    policy: Policy
    options: run.Options
    allowance: run.Allowance
    sockets: bool = False
