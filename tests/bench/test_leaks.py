"""The bench that measures leaks: what it must find, count, place and write."""

from __future__ import annotations

import doctest
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from bench.leaks import curve, document, files, heads, metrics, plots, results, sets, synthetic
from bench.leaks.judge import Judge, exposed
from bench.leaks.judged import FaceFrame, Judged
from bench.leaks.metrics import Group, Measured, Rate
from PIL import Image
from tests.stage import Scene, draw

from bystander import media
from bystander.records import Kind, Policy

RANDOM = np.random.default_rng(3)
FACE = (20.0, 16.0, 32.0, 40.0)


def textured(height: int = 96, width: int = 160) -> Any:
    """Return a picture with texture everywhere, coarse enough to survive coding."""
    small = RANDOM.integers(20, 235, size=(height // 4, width // 4), dtype=np.uint8)
    return small.repeat(4, 0).repeat(4, 1)


def blurred(picture: Any, radius: int) -> Any:
    padded = np.pad(picture.astype(np.float64), radius, mode="edge")
    side = 2 * radius + 1
    windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side))
    return windows.mean(axis=(2, 3)).round().astype(np.uint8)


def filled(picture: Any, box: tuple[float, ...] = FACE, level: int = 95) -> Any:
    x, y, w, h = (int(side) for side in box)
    after = picture.copy()
    after[y : y + h, x : x + w] = level
    return after


@pytest.mark.parametrize("module", [metrics, heads])
def test_the_examples_hold(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


# What the judge finds


def test_a_bare_face_is_exposed_whole() -> None:
    picture = textured()
    assert exposed(picture, picture, FACE) == 1


def test_under_a_fill_nothing_is_exposed() -> None:
    picture = textured()
    assert exposed(picture, filled(picture), FACE) == 0


def test_a_fill_that_leaves_a_third_of_the_face_leaks_and_a_sliver_does_not() -> None:
    picture = textured()
    x, y, w, h = FACE
    third, sliver = (x, y, w, h * 0.6), (x, y, w, h * 0.95)
    assert exposed(picture, filled(picture, third), FACE) > 0.25  # type: ignore[operator]
    assert exposed(picture, filled(picture, sliver), FACE) <= 0.25  # type: ignore[operator]


def test_a_light_blur_leaks_and_a_heavy_one_does_not() -> None:
    picture = textured()
    light, heavy = exposed(picture, blurred(picture, 1), FACE), blurred(picture, 12)
    assert light is not None
    assert light > 0.25
    assert exposed(picture, heavy, FACE) <= 0.25  # type: ignore[operator]


def test_what_has_no_texture_cannot_be_judged() -> None:
    flat = np.full((96, 160), 128, dtype=np.uint8)
    assert exposed(flat, flat, FACE) is None


def test_other_texture_in_its_place_is_no_leak() -> None:
    picture = textured()
    other = picture.copy()
    other[16:56, 20:52] = RANDOM.integers(20, 235, size=(40, 32))
    assert exposed(picture, other, FACE) <= 0.25  # type: ignore[operator]


def truth_for(frames: int, faces: list[list[float]], **more: Any) -> dict[str, Any]:
    return {
        "fps": 25,
        "frames": [{"index": i, "faces": faces, "ignore": []} for i in range(frames)],
        **more,
    }


def test_tracks_and_their_longest_exposure() -> None:
    picture = textured()
    judge = Judge(truth_for(10, [list(FACE), [100, 40, 30, 30]]))
    for index in range(10):
        after = filled(picture, (100, 40, 30, 30))
        judge.see(index, picture, after if index in {2, 3, 4, 8} else filled(after))
    judged = judge.judged()
    assert [(t.frames, t.leaked, t.longest_s) for t in judged.tracks] == [
        (10, 4, 3 / 25),
        (10, 0, 0),
    ]
    assert judged.leaked == 4
    assert Judged.from_json(json.loads(json.dumps(judged.to_json()))) == judged


def test_ids_join_what_overlap_would_not() -> None:
    picture = textured()
    judge = Judge({"frames": [{"index": i, "faces": [[60 * i, 20, 30, 30, 7]]} for i in range(2)]})
    for index in range(2):
        judge.see(index, picture, picture)
    assert len(judge.judged().tracks) == 1


def test_over_redaction_counts_what_changed_outside_heads_only() -> None:
    picture = np.full((200, 400), 100, dtype=np.uint8)
    after = picture.copy()
    after[:, 300:] = 0
    after[50:60, 50:60] = 0  # within the head region
    judge = Judge(truth_for(1, [[50, 50, 20, 20]]))
    judge.see(0, picture, after)
    assert judge.judged().over_redaction == pytest.approx(0.25)


# Files


def test_files_are_compared_frame_by_frame_by_time(tmp_path: Path) -> None:
    scene = Scene(frames=8)
    before = draw(tmp_path / "before.mp4", scene)

    def hide(index: int, planes: list[Any]) -> None:
        if index != 5:
            planes[0][24:64, 16 + 2 * index : 48 + 2 * index] = 95

    after = draw(tmp_path / "after.mp4", Scene(frames=8, change=hide))
    truth = {
        "fps": 25,
        "frames": [{"index": i, "faces": [[16 + 2 * i, 24, 32, 40]]} for i in range(8)],
    }
    judged = files.judge_files(before, after, truth)
    assert [face.frame for face in judged.faces if face.leaks] == [5]
    assert (judged.frames, judged.missing, judged.size_changed) == (8, 0, False)


def test_a_frame_that_was_dropped_is_missing_and_shifts_no_other(tmp_path: Path) -> None:
    before = draw(tmp_path / "before.mp4", Scene(frames=8))
    after = draw(tmp_path / "after.mp4", Scene(frames=7, pts=lambda i: i + (i > 3)))
    truth = {"fps": 25, "frames": [{"index": i, "faces": []} for i in range(8)]}
    judged = files.judge_files(before, after, truth)
    assert (judged.frames, judged.missing) == (7, 1)


def test_the_sample_shows_everything_to_itself(short_sample: Path) -> None:
    truth = truth_for(24, [[200.0, 100.0, 40.0, 50.0]])
    judged = files.judge_files(short_sample, short_sample, truth)
    assert judged.leaked == len(judged.faces) > 0
    assert judged.psnr_db == np.inf


def test_a_picture_becomes_a_clip_of_one_frame_of_its_size(tmp_path: Path) -> None:
    for size in ((64, 48), (63, 47)):
        Image.fromarray(textured(48, 64)[: size[1], : size[0]]).save(tmp_path / "a.png")
        clip = sets.as_clip(tmp_path / "a.png", tmp_path / "a.mkv")
        with av.open(str(clip)) as container:
            frames = list(container.decode(video=0))
        assert [(f.width, f.height) for f in frames] == [size]


# Figures


@pytest.mark.parametrize(
    ("share", "numbers"),
    [(0.05, (59, 93, 124)), (0.02, (149, 236, 313)), (0.01, (299, 473, 628))],
)
def test_the_upper_bound_is_that_of_the_published_table(
    share: float, numbers: tuple[int, ...]
) -> None:
    for k, n in enumerate(numbers):
        assert Rate(k, n).upper < share <= Rate(k, n - 1).upper


def test_clopper_pearson_as_published() -> None:
    # 97 in 100 and 1 in 100, as in any table of exact binomial limits.
    assert metrics.clopper_pearson(97, 100) == pytest.approx((0.9148, 0.9938), abs=1e-4)
    assert metrics.clopper_pearson(1, 100) == pytest.approx((0.0003, 0.0545), abs=1e-4)
    assert metrics.clopper_pearson(0, 0) == (0.0, 1.0)
    assert metrics.clopper_pearson(0, 10)[0] == 0
    assert metrics.clopper_pearson(10, 10)[1] == 1
    assert Rate(0, 10).upper == pytest.approx(1 - 0.05 ** (1 / 10))


def face(height: float, shown: float = 0.0, track: int = 0, frame: int = 0) -> FaceFrame:
    return FaceFrame(frame=frame, track=track, height_px=height, exposed=shown)


def test_bands_are_half_open_and_lose_nobody() -> None:
    faces = [face(h, h / 100) for h in (8, 10, 15.9, 16, 31, 32, 63.9, 64, 300)]
    rates = metrics.by_height(faces)
    assert [rate.n for rate in rates.values()] == [1, 2, 2, 2, 2]
    assert [rate.k for rate in rates.values()] == [0, 0, 1, 2, 2]


def measured(
    of_set: str = "video",
    origin: metrics.Origin = "semi-manual",
    name: str = "a",
    shown: float = 0.0,
    exit_code: int = 0,
) -> Measured:
    judged = Judged(
        fps=25,
        faces=tuple(face(40, shown if i < 3 else 0.0, frame=i) for i in range(10)),
        over_redaction=0.02,
        squared_error=4.0,
        missing=0,
        frames=10,
    )
    return Measured(
        of_set=of_set,
        origin=origin,
        name=name,
        exit_code=exit_code,
        judged=judged if exit_code == 0 else None,
        cpu_s=1.0,
    )


def test_published_and_semi_manual_boxes_have_no_common_figure() -> None:
    both = (measured(), measured(origin="published", name="b"))
    with pytest.raises(ValueError, match="no common figure"):
        Group(of_set="video", origin="semi-manual", items=both)
    with pytest.raises(ValueError, match="no common figure"):
        Group(
            of_set="images/a",
            origin="published",
            items=(measured("images/a", "published"), measured("images/b", "published")),
        )
    groups = metrics.gather(both)
    assert [(g.origin, len(g.items)) for g in groups] == [("published", 1), ("semi-manual", 1)]


def test_a_group_counts_tracks_and_clips() -> None:
    group = metrics.gather([measured(), measured(name="b", shown=1.0)])[0]
    assert group.leaked == Rate(3, 20)
    assert group.tracks_exposed() == Rate(1, 2)
    assert group.tracks_exposed(0.1) == Rate(1, 2)
    assert group.tracks_exposed(0.5) == Rate(0, 2)
    assert group.items_with_leaks == Rate(1, 2)
    assert group.psnr_db == pytest.approx(42.1, abs=0.1)


def test_what_has_no_output_is_not_counted_as_hidden() -> None:
    group = metrics.gather([measured(), measured(name="b", exit_code=3)])[0]
    assert group.leaked == Rate(0, 10)
    assert len(group.outputs) == 1


# Curves


def test_thresholds_move_together_and_never_past_certainty() -> None:
    policy = curve.scaled(Policy(), 2)
    assert policy.score == 2 * Policy().score
    assert policy.score_continues == 2 * Policy().score_continues
    assert policy.person_score == 0.99
    assert curve.scaled(Policy(), 1) == Policy()
    assert curve.least_scores(Policy())[Kind.FACE] == Policy().score_continues


# Pasted heads


def portrait() -> heads.Head:
    """Return a head whose face is red and whose rest is green."""
    picture = np.zeros((200, 160, 3), dtype=np.uint8)
    picture[..., 1] = 200
    picture[60:140, 50:110] = (200, 0, 0)
    return heads.cut(picture, (50, 60, 60, 80))


def extent(mask: Any) -> tuple[float, float, float, float]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (
        columns[0],
        rows[0],
        columns[-1] + 1 - columns[0],
        rows[-1] + 1 - rows[0],
    )


@pytest.mark.parametrize("centre", [(100, 90), (100.5, 90.25)])
@pytest.mark.parametrize("height", [80, 47.3, 24])
def test_the_face_is_where_the_truth_says(centre: tuple[float, float], height: float) -> None:
    ground = np.zeros((180, 200, 3), dtype=np.float32)
    head, pose = portrait(), heads.Pose(centre=centre, face_px=height)
    heads.paste(ground, head, pose)
    red = (ground[..., 0] > ground[..., 1]) & (ground[..., 0] > 50)
    assert extent(red) == pytest.approx(heads.face_box(head, pose), abs=1.01)


@pytest.mark.parametrize("degrees", [90, 180])
def test_a_turned_face_is_where_the_truth_says(degrees: float) -> None:
    ground = np.zeros((180, 200, 3), dtype=np.float32)
    head, pose = portrait(), heads.Pose(centre=(100, 90), face_px=60, degrees=degrees)
    heads.paste(ground, head, pose)
    red = (ground[..., 0] > ground[..., 1]) & (ground[..., 0] > 50)
    assert extent(red) == pytest.approx(heads.face_box(head, pose), abs=1.01)


def test_only_the_head_changes_the_ground() -> None:
    ground = np.full((180, 200, 3), 90, dtype=np.float32)
    head, pose = portrait(), heads.Pose(centre=(100, 90), face_px=40)
    heads.paste(ground, head, pose)
    changed = (np.abs(ground - 90) > 0.5).any(axis=2)
    wide, tall = head.size(40)
    across, along = head.off_middle(40)
    expected = (100 - across - wide / 2, 90 - along - tall / 2, wide, tall)
    assert extent(changed) == pytest.approx(expected, abs=2.5)


def test_a_head_beyond_the_edge_is_cut_there() -> None:
    ground = np.zeros((60, 60, 3), dtype=np.float32)
    heads.paste(ground, portrait(), heads.Pose(centre=(0, 30), face_px=30))
    heads.paste(ground, portrait(), heads.Pose(centre=(500, 500), face_px=30))
    assert ground[:, :10].any()
    assert not ground[:, 40:].any()


def test_what_occludes_has_no_texture() -> None:
    head = heads.occluded(portrait(), 0.5)
    edge = round(head.face[0] + head.face[2] / 2)
    assert head.colours[:, :edge].std() == 0
    assert head.colours[:, edge:].std() > 0


@pytest.mark.parametrize("case", [c for row in synthetic.cases().values() for _, c in row])
def test_heads_of_every_case_stay_inside_and_apart(case: synthetic.Case) -> None:
    used, places, swing = synthetic._places([portrait()] * synthetic.MOST_HEADS, case)
    assert used
    boxes = []
    for head, place in zip(used, places, strict=True):
        pose = heads.Pose(centre=place, face_px=case.height_px, degrees=case.rotation)
        boxes.append(heads.face_box(head, pose))
    for x, y, w, h in boxes:
        assert x >= 0
        assert y >= 0
        assert x + w + swing <= synthetic.WIDTH
        assert y + h <= synthetic.HEIGHT
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            apart_x = a[0] >= b[0] + b[2] or b[0] >= a[0] + a[2]
            assert apart_x or a[1] >= b[1] + b[3] or b[1] >= a[1] + a[3]


def test_a_composite_has_its_truth_and_leaks_when_nothing_is_hidden(tmp_path: Path) -> None:
    ground = draw(tmp_path / "ground.mp4", Scene(frames=3))
    (tmp_path / "portraits").mkdir()
    # A face needs texture to be judged.
    Image.fromarray(np.stack([textured(200, 160)] * 3, axis=2)).save(
        tmp_path / "portraits" / "p.png"
    )
    truth = {"frames": [{"index": 0, "faces": [[50, 60, 60, 80]]}]}
    (tmp_path / "portraits" / "p.json").write_text(json.dumps(truth))
    cut = heads.heads_of(tmp_path, 6)
    case = synthetic.Case(speed=12)
    item = synthetic.compose(ground, cut * 2, case, tmp_path / "made.mp4", frames=5)
    judged = files.judge_files(item.path, item.path, item.truth)
    assert judged.frames == 5
    assert len(judged.tracks) == 2
    assert judged.leaked == len(judged.faces) == 10
    xs = [frame["faces"][0][0] for frame in item.truth["frames"]]
    assert np.diff(xs) == pytest.approx(12)


# What is written


def test_only_its_own_section_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "measurements.md"
    page.write_text(f"# Top\n\n{document.BEGIN}\nold\n{document.END}\n\n## Memory\n\nstays\n")
    document.write(page, "new\n")
    made = page.read_text()
    assert made == f"# Top\n\n{document.BEGIN}\nnew\n{document.END}\n\n## Memory\n\nstays\n"
    document.write(page, "new\n")
    assert page.read_text() == made
    page.write_text(f"{document.END}\n")
    with pytest.raises(ValueError, match="markers"):
        document.write(page, "new")
    document.write(tmp_path / "begun.md", "new")
    assert (tmp_path / "begun.md").read_text() == f"{document.BEGIN}\nnew\n{document.END}\n"


def everything() -> dict[str, dict[str, Any] | None]:
    """Return a little of every step, as it is kept."""
    clips = [measured(), measured(name="b", shown=1.0), measured(name="c", exit_code=3)]
    photos = [measured("images/x", "published"), measured("images/y", "published", shown=1.0)]
    states = {"bystander": "0-abc", "deface": "1.5.0"}

    def step(items: list[Measured]) -> dict[str, Any]:
        rows = [results.measured_to_json(item) for item in items]
        counts = {i.of_set: sum(j.of_set == i.of_set for j in items) for i in items}
        return {
            "states": states,
            "measured": {"bystander": rows, "deface": rows},
            "counts": counts,
            "used": counts,
        }

    points = [
        {"factor": factor, **results.measured_to_json(item)}
        for factor in (1.0, 2.0)
        for item in (*clips[:2], *photos)
    ]
    row = {"value": 48, **{tool: [results.measured_to_json(clips[1])] for tool in states}}
    counts = {"video": 2, "images/x": 1, "images/y": 1}
    return {
        "video": step(clips),
        "stills": step(photos),
        "curve": {"points": points, "counts": counts, "used": counts},
        "synthetic": {
            "states": states,
            "measured": {"height_px": [row]},
            "grounds": ["road"],
            "heads": 6,
        },
    }


def test_the_document_keeps_sets_apart_and_says_what_gave_no_output(tmp_path: Path) -> None:
    drawn = plots.draw(everything(), tmp_path)
    text = document.text(everything(), drawn)
    assert "### video: semi-manual boxes" in text
    assert "### images/x: published boxes" in text
    assert "### images/y: published boxes" in text
    assert "| faces in frames that leak | 3 of 20: 15.0 % [3.2-37.9], at most 34.4 % |" in text
    assert "no output, exit 3" in text
    assert "| clips, of which without output | 3, 1 |" in text
    for path in drawn:
        assert f"(plots/{path.name})" in text


def test_plots_are_the_same_bytes_for_the_same_figures(tmp_path: Path) -> None:
    first = plots.draw(everything(), tmp_path / "a")
    second = plots.draw(everything(), tmp_path / "b")
    assert [p.name for p in first] == [p.name for p in second]
    assert len(first) == 6
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert "<dc:date>" not in one.read_text()


def test_a_result_is_kept_for_the_same_state_only(tmp_path: Path) -> None:
    held = results.Results(tmp_path)
    assert held.kept(["tool", "set", "clip", "state 1"], lambda: [{"n": 1}]) == [{"n": 1}]
    assert held.kept(["tool", "set", "clip", "state 1"], lambda: [{"n": 2}]) == [{"n": 1}]
    assert held.kept(["tool", "set", "clip", "state 2"], lambda: [{"n": 3}]) == [{"n": 3}]
    assert held.read_step("video") is None


def test_sets_are_told_by_folder_and_by_where_boxes_are_from(tmp_path: Path) -> None:
    for name, annotation in (
        ("video/a", "semi-manual"),
        ("images/x/b", None),
        ("images/x/c", "published, rescaled"),
        ("images/y/d", "detector box, one face a picture"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        truth = truth_for(1, [[1, 1, 9, 9]], **({"annotation": annotation} if annotation else {}))
        (tmp_path / f"{name}.json").write_text(json.dumps(truth))
        (tmp_path / f"{name}.jpg").touch()
    assert [(i.of_set, i.origin, i.path.stem) for i in sets.videos(tmp_path)] == [
        ("video", "semi-manual", "a")
    ]
    assert [(i.of_set, i.origin, i.path.stem) for i in sets.stills(tmp_path)] == [
        ("images/x", "published", "b"),
        ("images/x", "published", "c"),
    ]
    assert len(sets.first(sets.stills(tmp_path), 1)) == 1


def test_luma_in_memory_is_that_of_a_file(tmp_path: Path, short_sample: Path) -> None:
    ours = next(iter(media.open_footage(short_sample).frames()))
    with av.open(str(short_sample)) as container:
        theirs = next(container.decode(video=0)).to_ndarray(format="gray")
    assert ours.at == Fraction(0)
    assert np.abs(curve.luma(ours).astype(int) - theirs).max() <= 1


def test_the_document_says_which_state_each_step_measured() -> None:
    said = document._states(
        {
            "bystander": {"1-new": ["curve"], "1-old": ["synthetic"]},
            "deface": {"1.5.0": ["curve", "synthetic"]},
        }
    )
    assert said == (
        "bystander 1-new in the steps curve, bystander 1-old in the steps synthetic, deface 1.5.0"
    )
