"""How much a file may ask of this machine before it is refused."""

from __future__ import annotations

# Pixels of one picture of a photo: what it takes to hold it is ten times as many bytes and more.
MOST_PIXELS = 200_000_000
