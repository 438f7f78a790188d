"""What the docs say must be so."""

from __future__ import annotations

import ast
import json
import re
import shlex
from pathlib import Path

import pytest

from bystander import media, plan
from tests.conftest import Cli

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = sorted(
    {
        command.strip()
        for page in PAGES
        for command in re.findall(r"(?<![\w./])bystander (?:[a-z]+ [^`\n]*)", page.read_text())
        if re.match(r"bystander (redact|detect|review|render|verify|prove|models)\b", command)
    }
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_that_the_docs_show_exists(cli: Cli, command: str) -> None:
    words = shlex.split(command.split("|", maxsplit=1)[0])
    options = [word for word in words if re.match(r"--?[a-z]", word)]
    text = cli(words[1], "--help", env={"COLUMNS": "200"}).stdout
    assert "Usage:" in text
    for option in options:
        assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text), option


def test_no_hint_names_a_page_that_is_not_installed() -> None:
    hints = [
        "".join(str(part.value) for part in ast.walk(word.value) if isinstance(part, ast.Constant))
        for path in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for word in getattr(node, "keywords", ())
        if word.arg == "hint"
    ]
    assert len(hints) > 30
    assert [hint for hint in hints if "docs/" in hint or ".md" in hint] == []


def test_the_docs_show_commands() -> None:
    assert len(COMMANDS) > 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_docs_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), target


def test_the_plan_in_the_docs_has_the_shape_of_one() -> None:
    text = (ROOT / "docs" / "formats" / "plan.md").read_text()
    shown = json.loads(re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0])
    properties = plan.schema()["properties"]
    assert set(shown) == set(properties)
    part = plan.schema()["$defs"]["RedactionPart"]["properties"]
    assert set(shown["redactions"][0]) == set(part)
    described = plan.schema()["$defs"]["PolicyPart"]["properties"]
    for name in described:
        assert f"`{name}`" in text, name


def test_the_readme_names_the_containers_that_are_written() -> None:
    readme = (ROOT / "README.md").read_text()
    for suffix in (".mp4", ".mov", ".mkv", ".webm"):
        assert suffix in media.CONTAINERS
        assert f"`{suffix}`" in readme


def test_make_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    listed = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    assert {"demo", "test", "lint", "check", "assets", "clean", "bench"} <= listed
