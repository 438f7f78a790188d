"""What a process that reads untrusted files gives up before it opens the first.

Everything here is done by the process to itself and cannot be undone by it: no core dump that
would hold pictures, a limit on memory, no way to more rights; and on Linux, where the kernel has
it, no sockets, no other programs, no look into other processes (seccomp), and no file written
outside of the folders that it works in (Landlock). What cannot be had is left out: the first three
are there on any Unix, and :func:`confine` returns what the others gave.

This file is run as it is, and loads nothing but the standard library before that is done: seccomp
and Landlock hold for the threads that are begun after it, and NumPy begins some when it is loaded.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import platform
import signal
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

# From Linux's headers: prctl.h, seccomp.h, bpf_common.h, audit.h, landlock.h.
_SET_PDEATHSIG, _SET_SECCOMP, _SET_NO_NEW_PRIVS = 1, 22, 38
_FILTER_MODE = 2
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # with EPERM
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_X32 = 0x40000000
# By machine: its number, and of the calls socket, socketpair, execve, execveat, ptrace,
# process_vm_readv, process_vm_writev, io_uring_setup, bpf, userfaultfd.
_CALLS = {
    "x86_64": (0xC000003E, (41, 53, 59, 322, 101, 310, 311, 425, 321, 323)),
    "aarch64": (0xC00000B7, (198, 199, 221, 281, 117, 270, 271, 425, 280, 282)),
}
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_WRITES = sum(1 << bit for bit in (1, *range(4, 13)))  # write, remove and make: version 1
_LANDLOCK_REFER, _LANDLOCK_TRUNCATE = 1 << 13, 1 << 14  # versions 2 and 3


def confine(*, memory_mb: int, folders: Sequence[Path], sockets: bool) -> tuple[str, ...]:
    """Give up what reading files does not need.

    Args:
        memory_mb: The most memory, in MiB; 0: no limit.
        folders: Where files may be written.
        sockets: Keep sockets and other programs: drivers of graphics cards may need them.

    Returns:
        What was given up besides: of ``calls`` and ``writing``.
    """
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if memory_mb:
            most = memory_mb << 20
            _, hard = resource.getrlimit(resource.RLIMIT_DATA)
            if hard != resource.RLIM_INFINITY:
                most = min(most, hard)
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    if sys.platform != "linux":
        return ()
    with suppress(OSError):  # when memory runs out, this process goes and not its parent
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return ()
    given_up = []
    if _keep_writing_to(libc, folders):
        given_up.append("writing")
    if not sockets and _refuse_calls(libc):
        given_up.append("calls")
    return tuple(given_up)


def _refuse_calls(libc: ctypes.CDLL) -> bool:
    """Have the kernel refuse sockets, other programs and looks into other processes."""
    machine, calls = _CALLS.get(platform.machine(), (0, ()))
    if not calls:
        return False
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, len(calls) + 1, 0, _X32),
        *((_EQUAL, len(calls) - at, 0, call) for at, call in enumerate(calls)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HP", len(steps), ctypes.addressof(code)))
    return bool(libc.prctl(_SET_SECCOMP, _FILTER_MODE, program, 0, 0) == 0)


def _keep_writing_to(libc: ctypes.CDLL, folders: Sequence[Path]) -> bool:
    """Have the kernel refuse to write, make or remove files outside of *folders*."""
    if platform.machine() not in _CALLS:
        return False
    call = libc.syscall
    version = call(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 2:
        return False
    writes = _LANDLOCK_WRITES | _LANDLOCK_REFER
    if version > 2:
        writes |= _LANDLOCK_TRUNCATE
    rules = call(_LANDLOCK_CREATE, struct.pack("Q", writes), ctypes.c_size_t(8), 0)
    if rules < 0:
        return False
    try:
        for folder in (*folders, Path(os.devnull)):
            opened = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            try:
                # Of a device, only what is done to a file can be allowed.
                allowed = writes if folder.is_dir() else writes & ((1 << 1) | _LANDLOCK_TRUNCATE)
                rule = struct.pack("=Qi", allowed, opened)
                if call(_LANDLOCK_ADD, rules, 1, rule, 0):
                    return False
            finally:
                os.close(opened)
        return bool(call(_LANDLOCK_RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def _enter() -> None:
    """Begin as a worker: confine this process, and only then load the rest."""
    asked = json.loads(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the parent decides
    # What libraries print must not get between the answers, nor reach a terminal.
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    given_up = confine(
        memory_mb=asked["memory_mb"],
        folders=[Path(folder) for folder in asked["folders"]],
        sockets=asked["sockets"],
    )
    if os.getppid() != asked["parent"]:
        sys.exit(1)  # it ended before its end could be felt here
    sys.path[:] = asked["path"]
    # NumPy's own threads wait by spinning, and the matrices here are too small to be shared.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        worker = importlib.import_module(asked["work"])
    except (ImportError, MemoryError, OSError):  # the parent could: it is the limit
        os.write(answers, b'{"failed": "MemoryError", "message": ""}\n')
        sys.exit(1)
    worker.serve(requests, answers, given_up)


if __name__ == "__main__":
    _enter()
