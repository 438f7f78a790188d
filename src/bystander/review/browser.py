"""Opening the browser without telling everyone on the machine the link.

What programs are run with can be read by all users, and browsers are run with the address to open.
So they are given a file that only this user can read, and that leads on to the link.
"""

from __future__ import annotations

import html
import os
import shutil
import sys
import tempfile
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path


class Doorway:
    """A file that leads to the start link; a context manager, and gone when it ends."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def __enter__(self) -> Doorway:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self, link: str) -> bool:
        """Have the browser open *link*; return whether there may be one that can show it."""
        self.close()
        if not _has_screen():
            return False
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="bystander-review-"))  # 0700
            door = self._folder / "open.html"
            descriptor = os.open(door, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(
                    '<!doctype html><meta charset="ascii"><meta name="referrer" '
                    f'content="no-referrer"><meta http-equiv="refresh" content="0; '
                    f'url={html.escape(link)}"><title>Bystander</title>'
                )
        except OSError:
            self.close()
            return False
        # Some are waited for until they end, so that is done beside.
        threading.Thread(target=_browse, args=(door,), name="browser", daemon=True).start()
        return True

    def close(self) -> None:
        """Remove the file; called as soon as the link was followed."""
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _browse(door: Path) -> None:
    with suppress(webbrowser.Error, OSError):
        webbrowser.open(door.as_uri())


def _has_screen() -> bool:
    """Return whether a browser would have a window: one in the terminal shows no page of ours."""
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
