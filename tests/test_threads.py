"""Work that is done at once gives what it would have given one after the other."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time

import pytest

from bystander.threads import Beside, cores, each


def test_results_come_in_the_order_of_the_items() -> None:
    def work(number: int) -> int:
        time.sleep(0.02 / (number + 1))
        return number * number

    assert each(work, range(8)) == [number * number for number in range(8)]


@pytest.mark.skipif(cores() < 2, reason="one core: nothing is done at once")
def test_items_are_done_at_once() -> None:
    both = threading.Barrier(2, timeout=20)
    assert sorted(each(lambda _: both.wait(), range(2))) == [0, 1]


def test_work_may_hand_out_work() -> None:
    assert each(lambda n: sum(each(lambda m: n * m, range(3))), range(20)) == [
        3 * n for n in range(20)
    ]


def test_what_the_first_raised_is_raised() -> None:
    def work(number: int) -> int:
        if number:
            raise ValueError(number)
        return number

    with pytest.raises(ValueError, match="1"):
        each(work, range(4))


def test_beside_does_all_in_order_in_one_other_thread() -> None:
    done: list[tuple[int, str]] = []
    with Beside[int](lambda n: done.append((n, threading.current_thread().name))) as beside:
        for number in range(50):
            beside.hand(number)
    assert [number for number, _ in done] == list(range(50))
    assert len({name for _, name in done}) == 1
    assert done[0][1] != threading.current_thread().name


def test_beside_lets_few_things_wait() -> None:
    go, handed = threading.Event(), []

    def hand_all() -> None:
        with Beside[int](lambda _: go.wait(20)) as beside:
            for number in range(50):
                beside.hand(number)
                handed.append(number)

    thread = threading.Thread(target=hand_all)
    thread.start()
    time.sleep(0.2)
    waiting = len(handed)
    go.set()
    thread.join(20)
    assert 1 <= waiting <= 6
    assert len(handed) == 50


def test_what_was_raised_beside_is_raised_here() -> None:
    def work(number: int) -> None:
        if number == 3:
            raise ValueError(number)

    def hand(*numbers: int) -> None:
        with Beside(work) as beside:
            for number in numbers:
                beside.hand(number)

    with pytest.raises(ValueError, match="3"):
        hand(*range(50))
    with pytest.raises(ValueError, match="3"):
        hand(3)


def test_what_has_not_begun_is_dropped_when_the_caller_gives_up() -> None:
    begun, go, done = threading.Event(), threading.Event(), []

    def work(number: int) -> None:
        begun.set()
        go.wait(20)
        done.append(number)

    def give_up() -> None:
        with Beside(work) as beside:
            for number in range(4):
                beside.hand(number)
            begun.wait(20)
            threading.Timer(0.2, go.set).start()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        give_up()
    assert done == []  # not even what had begun is waited for
    for _ in range(200):
        if done:
            break
        time.sleep(0.05)
    time.sleep(0.1)
    assert done == [0]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_forked_process_has_helpers_of_its_own() -> None:
    assert each(abs, [-1, -2]) == [1, 2]
    process = multiprocessing.get_context("fork").Process(target=each, args=(abs, [-1, -2]))
    process.start()
    process.join(20)
    assert process.exitcode == 0
