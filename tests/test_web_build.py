"""The page as it was built: what the server's Content-Security-Policy lets in, and no more."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest

import bystander

ROOT = Path(__file__).resolve().parents[1]
PAGE = Path(bystander.__file__).parent / "review" / "page"


class _Elements(HTMLParser):
    """Every element of a page with its attributes, and the text within scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.found[-1:] and self.found[-1][0] in {"script", "style"}:
            self.inline += data.strip()


@pytest.fixture
def page() -> _Elements:
    elements = _Elements()
    elements.feed((PAGE / "index.html").read_text(encoding="utf-8"))
    return elements


def test_the_page_holds_nothing_inline(page: _Elements) -> None:
    assert page.inline == ""
    for _, attributes in page.found:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_the_page_asks_for_its_own_files_alone(page: _Elements) -> None:
    asked = [
        value
        for _, attributes in page.found
        for name, value in attributes.items()
        if name in {"src", "href"}
    ]
    assert asked
    for address in asked:
        assert address is not None
        assert address.startswith("/assets/")
        assert (PAGE / address.removeprefix("/")).is_file()


def test_names_of_its_files_change_with_their_contents() -> None:
    names = [path.name for path in (PAGE / "assets").iterdir()]
    assert any(name.endswith(".js") for name in names)
    for name in names:
        assert re.fullmatch(r"[a-z-]+-[\w-]{8}\.(js|css|svg)", name)


def test_scripts_neither_make_code_nor_name_other_hosts() -> None:
    # Of namespaces and of what libraries say about themselves in messages; none is ever fetched.
    named = {"www.w3.org", "github.com", "konvajs.org"}
    for path in (PAGE / "assets").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function\(|document\.write", text)
        assert set(re.findall(r"https?://([\w.-]+)", text)) <= named
    for path in (PAGE / "assets").glob("*.css"):
        assert not re.search(r"url\(|@import", path.read_text(encoding="utf-8"))


def test_licences_of_what_is_in_it_are_beside_it() -> None:
    text = (PAGE / "licences.md").read_text(encoding="utf-8")
    for package in ("preact", "@preact/signals", "@preact/signals-core"):
        assert f"## {package} - " in text
    assert text.count("MIT License") >= 3


def test_the_lock_names_digests_and_no_index() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not [name for name, entry in packages.items() if "resolved" in entry]


def test_dependencies_are_pinned() -> None:
    wanted = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    for version in [*wanted["dependencies"].values(), *wanted["devDependencies"].values()]:
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)


@pytest.fixture
def build() -> ModuleType:
    """The module that builds the page, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("web_build", ROOT / "web_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_in_place_is_built_from_the_sources_as_they_are(build: ModuleType) -> None:
    built_from = (PAGE / "sources.sha256").read_text(encoding="utf-8").strip()
    assert built_from == build.sources(), "make web builds it anew"


def test_a_change_to_what_the_page_is_built_from_is_seen(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "web", tmp_path / "web", ignore=shutil.ignore_patterns("node_modules"))
    monkeypatch.setattr(build, "WEB", tmp_path / "web")
    before = build.sources()
    (tmp_path / "web" / "node_modules").mkdir()
    (tmp_path / "web" / "node_modules" / "a.js").write_text("1", encoding="utf-8")
    (tmp_path / "web" / "src" / "a.test.ts").write_text("1", encoding="utf-8")
    assert build.sources() == before
    (tmp_path / "web" / "src" / "a.ts").write_text("1", encoding="utf-8")
    with_a = build.sources()
    (tmp_path / "web" / "src" / "a.ts").rename(tmp_path / "web" / "src" / "b.ts")
    assert len({before, with_a, build.sources()}) == 3
