"""From frames to detections: what a model sees, at which size, and how sure it is."""

from bystander.detect.centerface import PROVIDERS, CenterFace
from bystander.detect.find import Finder
from bystander.detect.models import Asset, checked, read_lock
from bystander.detect.yuface import YuFace

__all__ = ["PROVIDERS", "Asset", "CenterFace", "Finder", "YuFace", "checked", "read_lock"]
