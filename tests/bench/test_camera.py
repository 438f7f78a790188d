"""The cameras that the fingerprint is measured with."""

from __future__ import annotations

import numpy as np

from bench import camera, sensor


def test_a_camera_films_the_same_twice_and_leaves_its_own_pattern() -> None:
    scenes = [sensor.drawn_scene(1, 192)]
    gain = sensor.fingerprint(0, 128)
    once, twice = (list(sensor.filmed(scenes, gain, 3, frames=4)) for _ in range(2))
    assert all(
        np.array_equal(a, b)
        for (one, _), (two, _) in zip(once, twice, strict=True)
        for a, b in zip(one, two, strict=True)
    )
    noise = np.mean([planes[0] - still[0] for planes, still in once], axis=0)
    light = np.mean([still[0] - 16 for _, still in once], axis=0)
    assert np.corrcoef(noise.ravel(), (gain * light).ravel())[0, 1] > 0.5


def test_likeness_is_complete_only_for_the_same_picture() -> None:
    picture = sensor.drawn_scene(2, 64)[0].astype(np.float64)
    seen = np.ones(picture.shape, dtype=bool)
    assert camera.ssim(picture, picture, seen) > 0.999
    noisy = picture + np.random.default_rng(1).normal(0, 20, picture.shape)
    assert camera.ssim(picture, noisy, seen) < 0.95
