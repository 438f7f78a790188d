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
from bystander.watch.parts import covering, look_at
from bystander.watch.watcher import LONGEST_S, Look, Watcher, is_due

__all__ = [
    "FLAT",
    "LONGEST_S",
    "LOOK_HEIGHT",
    "LOOK_WIDTH",
    "Changes",
    "Jumps",
    "Look",
    "Pattern",
    "Watcher",
    "covering",
    "is_due",
    "look_at",
    "pattern",
    "same_scene",
]
