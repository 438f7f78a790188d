"""From a cast to the table: every treatment against every attacker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from bench.attack.adversary import Embedder
from bench.attack.faces import Cast, Features, Person, Shot
from bench.attack.learner import Described, Learner, crop, describe
from bench.attack.obfuscate import CLEAN, Treatment, obfuscate
from bench.attack.rates import Rate, rank_one

from bystander.records import Picture

ATTACKERS = ("naive", "parrot", "trained, crop", "trained, photo")

# Below this share on clean pictures, or no better than chance there, failing shows nothing.
WEAK = 0.5

Look = Callable[[Picture, Shot], Picture]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How the attackers did against one treatment; ``None`` for one that was not run."""

    treatment: Treatment
    rates: tuple[Rate | None, ...]


def run(cast: Cast, treatments: Iterable[Treatment]) -> Iterator[Row]:
    """Yield the clean row and then one for each treatment, as they are measured."""
    embedder = Embedder()
    references = _embedded(embedder, cast.gallery, CLEAN)
    for treatment in (CLEAN, *treatments):
        probes = _embedded(embedder, cast.probes, treatment)
        alike = _embedded(embedder, cast.gallery, treatment)
        yield Row(
            treatment=treatment,
            rates=(
                rank_one(references, probes),
                rank_one(alike, probes),
                _trained(cast, treatment, lambda picture, shot: crop(picture, shot.face)),
                _trained(cast, treatment, lambda picture, _: picture),
            ),
        )


def _embedded(embedder: Embedder, people: Sequence[Person], treatment: Treatment) -> list[Features]:
    return [np.array([embedder.embed(shot, treatment) for shot in person]) for person in people]


def _trained(cast: Cast, treatment: Treatment, look: Look) -> Rate | None:
    """Return how often who learnt from treated pictures is right, looking as *look* has it."""
    if cast.lacking:
        return None

    def described(people: Sequence[Person]) -> list[list[Described]]:
        return [
            [describe(look(obfuscate(shot.picture, shot.face, treatment), shot)) for shot in person]
            for person in people
        ]

    gallery = described(cast.gallery)
    learner = Learner([*described(cast.others), *gallery])
    return rank_one(
        [learner.project(person) for person in gallery],
        [learner.project(person) for person in described(cast.probes)],
    )


def headline(cast: Cast, faceless: int) -> str:
    """Return what the table is of, in a few sentences."""
    people = len(cast.gallery)
    words = [
        f"Share of pictures named at the first guess, % [exact 95 % interval]. {people} people"
        f" enrolled, n = {cast.probe_count}, chance {100 / people:.1f} %."
    ]
    if cast.others:
        words.append(f"The trained attacker learnt from {len(cast.others)} other people.")
    if faceless:
        words.append(f"Left out: {faceless} pictures in which no face was found.")
    if cast.probe_count > people:
        words.append(
            "Several probes of one person are not independent, so the intervals are narrower than"
            " they should be; `--probes 1` gives ones that are not."
        )
    return " ".join(words)


def header() -> str:
    """Return the head of the table."""
    return f"| fill | extent | {' | '.join(ATTACKERS)} |\n|{'---|' * (2 + len(ATTACKERS))}"


def line(row: Row, cast: Cast) -> str:
    """Return one row of the table."""
    needs = f"not run: needs {cast.lacking} more people"
    cells = [needs if rate is None else str(rate) for rate in row.rates]
    return f"| {row.treatment.fill} | {row.treatment.extent} | {' | '.join(cells)} |"


def remarks(rows: Sequence[Row], cast: Cast) -> list[str]:
    """Return what must be said under the table; *rows* starts with the clean one.

    Of attackers who fail on clean pictures already, and of those who were left nothing to see.
    """
    chance = 1 / len(cast.gallery)
    clean = rows[0]
    said = [
        f"{name} is a weak adversary: it names {rate} % of the clean pictures."
        " Its column proves nothing."
        for name, rate in zip(ATTACKERS, clean.rates, strict=True)
        if rate is not None and (rate.share < WEAK or rate.interval[0] <= chance)
    ]
    if any(rate is not None and rate.blind for row in rows for rate in row.rates):
        said.append(
            "\\* All pictures look the same to this attacker: chance by construction. That says"
            " nothing of what lies around what it looks at, nor of larger pictures."
        )
    return said
