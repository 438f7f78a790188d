"""Pictures and sound of one file, from the two children that decode it.

One answers what a person waits for, the other what may take its time. Requests for pictures that
nobody waits for any more, as there are many when somebody scrubs, are not passed on. What was shown
is kept in memory for a while, and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

from bystander import run
from bystander.review.answers import Refusal

_T = TypeVar("_T")
_MOST_KEPT = 48 << 20  # bytes of JPEG a file


class Pictures:
    """A context manager; when it ends, so do the children."""

    def __init__(self, viewer: Callable[[], run.Viewer]) -> None:
        """Start two children by *viewer*; they get ready meanwhile."""
        self.front, self.back = viewer(), viewer()
        self._turns = {True: asyncio.Lock(), False: asyncio.Lock()}
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._size = 0

    def close(self) -> None:
        """End the children."""
        self.front.close()
        self.back.close()

    async def show(
        self,
        key: Hashable,
        make: Callable[[], bytes],
        gone: Callable[[], Awaitable[bool]],
        *,
        front: bool,
    ) -> bytes:
        """Return the picture called *key*, which *make* makes unless it is kept.

        Args:
            key: Everything that the picture depends on.
            make: Asks a child.
            gone: Whether nobody waits for it any more.
            front: Whether it asks the child in front; one question is asked after the other.

        Raises:
            Refusal: Nobody does.
        """
        if (found := self._found(key)) is not None:
            return found
        async with self._turns[front]:
            if await gone():
                raise Refusal(499, "gone", "nobody waits for it")
            if (found := self._found(key)) is not None:  # another asked for the same
                return found
            made = await run_in_threadpool(make)
            self._keep(key, made)
        return made

    def _found(self, key: Hashable) -> bytes | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def _keep(self, key: Hashable, made: bytes) -> None:
        self._kept[key] = made
        self._size += len(made)
        while self._size > _MOST_KEPT and len(self._kept) > 1:
            _, old = self._kept.popitem(last=False)
            self._size -= len(old)
