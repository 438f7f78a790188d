"""From frames to detections: what a model sees, at which size, and how sure it is."""

from bystander.detect.centerface import CenterFace
from bystander.detect.fastest import AUTO, chosen
from bystander.detect.find import Finder
from bystander.detect.models import Asset, checked, read_lock
from bystander.detect.nanodet import NanoDet
from bystander.detect.runtimes import PROVIDERS
from bystander.detect.yuface import YuFace

__all__ = [
    "AUTO",
    "PROVIDERS",
    "Asset",
    "CenterFace",
    "Finder",
    "NanoDet",
    "YuFace",
    "checked",
    "chosen",
    "read_lock",
]
