"""What is served, by address."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bystander import __version__
from bystander.review.answers import Refusal, answer
from bystander.review.asked import Nothing, body
from bystander.review.built import Page
from bystander.review.gate import Gate
from bystander.review.room import Room


def build(room: Room, page: Page, *, host: str) -> ASGIApp:
    """Return the application that serves *room* and *page* at *host*, behind its gate."""
    routes = _Routes(room, page)
    app = Starlette(
        routes=[
            Route("/", routes.index),
            Route("/assets/{name}", routes.asset),
            Route("/api/session", routes.session),
            Route("/api/active", routes.active, methods=["POST"]),
            Route("/api/jobs/{id}", routes.job),
            Route("/api/jobs/{id}", routes.stop, methods=["DELETE"]),
        ],
        exception_handlers={Refusal: _refused, HTTPException: _unknown},
    )
    return Gate(app, keys=room.keys, host=host)


def _refused(_: Request, error: Exception) -> Response:
    return error.response() if isinstance(error, Refusal) else _unknown(_, error)


def _unknown(_: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == 405:
        return Refusal(405, "method", "that is not done here").response()
    return Refusal(404, "unknown", "there is no such page").response()


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
        await body(request, Nothing)
        self._room.clock.use()
        return answer({})

    async def job(self, request: Request) -> Response:
        return answer(self._room.jobs.find(request.path_params["id"]).told())

    async def stop(self, request: Request) -> Response:
        job = self._room.jobs.find(request.path_params["id"])
        self._room.clock.use()
        await run_in_threadpool(job.stop)
        return answer(job.told())
