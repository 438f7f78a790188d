"""From frames and sound to detections: what a model sees, at which size, and how sure it is."""

from bystander.detect.centerface import CenterFace
from bystander.detect.codes import Codes
from bystander.detect.fastest import AUTO, chosen
from bystander.detect.find import Finder
from bystander.detect.models import Asset, checked, read_lock
from bystander.detect.nanodet import NanoDet
from bystander.detect.plates import Plates, VehiclesIn
from bystander.detect.ppocr import PpOcr
from bystander.detect.runtimes import PROVIDERS
from bystander.detect.session import unload
from bystander.detect.voices import BothEars, Silero, WebRtc, listener
from bystander.detect.writing import Writing
from bystander.detect.yuface import YuFace

__all__ = [
    "AUTO",
    "PROVIDERS",
    "Asset",
    "BothEars",
    "CenterFace",
    "Codes",
    "Finder",
    "NanoDet",
    "Plates",
    "PpOcr",
    "Silero",
    "VehiclesIn",
    "WebRtc",
    "Writing",
    "YuFace",
    "checked",
    "chosen",
    "listener",
    "read_lock",
    "unload",
]
