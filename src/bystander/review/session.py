"""One review from its begin to its end: the server, the browser, and what ends both."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress

from bystander.review import lifetime, serving
from bystander.review.app import build
from bystander.review.browser import Doorway
from bystander.review.built import Page
from bystander.review.keys import Keys
from bystander.review.places import Place
from bystander.review.room import Room
from bystander.review.settings import Settings

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_IDLE_S = 30 * 60.0


def hold(
    places: Sequence[Place],
    settings: Settings,
    *,
    say: Callable[[str], None],
    port: int = 0,
    idle_s: float = _IDLE_S,
    browser: bool = True,
) -> str:
    """Serve the page on *places* until it is to end; return why it ended, for a person.

    Args:
        places: What is reviewed.
        settings: How.
        say: Told of every start link, which works once.
        port: Where on this machine it is served; 0: at a free port.
        idle_s: It ends when nobody has used it for so long, in seconds.
        browser: Have the browser open the page.

    Raises:
        BystanderError: The port cannot be had; or, if there is one file, it cannot be opened.
    """
    parent = os.getppid()
    _leave_no_dump()
    listening = serving.listen(port)
    host = f"{serving.ADDRESS}:{listening.getsockname()[1]}"
    clock = lifetime.Clock(idle_s)
    doorway = Doorway()

    def came_in() -> None:
        doorway.close()
        clock.use()

    keys = Keys(listening.getsockname()[1], used=came_in)
    with (
        doorway,
        Room(places, settings, keys=keys, clock=clock) as room,
        serving.Serving(build(room, Page(), host=host), listening) as server,
    ):

        def let_in() -> None:
            link = f"http://{host}/start?token={keys.new_link()}"
            say(link)
            if browser:
                doorway.open(link)

        if len(places) == 1:  # what is wrong with it is said at once, and not on the page
            room.desk(0)
        clock.use()
        let_in()
        return lifetime.wait(
            clock,
            parent=parent,
            alive=lambda: server.alive,
            at_work=lambda: room.jobs.at_work,
            enter=let_in,
        )


def _leave_no_dump() -> None:
    """Have no core dump written of this process, which has pictures in its memory."""
    if resource is not None:
        with suppress(OSError, ValueError):
            _, most = resource.getrlimit(resource.RLIMIT_CORE)
            resource.setrlimit(resource.RLIMIT_CORE, (0, most))
