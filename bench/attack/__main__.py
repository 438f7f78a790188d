"""``python -m bench.attack FOLDER``, from the checkout; see ``README.md`` beside this file."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from bystander.errors import BystanderError

_NEEDED = {
    "dlib": "dlib-bin",
    "face_recognition_models": "face-recognition-models",
    "PIL": "pillow",
    "scipy": "scipy",
}

_WARNING = (
    "attack: this identifies people. It is for public benchmark sets only: never run it on footage"
    " of people who are to be protected."
)


def missing() -> list[str]:
    """Return which packages of the extra are not installed."""
    return [name for module, name in _NEEDED.items() if importlib.util.find_spec(module) is None]


def main(words: Sequence[str] | None = None) -> None:
    """Measure, and print the table of rates.

    Args:
        words: The command line; that of the process unless given.

    Raises:
        SystemExit: With one line that says what was wrong; or 2, wrong usage.
    """
    parser = argparse.ArgumentParser(prog="python -m bench.attack", description=_WARNING)
    parser.add_argument("folder", type=Path, help="FOLDER/PERSON-LABEL/*.jpg, png or pgm")
    parser.add_argument("--train", type=Path, help="a folder of other people to learn from")
    parser.add_argument("--people", type=positive, help="read no more than the first so many")
    parser.add_argument(
        "--probes", type=positive, help="name no more than so many pictures of each"
    )
    parser.add_argument("--fill", nargs="+", help="these fills only")
    arguments = parser.parse_args(words)
    if absent := missing():
        raise SystemExit(
            f"attack: error: {', '.join(absent)} not installed; pip install '.[attack]'"
        )
    # Only now: without the extra these do not load.
    from bench.attack.faces import Unusable

    print(_WARNING, file=sys.stderr, flush=True)
    try:
        _measure(arguments)
    except (Unusable, BystanderError) as error:
        raise SystemExit(f"attack: error: {error}") from None


def _measure(arguments: argparse.Namespace) -> None:
    from bench.attack import faces, obfuscate, trial

    from bystander import detect

    treatments = obfuscate.TREATMENTS
    if arguments.fill:
        known = dict.fromkeys(treatment.fill for treatment in treatments)
        if unknown := set(arguments.fill) - set(known):
            raise faces.Unusable(f"no fill {min(unknown)}; there are {', '.join(known)}")
        treatments = tuple(t for t in treatments if t.fill in arguments.fill)
    detector = detect.CenterFace()
    attacked = faces.read(arguments.folder, detector, people=arguments.people)
    training = None
    if arguments.train:
        training = faces.read(arguments.train, detector)
        if shared := faces.same_labels(arguments.folder, arguments.train):
            raise faces.Unusable(
                f"{shared} labels are in both folders: who trains the attacker must be other people"
            )
    cast = faces.assign(attacked, training, probes=arguments.probes)
    print(trial.headline(cast, attacked.faceless) + "\n\n" + trial.header())
    rows = []
    for row in trial.run(cast, treatments):
        print(trial.line(row, cast), flush=True)
        rows.append(row)
    for remark in trial.remarks(rows, cast):
        print(f"\n{remark}")


def positive(word: str) -> int:
    """Return a number above 0; ``ValueError`` if it is none."""
    count = int(word)
    if count < 1:
        raise ValueError
    return count


if __name__ == "__main__":
    main()
