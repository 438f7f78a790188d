"""The models that are carried: which, from where, and that they are the ones in the lock."""

from __future__ import annotations

import hashlib
import importlib.util
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bystander.errors import ModelError

_CARRIED = Path(__file__).resolve().parent.parent / "assets"
_HINT = "run `make assets` in a checkout, or install bystander again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One line of the lock.

    Attributes:
        name: What it is called here.
        role: ``detector``, ``verifier`` or ``sample``.
        path: The file on this machine.
        sha256: Digest that the file must have.
        licence: SPDX identifier of its licence.
        licence_path: The text of that licence on this machine.
        package: The package and version that it came in.
        note: Where it is from, in words.
    """

    name: str
    role: str
    path: Path
    sha256: str
    licence: str
    licence_path: Path
    package: str
    note: str

    def check(self) -> None:
        """Compare the file with the lock.

        Raises:
            ModelError: The file is missing or its digest is another.
        """
        try:
            found = hashlib.sha256(self.path.read_bytes()).hexdigest()
        except OSError as error:
            raise ModelError(f"the {self.role} {self.name} is missing", hint=_HINT) from error
        if found != self.sha256:
            raise ModelError(
                f"the {self.role} {self.name} is not the one in the lock: its digest is "
                f"{found[:16]}..., the lock has {self.sha256[:16]}...",
                hint=_HINT,
            )

    @property
    def label(self) -> str:
        """``name@digest`` as plans and reports have it."""
        return f"{self.name}@{self.sha256[:16]}"


def read_lock(folder: Path = _CARRIED) -> tuple[Asset, ...]:
    """Return every asset in the lock that was built into this installation, unchecked.

    Raises:
        ModelError: The lock is missing or malformed.
    """
    try:
        lock = tomllib.loads((folder / "assets.toml").read_text(encoding="utf-8"))
        return tuple(_asset(entry, folder) for entry in lock["asset"])
    except OSError as error:
        raise ModelError("the lock of models and samples is missing", hint=_HINT) from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ModelError("the lock of models and samples is malformed", hint=_HINT) from error


def checked(name: str) -> Asset:
    """Return the asset called *name* after its digest was checked.

    Raises:
        ModelError: It is not in the lock, or :meth:`Asset.check` failed.
    """
    for asset in read_lock():
        if asset.name == name:
            asset.check()
            return asset
    raise ModelError(f"there is no {name} in the lock of models and samples", hint=_HINT)


def _asset(entry: dict[str, Any], folder: Path) -> Asset:
    package = f"{entry['package']} {entry['version']}"
    if entry.get("installed"):
        # An ordinary dependency: pip put it where Python finds it.
        spec = importlib.util.find_spec(entry.get("module", entry["package"]))
        root = Path("missing")
        if spec and spec.origin:
            is_folder = spec.submodule_search_locations is not None
            root = Path(spec.origin).parent.parent if is_folder else Path(spec.origin).parent
        path, licence = root / entry["path"], root / entry["licence_path"]
    else:
        path, licence = folder / entry["file"], folder / f"{entry['name']}.licence.txt"
    return Asset(
        name=entry["name"],
        role=entry["role"],
        path=path,
        sha256=entry.get("result_sha256", entry["file_sha256"]),
        licence=entry["licence"],
        licence_path=licence,
        package=package,
        note=entry["note"],
    )
