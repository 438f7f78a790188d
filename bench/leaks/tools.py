"""The tools that are compared, run as a person runs them: as commands, with their defaults.

deface 1.5.0 covers faces with black boxes here (``--replacewith solid``): of what it offers, the
one fill that nothing can be worked back from. It is installed in an environment of its own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path

import bystander

_DEFACE = ("deface==1.5.0", "onnxruntime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A command, with ``{in}`` and ``{out}`` where the files go.

    ``state`` tells results of one state of the tool from those of another.
    """

    name: str
    state: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How one run ended and what it took."""

    exit_code: int
    cpu_s: float
    wall_s: float
    peak_mb: float


def own(provider: str = "cpu") -> Tool:
    """Return Bystander as it is installed here, with its defaults, on *provider*."""
    root = Path(bystander.__file__).parent
    digest = hashlib.sha256()
    for path in sorted([*root.rglob("*.py"), *root.glob("assets/*.toml")]):
        digest.update(path.read_bytes())
    return Tool(
        name="bystander",
        state=f"{bystander.__version__}-{digest.hexdigest()[:12]}",
        command=(
            *(sys.executable, "-m", "bystander", "redact"),
            *("{in}", "-o", "{out}", "--force", "--quiet", "--provider", provider),
        ),
    )


def deface(folder: Path, program: str | None = None) -> Tool:
    """Return deface 1.5.0; installed under *folder* unless *program* says where it is.

    Raises:
        SystemExit: It cannot be installed, or *program* is another version.
    """
    if program is None:
        home = folder / "deface-1.5.0"
        program = str(home / "bin" / "deface")
        if not Path(program).exists():
            shutil.rmtree(home, ignore_errors=True)
            venv.create(home, with_pip=True)
            pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", *_DEFACE]
            if subprocess.run(pip, check=False).returncode:
                shutil.rmtree(home, ignore_errors=True)
                raise SystemExit("deface 1.5.0 could not be installed")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    if said.stdout.strip() != "1.5.0":
        raise SystemExit(f"{program} is not deface 1.5.0")
    return Tool(
        name="deface",
        state="1.5.0",
        command=(program, "{in}", "-o", "{out}", "--replacewith", "solid"),
    )


def run(tool: Tool, source: Path, output: Path) -> Run:
    """Run *tool* on *source*; whether *output* exists afterwards is for the caller to see."""
    output.unlink(missing_ok=True)
    words = [
        word.replace("{in}", str(source)).replace("{out}", str(output)) for word in tool.command
    ]
    began = time.monotonic()
    process = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(
        exit_code=process.returncode,
        cpu_s=usage.ru_utime + usage.ru_stime,
        wall_s=time.monotonic() - began,
        peak_mb=usage.ru_maxrss / 1024,
    )
