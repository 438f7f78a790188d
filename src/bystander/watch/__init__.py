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
from bystander.watch.parts import covering, each_once, held, holds, look_at
from bystander.watch.patches import Grey, correlation, sampled, weights
from bystander.watch.watcher import LARGE_PX, LONGEST_S, Look, Watcher, is_due

__all__ = [
    "FLAT",
    "LARGE_PX",
    "LONGEST_S",
    "LOOK_HEIGHT",
    "LOOK_WIDTH",
    "Changes",
    "Grey",
    "Jumps",
    "Look",
    "Pattern",
    "Watcher",
    "correlation",
    "covering",
    "each_once",
    "held",
    "holds",
    "is_due",
    "look_at",
    "pattern",
    "same_scene",
    "sampled",
    "weights",
]
