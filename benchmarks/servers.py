"""What the portal is measured against: `python -m benchmarks.servers KIND DATABASE FILES` serves one of them on a free
port, says it on a line, and ends with its standard input.

`portal` is the portal itself; `bare` the same queries written by hand on bare ASGI, without checks or errors;
`constant` the portal's framework answering always the same.
"""

import asyncio
import hashlib
import json
import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2
import uvicorn

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[..., Awaitable[None]]

CALLER = (
    "SELECT p.person_id, a.expires_at, p.suspended FROM access_tokens a JOIN persons p ON p.person_id = a.person_id"
    " WHERE a.token_hash = ?"
)
STANDING = (
    'SELECT s.space_id, s.head, s.floor, r."right" FROM rights r JOIN spaces s ON s.space_id = r.space_id'
    " WHERE r.person_id = ? AND (r.ends_at IS NULL OR r.ends_at > 0) AND r.space_id = ?"
)
PAGE = (
    "SELECT number, kind, entity_id, body FROM changes WHERE space_id = ? AND number > ? AND subject IN ('contact')"
    " AND person_id IN ('', ?) ORDER BY number LIMIT ?"
)


class Bare:
    """A page of a feed, as fast as Python and SQLite can: the floor."""

    def __init__(self, file: str) -> None:
        self._db = sqlcipher3.dbapi2.connect(file, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA cache_size=-65536")
        self._db.execute("PRAGMA mmap_size=268435456")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        token = dict(scope["headers"])[b"authorization"].removeprefix(b"Bearer ")
        body = (await receive())["body"]
        answer = self._page(hashlib.sha256(token).hexdigest(), json.loads(body))
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def _page(self, token_hash: str, asked: dict[str, Any]) -> bytes:
        person_id = self._db.execute(CALLER, (token_hash,)).fetchone()[0]
        space_id = asked["feeds"][0]["space_id"]
        self._db.execute(STANDING, (person_id, space_id)).fetchall()
        rows = self._db.execute(PAGE, (space_id, 0, person_id, asked["limit"])).fetchall()
        changes = ",".join(f'{{"number":{n},"kind":"{k}","id":"{i}","record":{b}}}' for n, k, i, b in rows)
        page = f'"space_id":"{space_id}","cursor":"{rows[-1][0]}","more":true,"reset":false,"gone":false'
        return f'{{"pages":[{{{page},"changes":[{changes}]}}]}}'.encode()


def application(kind: str, database: str, files: Path) -> Application:
    if kind == "bare":
        return Bare(database)
    if kind == "constant":
        return constant()
    from portal.app import create_app
    from portal.settings import Settings

    return create_app(Settings(database=f"sqlite:///{database}", files=files, hashing_kib=8))


def constant() -> Application:
    from litestar import Litestar, Response, get

    @get("/v1/pulse")
    async def pulse() -> Response[bytes]:
        return Response(b"", status_code=304, headers={"ETag": '"1"'})

    return Litestar([pulse], openapi_config=None, logging_config=None)


def main(kind: str, database: str, files: Path) -> None:
    server = uvicorn.Server(
        uvicorn.Config(application(kind, database, files), log_config=None, access_log=False, server_header=False)
    )
    threading.Thread(target=lambda: (sys.stdin.read(), setattr(server, "should_exit", True)), daemon=True).start()
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        print(listening.getsockname()[1], flush=True)
        asyncio.run(server.serve(sockets=[listening]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
