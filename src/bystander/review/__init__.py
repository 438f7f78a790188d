"""A local web page to look, correct and sign off; it writes decisions, and never alters a plan."""

from bystander.review.places import Place, find
from bystander.review.session import hold
from bystander.review.settings import Settings

__all__ = ["Place", "Settings", "find", "hold"]
