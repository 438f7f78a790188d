"""Which frames are looked at, and which parts of them: as few as it takes to miss nothing."""

from bystander.watch.changes import Changes
from bystander.watch.likeness import (
    FLAT,
    LOOK_HEIGHT,
    LOOK_WIDTH,
    Jumps,
    Pattern,
    pattern,
    same_scene,
)
from bystander.watch.parts import covering
from bystander.watch.watcher import LONGEST_S, Watcher

__all__ = [
    "FLAT",
    "LONGEST_S",
    "LOOK_HEIGHT",
    "LOOK_WIDTH",
    "Changes",
    "Jumps",
    "Pattern",
    "Watcher",
    "covering",
    "pattern",
    "same_scene",
]
