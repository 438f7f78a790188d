"""Who looks for what: the detectors that a policy needs, for the plan and for the verifier."""

from __future__ import annotations

from bystander import detect, verify
from bystander.records import Detector, Policy


def for_plan(policy: Policy, provider: str = "cpu") -> tuple[list[Detector], str]:
    """Return the detectors that look for what *policy* names, and what they run on.

    Args:
        policy: What is hidden.
        provider: One of ``detect.PROVIDERS``.

    Raises:
        ModelError: A model is missing or altered, or the provider is not available.
    """
    found: list[Detector] = []
    ran_on = ""
    if policy.wants("faces"):
        faces = detect.CenterFace(provider)
        found, ran_on = [faces], faces.provider
    if any(policy.wants(target) for target in ("heads", "plates", "screens")):
        things = detect.NanoDet(provider)
        found.append(things)
        ran_on = ran_on or things.provider
    if policy.wants("plates") or policy.wants("text"):
        text = detect.PpOcr(provider)
        found.append(text)
        ran_on = ran_on or text.provider
    if policy.wants("text"):
        found.append(detect.Codes())
    return found, ran_on


def for_verifier(policy: Policy) -> list[verify.Witness]:
    """Return who looks over the output for what *policy* hides, faces apart.

    Raises:
        ModelError: A model is missing or altered.
    """
    wants_text = policy.wants("text")
    if not (policy.wants("plates") or wants_text):
        return []
    reader = detect.PpOcr()
    found: list[verify.Witness] = []
    if policy.wants("plates"):
        vehicles = detect.VehiclesIn(detect.NanoDet())
        plates = detect.Plates(reader, vehicles, least_score=policy.text_score, still=False)
        found.append(verify.Witness(name="plates", by=plates.name, look=plates.look))
    if wants_text:
        text = detect.Writing(reader, least_score=policy.text_score)
        codes = detect.Writing(detect.Codes(), least_score=0.0)
        found.append(verify.Witness(name="text", by=text.name, look=text.look))
        found.append(verify.Witness(name="codes", by=codes.name, look=codes.look))
    return found
