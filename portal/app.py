"""The portal put together.

`create_app(settings)` is the ASGI application. `start_in_thread(settings)` answers a `RunningPortal`: the real portal,
its database brought to the newest schema, on a free port of this machine (`address`), until `stop()`; for tests and
for the demonstration. Both make the database and the folder of files when there are none.
"""

import asyncio
import gc
import json
import logging
import socket
import tempfile
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import uvicorn
from litestar import Litestar, Response, get
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import Message, Scope
from sqlalchemy.exc import OperationalError

from contract import limits, paths
from contract.catalogue import Catalogue
from contract.identity import new_id
from contract.portfolio import Me
from contract.wire import ProblemKind
from portal import accounts, changes, gate, profile, retention, signin, transfers
from portal.allowances import exports, payments, statements
from portal.allowances.exports import Preparer
from portal.answers import COMMON, Gone, Reply, entity_tags, nothing, one_of, say
from portal.caller import Ask, Doorkeeper
from portal.catalogue import Themes, themes
from portal.database import Database, Unreachable
from portal.files import Folder
from portal.leave import terms
from portal.mail import Postman
from portal.openapi import PROBLEM_JSON, Answer, Operation, Parameter, document, told
from portal.passwords import Passwords
from portal.problems import Refusal
from portal.settings import Settings
from portal.users import audit, feed

log: Final = logging.getLogger("portal")

_ME: Final = Operation(
    name="me", summary="The person, her companies, spaces and rights.", answers={200: Answer("All she may see.", Me)}
)
_CATALOGUE: Final = Operation(
    name="catalogue",
    summary="What one can ask about.",
    answers={
        200: Answer("The themes.", Catalogue, headers=("ETag",)),
        304: Answer("They have not changed.", headers=("ETag",)),
    },
    headers=(Parameter("If-None-Match", "The `ETag` of the catalogue that is here already."),),
)


def create_app(settings: Settings) -> Litestar:
    """The application. It closes its database when the server ends it."""
    database = Database(settings)
    passwords = Passwords(settings)
    preparer = Preparer(settings, database, Folder(settings.files))
    postman = Postman(settings, database)
    database.mail_written = postman.wake
    handlers = _handlers(settings, database, passwords, preparer)

    @asynccontextmanager
    async def open_hours(_app: Litestar) -> AsyncIterator[None]:
        tidying = asyncio.create_task(_tidy_daily(settings, database))
        preparing = asyncio.create_task(preparer.run())
        postman.start()
        yield
        tidying.cancel()
        await asyncio.to_thread(postman.close)
        preparer.close()
        await preparing
        passwords.close()
        database.close()

    return Litestar(
        [*handlers, *accounts.pages()],
        openapi_config=None,
        request_max_body_size=limits.BODY_BYTES,
        exception_handlers=_exception_handlers(),
        before_send=[_log] if log.isEnabledFor(logging.INFO) else [],
        lifespan=[open_hours],
        logging_config=None,
    )


async def _tidy_daily(settings: Settings, database: Database) -> None:
    """Whatever fails is logged, and tried again the next day; the rest is done all the same."""
    while True:
        for task in retention.tasks(database, settings, Folder(settings.files), settings.now()):
            try:
                for _ in task:
                    await asyncio.sleep(0)
            except Exception as error:  # noqa: BLE001  a portal that no longer forgets must say so and go on
                log.error("tidying: %s%s", type(error).__name__, _places(error))
        await asyncio.sleep(86400)


def _handlers(
    settings: Settings, database: Database, passwords: Passwords, preparer: Preparer
) -> Sequence[HTTPRouteHandler]:
    doorkeeper = Doorkeeper(settings, database)
    known, folder = themes(), Folder(settings.files)
    return (
        *signin.routes(settings, database, doorkeeper, passwords),
        *accounts.beginning.routes(settings, database),
        *accounts.opening.routes(settings, database, passwords),
        *accounts.own.routes(settings, database, doorkeeper, passwords),
        *_identity_routes(settings, database, doorkeeper, known),
        *changes.routes(settings, database, doorkeeper),
        *gate.routes(settings, database, doorkeeper, known, preparer.wake),
        *feed.routes(settings, database, doorkeeper),
        *audit.routes(settings, database, doorkeeper),
        *terms.routes(settings, database, doorkeeper, known.leaves),
        *transfers.routes(settings, database, doorkeeper, folder),
        *payments.routes(settings, database, doorkeeper),
        *statements.routes(settings, database, doorkeeper, folder),
        *exports.routes(settings, database, doorkeeper, folder),
    )


def _identity_routes(
    settings: Settings, database: Database, doorkeeper: Doorkeeper, known: Themes
) -> Sequence[HTTPRouteHandler]:
    @get(paths.ME, opt=told(_ME))
    async def me(request: Ask) -> Reply:
        with database.read() as db:
            caller = doorkeeper.caller(db, request)
            return say(profile.me(db, caller.person_id, settings.now()))

    @get(paths.CATALOGUE, opt=told(_CATALOGUE))
    async def catalogue(request: Ask) -> Reply:
        with database.glance() as driver:
            doorkeeper.at_a_glance(driver, request)
        if one_of(known.etag, entity_tags(request)):
            return nothing(304, {"ETag": known.etag})
        return say(known.body, headers={"ETag": known.etag})

    return (me, catalogue)


# What is refused, and what is logged


async def _log(message: Message, scope: Scope) -> None:
    """Method, template of the path and status: the path itself carries identifiers."""
    if message["type"] == "http.response.start":
        log.info("%s %s %s", scope.get("method", "-"), scope.get("path_template") or "-", message["status"])


def _exception_handlers() -> dict[int | type[Exception], Callable[[Ask, Any], Response[bytes]]]:
    return {
        Refusal: _refused,
        HTTPException: _not_ours,
        OperationalError: _database_busy,
        Unreachable: _database_busy,
        Gone: _nobody_there,
        Exception: _broken,
    }


def _refused(_request: Ask, refusal: Refusal) -> Response[bytes]:
    headers = COMMON | refusal.headers
    return Response(refusal.body(), status_code=refusal.status, media_type=PROBLEM_JSON, headers=headers)


def _not_ours(request: Ask, error: HTTPException) -> Response[bytes]:
    """What the framework refuses before any handler: no such route or method, a body too large."""
    kinds = {404: ProblemKind.UNKNOWN, 413: ProblemKind.TOO_LARGE}
    if error.status_code >= 500:
        return _broken(request, error)
    kind = kinds.get(error.status_code, ProblemKind.INVALID)
    title = "Cette adresse n’accepte pas cette méthode." if error.status_code == 405 else None
    allow = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return _refused(request, Refusal(kind, status=error.status_code, title=title, headers=allow))


def _database_busy(request: Ask, error: OperationalError | Unreachable) -> Response[bytes]:
    """Another process held the database for too long, or it cannot be reached: nothing was decided."""
    log.error("database: %s", type(error).__name__)
    title = "Le portail est momentanément occupé."
    return _refused(request, Refusal(ProblemKind.BUSY, status=503, title=title, headers={"Retry-After": "2"}))


def _nobody_there(request: Ask, _error: Gone) -> Response[bytes]:
    """Who asks went away: no fault of ours, and what is answered goes nowhere."""
    return _refused(request, Refusal(ProblemKind.INVALID, status=400))


def _broken(request: Ask, error: Exception) -> Response[bytes]:
    """A bug. The log has the trace under the identifier that the answer names; the answer has nothing else."""
    fault_id = new_id()
    log.error("fault %s: %s%s", fault_id, type(error).__name__, _places(error))
    return _refused(request, Refusal(ProblemKind.FAULT, instance=f"urn:uuid:{fault_id}"))


def _places(error: Exception) -> str:
    """Where it happened, a line each; the error's own words may carry what somebody wrote."""
    frames = traceback.extract_tb(error.__traceback__, limit=-12)
    return "".join(f"\n  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames)


# Serving


class _Server(uvicorn.Server):
    """Says when it accepts connections."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Named TCP, asyncio switches Nagle's algorithm off: with it, an answer with a body waits 40 ms for the client.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((settings.host, settings.port))
    return listening


def _config(settings: Settings, address: str) -> uvicorn.Config:
    reached = settings if settings.public_address else replace(settings, public_address=address)
    return uvicorn.Config(
        create_app(reached),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies,
        timeout_graceful_shutdown=5,
    )


def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serves until it is interrupted; `ready` is told the address once connections are accepted."""
    with _listen(settings) as listening:
        address = f"http://{settings.host}:{listening.getsockname()[1]}"
        server = _Server(_config(settings, address), lambda: ready(address))
        gc.freeze()  # what was made so far lives as long as the portal: the collector need not look at it again
        server.run(sockets=[listening])


class RunningPortal:
    """A portal in a thread of this process. `address` is `http://127.0.0.1:<port>`."""

    def __init__(self, settings: Settings) -> None:
        self._listening = _listen(settings)
        self.address = f"http://{settings.host}:{self._listening.getsockname()[1]}"
        ready = threading.Event()
        self._server = _Server(_config(settings, self.address), ready.set)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listening]}, name="portal", daemon=True
        )
        self._thread.start()
        if not ready.wait(30):
            raise RuntimeError("the portal did not start")

    def stop(self) -> None:
        """Ends it; connections are refused when this returns. Twice does nothing more."""
        self._server.should_exit = True
        self._thread.join()
        self._listening.close()


def start_in_thread(settings: Settings) -> RunningPortal:
    """The real portal on a free port of this machine (or on `settings.port`), ready to be asked."""
    return RunningPortal(settings)


def openapi_document() -> dict[str, Any]:
    """What the portal may be asked and may answer, as an OpenAPI 3.1 document."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database="sqlite://", files=Path(folder), hashing_kib=8)
        database, passwords = Database(settings), Passwords(settings)
        preparer = Preparer(settings, database, Folder(settings.files))
        spoken = document(_handlers(settings, database, passwords, preparer))
        database.close()
        passwords.close()
    return spoken


def openapi() -> str:
    """The same as the text that `contract/openapi.json` holds."""
    return json.dumps(openapi_document(), indent=2, ensure_ascii=False) + "\n"
