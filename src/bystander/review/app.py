"""What is served, by address. Every method reads what is asked, has it done, and answers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bystander import __version__
from bystander.errors import BystanderError, Conflict, WorkerLost
from bystander.geometry import Box
from bystander.review import work
from bystander.review.answers import Refusal, answer
from bystander.review.asked import Asked, Nothing, body, query
from bystander.review.built import Page
from bystander.review.changes import At, Corners, Decide, Revision, Second, in_terms
from bystander.review.desk import Desk
from bystander.review.gate import Gate
from bystander.review.jobs import FOLLOW
from bystander.review.room import Room
from bystander.timeline import Span

_LARGEST_SIDE = 4096
_MOST_BUCKETS = 200_000
_LONGEST_SOUND_S = 60

_STEPS: dict[str, tuple[Literal[1, -1], ...]] = {
    "both": (1, -1),
    "forwards": (1,),
    "backwards": (-1,),
}
_T = TypeVar("_T", bound=Asked)
Side = Annotated[int, Field(ge=16, le=_LARGEST_SIDE)]
_BOX = r"^\d{1,5},\d{1,5},\d{1,5},\d{1,5}$"


class FrameAsked(Asked):
    """A frame: how wide, and as it will be rendered or as it is."""

    width: Side = 1280
    masks: Annotated[int, Field(ge=0, le=1)] = 0
    revision: Revision | None = None


class CropAsked(Asked):
    """A part of a frame."""

    box: Annotated[str, Field(pattern=_BOX)]
    width: Side = 96


class ThumbAsked(Asked):
    """A small frame."""

    height: Side = 64


class WaveformAsked(Asked):
    """How loud the sound is, in so many pieces."""

    buckets: Annotated[int, Field(ge=1, le=_MOST_BUCKETS)] = 2000


class SoundAsked(Asked):
    """A piece of the sound."""

    start: Second
    end: Second


class WalkAsked(Asked):
    """One of the audit's draws."""

    walk: Annotated[int, Field(ge=1, le=1_000_000)]


class FollowAsked(Asked):
    """Follow what is in a box at a moment."""

    at: Second
    box: Corners
    direction: Literal["both", "forwards", "backwards"]
    until: Second | None = None


def build(room: Room, page: Page, *, host: str) -> ASGIApp:
    """Return the application that serves *room* and *page* at *host*, behind its gate."""
    routes = _Routes(room, page)
    file = "/api/files/{n:int}"
    app = Starlette(
        routes=[
            Route("/", routes.index),
            Route("/assets/{name}", routes.asset),
            Route("/api/session", routes.session),
            Route("/api/active", routes.active, methods=["POST"]),
            Route("/api/jobs/{id}", routes.job),
            Route("/api/jobs/{id}", routes.stop, methods=["DELETE"]),
            Route(file, routes.document),
            Route(f"{file}/times", routes.times),
            Route(f"{file}/revision", routes.revision),
            Route(f"{file}/audit", routes.audit),
            Route(f"{file}/report", routes.report),
            Route(f"{file}/frames/{{index:int}}", routes.frame),
            Route(f"{file}/crops/{{index:int}}", routes.crop),
            Route(f"{file}/thumbs/{{index:int}}", routes.thumb),
            Route(f"{file}/waveform", routes.waveform),
            Route(f"{file}/sound", routes.sound),
            Route(f"{file}/decisions", routes.decide, methods=["POST"]),
            Route(f"{file}/undo", routes.undo, methods=["POST"]),
            Route(f"{file}/redo", routes.redo, methods=["POST"]),
            Route(f"{file}/follow", routes.follow, methods=["POST"]),
            Route(f"{file}/render", routes.render, methods=["POST"]),
            Route(f"{file}/plan", routes.plan, methods=["POST"]),
        ],
        exception_handlers={
            Refusal: _refused,
            HTTPException: _unknown,
            BystanderError: _failed,
            ValueError: _impossible,
        },
    )
    return Gate(app, keys=room.keys, host=host)


class _Routes:
    """One method an address."""

    def __init__(self, room: Room, page: Page) -> None:
        self._room, self._page = room, page

    async def index(self, _: Request) -> Response:
        return self._page.index()

    async def asset(self, request: Request) -> Response:
        return self._page.asset(request.path_params["name"])

    async def session(self, request: Request) -> Response:
        room = self._room
        return answer(
            {
                "token": request.state.visitor.token,
                "by": room.settings.by,
                "version": __version__,
                "files": await run_in_threadpool(room.files),
                "idle_s": room.clock.idle_s,
            }
        )

    async def active(self, request: Request) -> Response:
        await self._used(request, Nothing)
        return answer({})

    async def job(self, request: Request) -> Response:
        return answer(self._room.jobs.find(request.path_params["id"]).told())

    async def stop(self, request: Request) -> Response:
        job = self._room.jobs.find(request.path_params["id"])
        self._room.clock.use()
        await run_in_threadpool(job.stop)
        return answer(job.told())

    async def document(self, request: Request) -> Response:
        n: int = request.path_params["n"]
        desk = await self._desk(request)
        return await run_in_threadpool(lambda: answer(desk.document(n)))

    async def times(self, request: Request) -> Response:
        facts = (await self._desk(request)).facts
        tick = [facts.tick.numerator, facts.tick.denominator]
        return answer({"tick": tick, "runs": [list(run) for run in facts.runs]})

    async def revision(self, request: Request) -> Response:
        desk = await self._desk(request)
        await run_in_threadpool(desk.refresh)
        rendered = desk.rendered.state(desk.decided)
        return answer({"revision": desk.revision, "digest": desk.digest, "rendered": rendered})

    async def audit(self, request: Request) -> Response:
        asked = query(request, WalkAsked)
        desk = await self._desk(request)
        return answer(await run_in_threadpool(desk.walks.told, desk.decided, asked.walk))

    async def report(self, request: Request) -> Response:
        path = self._room.place(request.path_params["n"]).outputs.report_html
        if path.is_symlink() or not path.is_file():
            raise Refusal(404, "unknown", "there is no report of this file yet")
        return Response(path.read_bytes(), media_type="text/html; charset=utf-8")

    async def frame(self, request: Request) -> Response:
        asked = query(request, FrameAsked)
        desk = await self._desk(request)
        index = _index(request, desk)
        decided = desk.decided.plan
        boxes = tuple(decided.boxes_at(desk.times.at(index))) if asked.masks else ()
        fill = decided.policy.fill
        return await _picture(
            request,
            desk,
            ("frame", index, asked.width, boxes, fill),
            lambda: desk.pictures.front.frame(index, width=asked.width, boxes=boxes, fill=fill),
        )

    async def crop(self, request: Request) -> Response:
        asked = query(request, CropAsked)
        desk = await self._desk(request)
        index = _index(request, desk)
        box = Box(*(int(side) for side in asked.box.split(",")))
        return await _picture(
            request,
            desk,
            ("crop", index, box, asked.width),
            lambda: desk.pictures.back.crop(index, box, width=asked.width),
            front=False,
        )

    async def thumb(self, request: Request) -> Response:
        asked = query(request, ThumbAsked)
        desk = await self._desk(request)
        index = _index(request, desk)
        return await _picture(
            request,
            desk,
            ("thumb", index, asked.height),
            lambda: desk.pictures.back.thumb(index, height=asked.height),
            front=False,
        )

    async def waveform(self, request: Request) -> Response:
        asked = query(request, WaveformAsked)
        desk = await self._desk(request)
        peaks, duration = await run_in_threadpool(desk.pictures.back.waveform, asked.buckets)
        return answer({"duration": float(duration), "peaks": peaks.tolist()})

    async def sound(self, request: Request) -> Response:
        asked = query(request, SoundAsked)
        if not 0 < asked.end - asked.start <= _LONGEST_SOUND_S:
            raise Refusal(400, "malformed", f"sound is asked for up to {_LONGEST_SOUND_S} s long")
        desk = await self._desk(request)
        start, end = (Fraction(round(at * 1000), 1000) for at in (asked.start, asked.end))
        piece = await run_in_threadpool(desk.pictures.front.sound, start, end)
        return Response(piece, media_type="audio/wav")

    async def decide(self, request: Request) -> Response:
        asked = await self._used(request, Decide)
        desk = await self._desk(request)
        speech: tuple[Span, ...] = desk.decided.speech or ()
        return answer(
            await run_in_threadpool(
                desk.decide,
                asked.revision,
                asked.because,
                lambda number: in_terms(
                    asked.change, times=desk.times, number=number, speech=speech
                ),
            )
        )

    async def undo(self, request: Request) -> Response:
        asked = await self._used(request, At)
        desk = await self._desk(request)
        return answer(await run_in_threadpool(desk.undo, asked.revision, again=False))

    async def redo(self, request: Request) -> Response:
        asked = await self._used(request, At)
        desk = await self._desk(request)
        return answer(await run_in_threadpool(desk.undo, asked.revision, again=True))

    async def follow(self, request: Request) -> Response:
        asked = await self._used(request, FollowAsked)
        desk = await self._desk(request)
        box = Box(*asked.box)
        if box.empty or box.clipped(desk.facts.width, desk.facts.height) != box:
            raise Refusal(422, "refused", "the box does not lie within the frame")
        steps = _STEPS[asked.direction]
        until = None if asked.until is None else desk.times.frame(asked.until)
        doing = work.follow(desk, desk.times.frame(asked.at), box, directions=steps, until=until)
        n: int = request.path_params["n"]
        return answer({"job": self._room.jobs.begin(FOLLOW, "following", doing, file=n).id})

    async def render(self, request: Request) -> Response:
        asked = await self._used(request, At)
        n: int = request.path_params["n"]
        return answer({"job": (await run_in_threadpool(self._room.render, n, asked.revision)).id})

    async def plan(self, request: Request) -> Response:
        await self._used(request, Nothing)
        n: int = request.path_params["n"]
        return answer({"job": (await run_in_threadpool(self._room.draw_up, n)).id})

    async def _desk(self, request: Request) -> Desk:
        n: int = request.path_params["n"]
        return await run_in_threadpool(self._room.desk, n)

    async def _used(self, request: Request, model: type[_T]) -> _T:
        """Return the body, and note that a person did something."""
        asked = await body(request, model)
        self._room.clock.use()
        return asked


def _index(request: Request, desk: Desk) -> int:
    index: int = request.path_params["index"]
    if index >= len(desk.times):
        raise Refusal(404, "unknown", "there is no such frame")
    return index


async def _picture(
    request: Request,
    desk: Desk,
    key: tuple[Any, ...],
    make: Callable[[], bytes],
    *,
    front: bool = True,
) -> Response:
    made = await desk.pictures.show(key, make, request.is_disconnected, front=front)
    return Response(made, media_type="image/jpeg")


def _refused(_: Request, error: Exception) -> Response:
    return error.response() if isinstance(error, Refusal) else _unknown(_, error)


def _unknown(_: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == 405:
        return Refusal(405, "method", "that is not done here").response()
    return Refusal(404, "unknown", "there is no such page").response()


def _failed(_: Request, error: Exception) -> Response:
    """Answer what the rooms below raise, in their words, which carry no pixels."""
    hint = error.hint if isinstance(error, BystanderError) else None
    if isinstance(error, Conflict):
        return Refusal(409, "conflict", str(error), revision=error.revision).response()
    if isinstance(error, WorkerLost):
        return Refusal(502, "lost", str(error), hint=hint).response()
    return Refusal(422, "failed", str(error), hint=hint).response()


def _impossible(_: Request, error: Exception) -> Response:
    """Answer what a child cannot show: no such frame, a box outside of it."""
    del error
    return Refusal(400, "malformed", "that cannot be shown").response()
