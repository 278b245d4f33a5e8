"""Bad weather between client and portal: a proxy that understands HTTP and spoils it as it is told.

Each request meets the first fate of the queue (`fates`), or passes. Standing conditions (`latency`, `bandwidth`,
`down`) apply to all. The portal behind may stop and start again elsewhere (`target`): the client's address stays.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, Self, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pass:
    """The request goes through untouched."""


@dataclass(frozen=True, slots=True)
class Lose:
    """The portal carries it out; its answer never arrives."""


@dataclass(frozen=True, slots=True)
class Spoil:
    """The portal carries it out; a machine in between answers in its stead that it failed."""

    status: int = 502


@dataclass(frozen=True, slots=True)
class CutUp:
    """The connection breaks when `after` bytes of the request's body have gone up."""

    after: int


@dataclass(frozen=True, slots=True)
class CutDown:
    """The connection breaks when `after` bytes of the answer's body have come down."""

    after: int


@dataclass(frozen=True, slots=True)
class Say:
    """The answer is this one; the portal never sees the request."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    content_type: str = "text/html"


@dataclass(frozen=True, slots=True)
class Refuse:
    """The connection breaks before anything is passed on."""


@dataclass(frozen=True, slots=True)
class Stall:
    """`after` bytes of the answer's body come down, then nothing more until the connection is closed."""

    after: int


Fate = Pass | Lose | Spoil | CutUp | CutDown | Say | Refuse | Stall


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it passed: sizes are of the bodies, `up` counts what reached the portal."""

    method: str
    path: str
    status: int
    up: int
    down: int
    head: str = ""


@dataclass(slots=True)
class _Asked:
    method: str
    path: str
    head: bytes
    length: int

    @property
    def bodiless(self) -> bool:
        return self.method == "HEAD"


class _Cut(Exception):
    """The weather breaks this connection."""


class Weather:
    """Listens on a free port of the loopback, in its own thread. Use in a `with`."""

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.latency = 0.0
        """Seconds before each answer."""
        self.bandwidth = 0.0
        """Bytes a second of answers; 0: no limit."""
        self.down = False
        """Every request finds its connection broken."""
        self.fates: deque[Fate] = deque()
        self.seen: list[Seen] = []
        self.interrupt: Callable[[str, str], None] = lambda _method, _path: None
        """Called, on the proxy's thread, with each request before it is passed on."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="weather", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> int:
        return len(self.seen)

    @property
    def bytes_down(self) -> int:
        return sum(seen.down for seen in self.seen)

    @property
    def bytes_up(self) -> int:
        return sum(seen.up for seen in self.seen)

    def forget(self) -> None:
        """Counts anew."""
        self.seen.clear()

    def lose_answers(self, count: int) -> None:
        self.fates.extend([Lose()] * count)

    def answer_5xx(self, count: int, status: int = 503, retry_after: float | None = None) -> None:
        headers = (("Retry-After", str(int(retry_after))),) if retry_after is not None else ()
        self.fates.extend([Say(status, headers)] * count)

    def clear(self) -> None:
        """Fair weather again."""
        self.fates.clear()
        self.down, self.latency, self.bandwidth = False, 0.0, 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._on_loop(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._on_loop(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def break_connections(self) -> None:
        """Breaks every connection there is, kept alive or busy."""
        self._on_loop(self._break())

    def _on_loop(self, work: Coroutine[Any, Any, T]) -> T:
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(10)

    async def _break(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _close(self) -> None:
        self._server.close()
        await self._break()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        upward: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while True:
                asked = await _read_request(reader)
                fate = Refuse() if self.down else self.fates.popleft() if self.fates else Pass()
                self.interrupt(asked.method, asked.path)
                if upward is None or upward[0].at_eof():
                    _abort(upward)
                    upward = None
                    if not isinstance(fate, Refuse | Say):
                        upward = await asyncio.open_connection(*self.target)
                await self._exchange(asked, fate, reader, writer, upward)
        except (_Cut, OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()
            _abort(upward)

    async def _exchange(
        self,
        asked: _Asked,
        fate: Fate,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        upward: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None,
    ) -> None:
        match fate:
            case Refuse():
                raise _Cut
            case Say():
                await reader.readexactly(asked.length)
                self._note(asked, fate.status, 0, len(fate.body))
                writer.write(_said(fate, asked))
                await writer.drain()
                return
        assert upward is not None
        up_reader, up_writer = upward
        up_writer.write(asked.head)
        up = await self._carry_up(asked, fate, reader, up_writer)
        head, status, length, chunked = await _read_answer(up_reader, asked)
        if isinstance(fate, Lose):
            await _drain(up_reader, length, chunked)
            self._note(asked, status, up, 0)
            raise _Cut
        if isinstance(fate, Spoil):
            await _drain(up_reader, length, chunked)
            self._note(asked, fate.status, up, 0)
            writer.write(_said(Say(fate.status), asked))
            return
        if self.latency:
            await asyncio.sleep(self.latency)
        writer.write(head)
        await self._carry_down(asked, fate, status, up, (up_reader, length, chunked), writer)

    async def _carry_up(
        self, asked: _Asked, fate: Fate, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> int:
        left, up = asked.length, 0
        while left:
            block = await reader.read(min(left, 65536))
            if not block:
                raise _Cut
            if isinstance(fate, CutUp) and up + len(block) >= fate.after:
                block = block[: fate.after - up]
                writer.write(block)
                await writer.drain()
                self._note(asked, 0, up + len(block), 0)
                writer.close()
                raise _Cut
            writer.write(block)
            await writer.drain()
            left, up = left - len(block), up + len(block)
        if isinstance(fate, CutUp):
            self._note(asked, 0, up, 0)
            raise _Cut
        await writer.drain()
        return up

    async def _carry_down(
        self,
        asked: _Asked,
        fate: Fate,
        status: int,
        up: int,
        body: tuple[asyncio.StreamReader, int | None, bool],
        writer: asyncio.StreamWriter,
    ) -> None:
        source, length, chunked = body
        stop = fate.after if isinstance(fate, CutDown | Stall) else None
        down = 0
        async for block in _blocks(source, length, chunked):
            if stop is not None and down + len(block) >= stop:
                writer.write(block[: stop - down])
                await writer.drain()
                self._note(asked, status, up, stop)
                if isinstance(fate, Stall):
                    await asyncio.Event().wait()
                raise _Cut
            if self.bandwidth:
                await asyncio.sleep(len(block) / self.bandwidth)
            writer.write(block)
            await writer.drain()
            down += len(block)
        self._note(asked, status, up, down)
        if length is None and not chunked:
            raise _Cut

    def _note(self, asked: _Asked, status: int, up: int, down: int) -> None:
        self.seen.append(Seen(asked.method, asked.path, status, up, down, asked.head.decode("latin-1")))


def _abort(pair: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None) -> None:
    if pair is not None:
        pair[1].transport.abort()


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}


async def _read_request(reader: asyncio.StreamReader) -> _Asked:
    head = await reader.readuntil(b"\r\n\r\n")
    method, path, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
    return _Asked(method, path, head, int(_headers(head).get("content-length", "0")))


async def _read_answer(reader: asyncio.StreamReader, asked: _Asked) -> tuple[bytes, int, int | None, bool]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    headers = _headers(head)
    if asked.bodiless or status in (204, 304):
        return head, status, 0, False
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return head, status, None, True
    return head, status, int(headers["content-length"]) if "content-length" in headers else None, False


async def _blocks(reader: asyncio.StreamReader, length: int | None, chunked: bool) -> AsyncIterator[bytes]:
    if chunked:
        while True:
            line = await reader.readuntil(b"\r\n")
            size = int(line.split(b";")[0], 16)
            yield line + await reader.readexactly(size + 2)
            if size == 0:
                return
    while length is None or length > 0:
        block = await reader.read(65536 if length is None else min(length, 65536))
        if not block:
            return
        length = None if length is None else length - len(block)
        yield block


async def _drain(reader: asyncio.StreamReader, length: int | None, chunked: bool) -> None:
    async for _ in _blocks(reader, length, chunked):
        pass


def _said(fate: Say, asked: _Asked) -> bytes:
    lines = [f"HTTP/1.1 {fate.status} Weather", f"Date: {formatdate(usegmt=True)}"]
    lines += [f"{name}: {value}" for name, value in fate.headers]
    lines += [f"Content-Type: {fate.content_type}", f"Content-Length: {len(fate.body)}"]
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    return head if asked.bodiless else head + fate.body
