"""From frames to detections: what a model sees, at which size, and how sure it is."""

from bystander.detect.centerface import CenterFace
from bystander.detect.find import Finder
from bystander.detect.models import Asset, checked, read_lock
from bystander.detect.nanodet import NanoDet
from bystander.detect.session import PROVIDERS
from bystander.detect.yuface import YuFace

__all__ = [
    "PROVIDERS",
    "Asset",
    "CenterFace",
    "Finder",
    "NanoDet",
    "YuFace",
    "checked",
    "read_lock",
]
