"""How a child answers: one request after the other, in lines of JSON, until there are no more.

Requests come pickled, from a parent that is trusted. Answers go out as one JSON object a line, for
the parent trusts nobody who has read a hostile file: see :mod:`bystander.run.child`. Where an
answer is a picture or sound, its last line says how many bytes follow.
"""

from __future__ import annotations

import json
import os
import pickle
import select
import time
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from bystander.errors import BystanderError, LeakFound
from bystander.records import Report

# What a verb gives: numbers and texts, and perhaps bytes.
Done = dict[str, object] | tuple[dict[str, object], bytes]
Verbs = Mapping[str, Callable[..., Done]]

_SECONDS_BETWEEN_STEPS = 0.1
# What onnxruntime says when there is none; its errors have no kind for it.
_NO_MEMORY = ("bad_alloc", "Failed to allocate memory", "bad allocation")
LEAKS_TOLD = 200
LONGEST_TEXT = 2000


class Answers:
    """Progress, as lines to the parent."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._steps = 0
        self._told = 0.0

    def send(self, message: dict[str, object], body: bytes = b"") -> None:
        """Send one message and *body*, after the steps that came before it."""
        if self._steps:
            steps, self._steps = self._steps, 0
            self.send({"step": steps})
        if body:
            message = message | {"bytes": len(body)}
        self._file.write(json.dumps(message).encode("ascii") + b"\n" + body)
        self._file.flush()

    def begin(self, what: str, frames: int) -> None:
        """Tell that a pass begins."""
        self.send({"begin": what, "frames": frames})

    def step(self) -> None:
        """Count a frame, and tell of it soon."""
        self._steps += 1
        now = time.monotonic()
        if now - self._told >= _SECONDS_BETWEEN_STEPS:
            self._told, steps, self._steps = now, self._steps, 0
            self.send({"step": steps})

    def say(self, line: str) -> None:
        """Tell something that a person should know."""
        self.send({"say": line[:LONGEST_TEXT]})


def serve(
    requests: int,
    answers: int,
    given_up: tuple[str, ...],
    verbs: Verbs,
    idle: Callable[[], bool] = lambda: False,
) -> None:
    """Answer requests from the descriptor *requests* to *answers* until there are no more.

    Args:
        requests: Pickled pairs of a verb and its arguments by name.
        answers: Where lines of JSON go.
        given_up: What this process cannot do any more; told first.
        verbs: What may be asked for.
        idle: Called while nobody asks for anything, as long as it returns true; for short work.
    """
    said = Answers(os.fdopen(answers, "wb"))
    try:
        said.send({"ready": list(given_up)})
        with os.fdopen(requests, "rb") as file:
            while True:
                # Nothing of a next request is in the file's buffer: each waits for its answer.
                while not select.select([file], [], [], 0)[0] and idle():
                    pass
                try:
                    verb, arguments = pickle.load(file)  # noqa: S301 from our parent
                except EOFError:
                    return
                said.send(*_answer(verbs[verb], arguments, said))
    except BrokenPipeError:
        os._exit(1)  # nobody is there to be told


def _answer(
    verb: Callable[..., Done], arguments: dict[str, Any], said: Answers
) -> tuple[dict[str, object], bytes]:
    try:
        done = verb(**arguments, progress=said)
        done, body = done if isinstance(done, tuple) else (done, b"")
    except LeakFound as error:
        return _failed(error) | {"leaks": leaks(error.report)}, b""
    except BystanderError as error:
        return _failed(error), b""
    except MemoryError:
        return {"failed": "MemoryError", "message": ""}, b""
    except BrokenPipeError:
        raise
    except Exception as error:
        if any(words in str(error) for words in _NO_MEMORY):
            return {"failed": "MemoryError", "message": ""}, b""
        if os.environ.get("BYSTANDER_TRACEBACK"):  # for those who mend it
            raise
        # What such an error says may come from the recording, so only its kind is shown.
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f" in {where.tb_frame.f_code.co_name}" if where is not None else ""
        return {"failed": "Exception", "message": f"{type(error).__name__}{place}"}, b""
    return {"done": done}, body


def _failed(error: BystanderError) -> dict[str, object]:
    hint = error.hint[:LONGEST_TEXT] if error.hint else None
    return {"failed": type(error).__name__, "message": str(error)[:LONGEST_TEXT], "hint": hint}


def leaks(report: Report) -> list[list[str]]:
    """Return the leaks of *report* as they are told of."""
    return [[leak.check, leak.what[:LONGEST_TEXT]] for leak in report.leaks[:LEAKS_TOLD]]
