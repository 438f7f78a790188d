from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bystander import detect
from bystander.errors import ModelError


@pytest.fixture
def carried(tmp_path: Path) -> Path:
    """Return a copy of what the installation carries."""
    source = detect.checked("centerface").path.parent
    return Path(shutil.copytree(source, tmp_path / "assets"))


def test_what_is_carried_is_what_the_lock_says() -> None:
    assets = detect.read_lock()
    assert {asset.role for asset in assets} == {"detector", "verifier", "sample"}
    for asset in assets:
        asset.check()
        assert asset.licence_path.read_text().strip()
        for licence in asset.licence.split(" AND "):
            assert licence in ("MIT", "BSD-3-Clause", "Apache-2.0")


def test_one_changed_byte_is_an_error(carried: Path) -> None:
    model = carried / "centerface.onnx"
    content = bytearray(model.read_bytes())
    content[1000] ^= 1
    model.write_bytes(content)
    asset = next(a for a in detect.read_lock(carried) if a.name == "centerface")
    with pytest.raises(ModelError, match="not the one in the lock"):
        asset.check()


def test_a_missing_model_is_an_error(carried: Path) -> None:
    (carried / "centerface.onnx").unlink()
    asset = next(a for a in detect.read_lock(carried) if a.name == "centerface")
    with pytest.raises(ModelError, match="is missing"):
        asset.check()


def test_a_missing_or_malformed_lock_is_an_error(carried: Path) -> None:
    (carried / "assets.toml").write_text("[[asset]]\nname = 3")
    with pytest.raises(ModelError, match="malformed"):
        detect.read_lock(carried)
    (carried / "assets.toml").unlink()
    with pytest.raises(ModelError, match="missing"):
        detect.read_lock(carried)


def test_what_is_not_in_the_lock_is_an_error() -> None:
    with pytest.raises(ModelError, match="no other"):
        detect.checked("other")
