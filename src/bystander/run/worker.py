"""The process in which files are worked on: one request after the other, until there are no more.

Requests come pickled, from a parent that is trusted. Answers go out as one JSON object a line, for
the parent trusts nobody who has read a hostile file: see :mod:`bystander.run.child`.
"""

from __future__ import annotations

import json
import os
import pickle
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, BinaryIO

from bystander.errors import BystanderError, LeakFound
from bystander.records import Plan, Report
from bystander.run import batch
from bystander.run.prove import prove
from bystander.timeline import to_text

_SECONDS_BETWEEN_STEPS = 0.1
# What onnxruntime says when there is none; its errors have no kind for it.
_NO_MEMORY = ("bad_alloc", "Failed to allocate memory", "bad allocation")
LEAKS_TOLD = 200
LONGEST_TEXT = 2000


class _Answers:
    """Progress, as lines to the parent."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._steps = 0
        self._told = 0.0

    def send(self, **message: object) -> None:
        """Send one message, after the steps that came before it."""
        if self._steps:
            steps, self._steps = self._steps, 0
            self.send(step=steps)
        self._file.write(json.dumps(message).encode("ascii") + b"\n")
        self._file.flush()

    def begin(self, what: str, frames: int) -> None:
        """Tell that a pass begins."""
        self.send(begin=what, frames=frames)

    def step(self) -> None:
        """Count a frame, and tell of it soon."""
        self._steps += 1
        now = time.monotonic()
        if now - self._told >= _SECONDS_BETWEEN_STEPS:
            self._told, steps, self._steps = now, self._steps, 0
            self.send(step=steps)

    def say(self, line: str) -> None:
        """Tell something that a person should know."""
        self.send(say=line[:LONGEST_TEXT])


def serve(requests: int, answers: int, given_up: tuple[str, ...]) -> None:
    """Answer requests from the descriptor *requests* to *answers* until there are no more.

    Args:
        requests: Pickled pairs of a verb and its arguments by name.
        answers: Where lines of JSON go.
        given_up: What this process cannot do any more; told first.
    """
    said = _Answers(os.fdopen(answers, "wb"))
    try:
        said.send(ready=list(given_up))
        with os.fdopen(requests, "rb") as file:
            while True:
                try:
                    verb, arguments = pickle.load(file)  # noqa: S301 from our parent
                except EOFError:
                    return
                said.send(**_answer(verb, arguments, said))
    except BrokenPipeError:
        os._exit(1)  # nobody is there to be told


def _answer(verb: str, arguments: dict[str, Any], said: _Answers) -> dict[str, object]:
    try:
        return {"done": _VERBS[verb](**arguments, progress=said)}
    except LeakFound as error:
        return _failed(error) | {"leaks": _leaks(error.report)}
    except BystanderError as error:
        return _failed(error)
    except MemoryError:
        return {"failed": "MemoryError", "message": ""}
    except BrokenPipeError:
        raise
    except Exception as error:
        if any(words in str(error) for words in _NO_MEMORY):
            return {"failed": "MemoryError", "message": ""}
        if os.environ.get("BYSTANDER_TRACEBACK"):  # for those who mend it
            raise
        # What such an error says may come from the recording, so only its kind is shown.
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f" in {where.tb_frame.f_code.co_name}" if where is not None else ""
        return {"failed": "Exception", "message": f"{type(error).__name__}{place}"}


def _failed(error: BystanderError) -> dict[str, object]:
    hint = error.hint[:LONGEST_TEXT] if error.hint else None
    return {"failed": type(error).__name__, "message": str(error)[:LONGEST_TEXT], "hint": hint}


def _leaks(report: Report) -> list[list[str]]:
    return [[leak.check, leak.what[:LONGEST_TEXT]] for leak in report.leaks[:LEAKS_TOLD]]


def _redact(**arguments: Any) -> dict[str, object]:
    report = batch.redact(**arguments)
    return {
        "unsure": len(report.unsure) + len(report.unsure_speech),
        "camera": report.camera.in_words if report.camera else "",
    }


def _draw_up(**arguments: Any) -> dict[str, object]:
    drawn: Plan = batch.draw_up(**arguments)
    return {"regions": len(drawn.redactions)}


def _examine(**arguments: Any) -> dict[str, object]:
    report = batch.examine(**arguments)
    counted = report.recount
    return {
        "ran": [[check.name, check.passed, check.looked_at] for check in report.ran],
        "skipped": [[skip.name, skip.why] for skip in report.skipped],
        "leaks": _leaks(report),
        "leak_count": len(report.leaks),
        "unsure_speech": [[to_text(one.start), to_text(one.end)] for one in report.unsure_speech],
        "camera": [asdict(report.camera)] if report.camera else [],
        "recount": [counted.looks, counted.both, counted.first_only, counted.second_only]
        if counted
        else None,
    }


def _prove(**arguments: Any) -> dict[str, object]:
    proof = prove(**arguments)
    return {name: getattr(proof, name) for name in type(proof).__slots__}


_VERBS: dict[str, Callable[..., dict[str, object]]] = {
    "redact": _redact,
    "draw_up": _draw_up,
    "examine": _examine,
    "prove": _prove,
}
