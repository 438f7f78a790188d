"""Pictures for a page to show."""

from __future__ import annotations

import io

from PIL import Image

from bystander.records import Picture


def jpeg(shown: Picture, quality: int) -> bytes:
    """Return *shown*, (rows, columns, 3), as JPEG with nothing in it but the picture."""
    file = io.BytesIO()
    Image.fromarray(shown).save(file, "JPEG", quality=quality)
    return file.getvalue()
