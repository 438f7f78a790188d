from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bystander.errors import FootageError
from bystander.run.workspace import Workspace, publish, write_text


def test_the_folder_is_gone_after_any_end(tmp_path: Path) -> None:
    with Workspace(tmp_path / "out.mp4") as workspace:
        (workspace.path / "half").write_bytes(b"x")
    with pytest.raises(RuntimeError), Workspace(tmp_path / "out.mp4"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_living_run_s_folder_is_left_alone(tmp_path: Path) -> None:
    with Workspace(tmp_path / "a.mp4") as first:
        with Workspace(tmp_path / "b.mp4") as second:
            assert first.path.exists()
            assert second.path != first.path
        assert first.path.exists()


def test_what_a_killed_run_left_is_gone_after_the_next(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from bystander.run.workspace import Workspace\n"
        "with Workspace(Path(sys.argv[1])) as w:\n"
        "    (w.path / 'half').write_bytes(b'x'); print('ready', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "out.mp4")], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert len(list(tmp_path.iterdir())) == 1
        process.kill()
    deadline = time.monotonic() + 5
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(list(tmp_path.iterdir())) == 1
    with Workspace(tmp_path / "next.mp4"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_only_looks_like_ours_is_left_alone(tmp_path: Path) -> None:
    for name in (".bystander-notes", ".bystander-abcd1234"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine").write_text("mine")
    with Workspace(tmp_path / "out.mp4"):
        pass
    assert (tmp_path / ".bystander-notes" / "mine").exists()
    assert (tmp_path / ".bystander-abcd1234" / "mine").exists()


def test_a_file_gets_its_name_all_at_once(tmp_path: Path) -> None:
    target = tmp_path / "plan.json"
    target.write_text("old")
    with Workspace(target) as workspace:
        write_text("new", target, workspace)
        made = workspace.path / "x"
        made.write_text("newer")
        publish(made, target)
    assert target.read_text() == "newer"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_an_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(FootageError, match="cannot be written to"), Workspace(tmp_path / "out"):
        pass
    tmp_path.chmod(0o700)
