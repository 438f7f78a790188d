"""From a plan and the finished output to a report of what is still showing. Distrusts everyone."""

from bystander.verify.examine import examine
from bystander.verify.foresight import Foresight
from bystander.verify.marks import Witness
from bystander.verify.second_look import NAME as SECOND_LOOK
from bystander.verify.voices import SPEECH, UNSURE

__all__ = ["SECOND_LOOK", "SPEECH", "UNSURE", "Foresight", "Witness", "examine"]
