"""From detections to tracks: who is one continuous appearance, by boxes and motion alone."""

from bystander.track.bodies import bodies, body_of
from bystander.track.cuts import CutFinder
from bystander.track.follow import Followed, follow
from bystander.track.heads import heads
from bystander.track.link import link
from bystander.track.overlays import overlays

__all__ = ["CutFinder", "Followed", "bodies", "body_of", "follow", "heads", "link", "overlays"]
