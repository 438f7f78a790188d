"""The face embedding, with which two of the three attackers look.

Each attacker is granted where the face was before it was hidden: a mask, or the frames around, may
tell. Naive: a face embedding, with clean references. Parrot: the
same, with the references obfuscated alike (Newton, Sweeney, Malin, IEEE TKDE 17, 2005). Trained:
learns from other people, obfuscated alike, what is left that tells people apart (after McPherson,
Shokri, Shmatikov, arXiv 1609.00408, with hand-made features in place of a network).

The embedding is dlib's: King, "Dlib-ml", JMLR 10 (2009), the 29-layer residual network whose
weights ``face_recognition_models`` carries, after alignment by its five landmarks. The package's
68-point landmarks are for non-commercial use only, and are not touched.
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import Any

import dlib
import numpy as np
from bench.attack.faces import Features, Shot, Unusable, widened
from bench.attack.obfuscate import Treatment, obfuscate

from bystander.records import Picture

_CHIP_PX = 150  # what the network was trained on
_CHIP_PADDING = 0.25
# Where dlib's own detector puts its square, from CenterFace's box: measured on AT&T/ORL as medians.
_SQUARE_SIDE, _SQUARE_DOWN = 0.81, 0.06


class Embedder:
    """Turns a face into 128 numbers that are near each other for one person."""

    def __init__(self) -> None:
        """Load the network and the landmarks.

        Raises:
            Unusable: The package that carries them is not there.
        """
        # Only found, not imported: its own code asks for an old setuptools.
        spec = importlib.util.find_spec("face_recognition_models")
        if spec is None or not spec.submodule_search_locations:
            raise Unusable("face-recognition-models is not installed")
        models = Path(spec.submodule_search_locations[0]) / "models"
        self._landmarks: Any = dlib.shape_predictor(
            str(models / "shape_predictor_5_face_landmarks.dat")
        )
        self._network: Any = dlib.face_recognition_model_v1(
            str(models / "dlib_face_recognition_resnet_model_v1.dat")
        )
        # By digest: chips that are all one grey need be looked at only once.
        self._known: dict[bytes, Features] = {}

    def embed(self, shot: Shot, treatment: Treatment) -> Features:
        """Return the embedding of a treated shot, aligned as it was clean; shape (128,)."""
        chip = self.chip(shot, treatment)
        key = hashlib.sha256(chip.tobytes()).digest()
        if key not in self._known:
            self._known[key] = np.array(self._network.compute_face_descriptor(chip))
        return self._known[key]

    def chip(self, shot: Shot, treatment: Treatment) -> Picture:
        """Return what the network sees of a treated shot; shape (150, 150, 3)."""
        clean, margin = widened(shot.picture, shot.face)
        x, y = shot.face.centre
        half = _SQUARE_SIDE * shot.face.height / 2
        y += _SQUARE_DOWN * shot.face.height
        sides = (x - half, y - half, x + half, y + half)
        where = self._landmarks(clean, dlib.rectangle(*(round(side + margin) for side in sides)))
        treated, _ = widened(obfuscate(shot.picture, shot.face, treatment), shot.face)
        chip = dlib.get_face_chip(treated, where, _CHIP_PX, _CHIP_PADDING)
        return np.asarray(chip, dtype=np.uint8)
