"""What an earlier run has left for a file: done and unchanged, ours to replace, or somebody's.

The report tells: it holds the digests of original, plan and output, the settings, the models and
the program's version. All of it is compared with what is there now.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from bystander import media
from bystander.errors import FootageError
from bystander.records import Policy
from bystander.run import report
from bystander.run.outputs import Outputs

_LONGEST_REPORT = 1 << 28  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What is under the names of a file's outputs.

    Attributes:
        ours: A run wrote all that is there, and nobody has changed it since.
        done: It is also a clean output of this original, made as one would be made now.
    """

    ours: bool = False
    done: bool = False


def earlier(source: Path, outputs: Outputs, policy: Policy, *, salvage: bool) -> Earlier:
    """Return what is there under the names of *outputs*.

    Args:
        source: The original.
        outputs: Where its outputs are, if there are any.
        policy: How it would be redacted now.
        salvage: Whether damage would be taken now.
    """
    document = _report(outputs.report_json)
    if document is None:
        return Earlier()
    try:
        ours = _intact(outputs, document)
        done = (
            ours
            and _is_whole(document, policy, salvage)
            and all(path.is_file() and not path.is_symlink() for path in outputs.all)
        )
        done = done and media.digest(source) == document["original"]["sha256"]
    except (KeyError, TypeError, FootageError):
        return Earlier()  # not as our reports are
    return Earlier(ours=ours, done=done)


def _report(path: Path) -> dict[str, Any] | None:
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LONGEST_REPORT:
            return None
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    is_report = isinstance(document, dict) and document.get("format") == "bystander-report"
    return document if is_report else None


def _intact(outputs: Outputs, document: dict[str, Any]) -> bool:
    """Return whether plan and output, if they are there, are those that *document* is about."""
    for path, digest in (
        (outputs.plan, document["plan_sha256"]),
        (outputs.recording, document["output"]["sha256"]),
    ):
        if path.is_symlink() or (path.exists() and media.digest(path) != digest):
            return False
    return not outputs.report_html.is_symlink()


def _is_whole(document: dict[str, Any], policy: Policy, salvage: bool) -> bool:
    damage = document["damage"]
    damaged = any(
        damage[name] for name in ("cut_short", "packets_that_do_not_decode", "frames_covered_whole")
    )
    now = json.loads(json.dumps([report.settings(policy), report.models()]))
    return (
        document["clean"] is True
        and document["version"] == report.VERSION
        and document["program"]["version"] == metadata.version("bystander")
        and [document["settings"], document["models"]] == now
        and (salvage or not damaged)
    )
