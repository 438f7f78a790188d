"""From detections to tracks: who is one continuous appearance, by boxes and motion alone."""

from bystander.track.cuts import LOOK_HEIGHT, LOOK_WIDTH, CutFinder
from bystander.track.heads import heads
from bystander.track.link import link

__all__ = ["LOOK_HEIGHT", "LOOK_WIDTH", "CutFinder", "heads", "link"]
