"""Reading what was asked, strictly, and answering it: the few forms that all handlers share."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar
from urllib.parse import quote

import msgspec
from litestar.exceptions import InternalServerException
from litestar.types import Receive, Scope, Send

from contract.wire import FieldError, ProblemKind
from portal.caller import Ask, header
from portal.problems import Refusal, invalid

T = TypeVar("T")

COMMON: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""What every answer carries, whoever makes it."""

_COMMON: Final = [(name.lower().encode(), value.encode()) for name, value in COMMON.items()]

_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_RANGE: Final = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
_ETAG: Final = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_ETAGS: Final = re.compile(rf"{_ETAG.pattern}(?:[ \t]*,[ \t]*{_ETAG.pattern})*")
_AT: Final = re.compile(r"at `\$\.?([^`]*)`")


class Gone(Exception):
    """Who asks went away in the middle of what she sent: nobody is there to be answered."""


async def body_of(request: Ask) -> bytes:
    """What was sent. Raises `Gone`."""
    try:
        return await request.body()
    except InternalServerException:  # the framework's only word for it
        raise Gone from None


async def asked(request: Ask, kind: type[T]) -> T:
    """The JSON body as this type, and nothing but it. Raises `Refusal`: 400 for no JSON, 422 for another; `Gone`."""
    body = await body_of(request)
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        at = _AT.search(str(error))
        raise invalid(at.group(1) if at else "", "Cette valeur n’est pas valable.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal(ProblemKind.INVALID, "Le corps de la requête n’est pas du JSON.", status=400) from None


def entity_tags(request: Ask) -> list[str]:
    """What `If-None-Match` names, without `W/`: for a 304 the weak ones count as well (RFC 9110, 13.1.2), and a proxy
    that compresses makes them so. `*` stands for any."""
    told = header(request, "if-none-match").strip()
    if told == "*":
        return ["*"]
    return _ETAG.findall(told) if _ETAGS.fullmatch(told) else []


def one_of(etag: str, known: Sequence[str]) -> bool:
    """Whether what this tag stands for is among what is known."""
    return etag in known or known == ["*"]


class Reply:
    """A whole answer, as ASGI sends it: the framework has nothing to add."""

    __slots__ = ("_body", "_headers", "_status")

    def __init__(self, status: int, body: bytes, headers: Mapping[str, str], media: str | None) -> None:
        self._status, self._body = status, body
        self._headers = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        self._headers += _COMMON
        if media is not None:
            self._headers.append((b"content-type", media.encode()))
            self._headers.append((b"content-length", str(len(body)).encode()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  ASGI's signature
        await send({"type": "http.response.start", "status": self._status, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


def say(body: msgspec.Struct | bytes, *, headers: Mapping[str, str] | None = None) -> Reply:
    """JSON: a struct, or the bytes that are already it."""
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Reply(200, content, headers or {}, "application/json")


def nothing(status: int = 204, headers: Mapping[str, str] | None = None) -> Reply:
    """An answer without a body."""
    return Reply(status, b"", headers or {}, None)


def only_query(request: Ask, name: str) -> str | None:
    """What stands behind the question mark under this name, the only one that may. Raises `Refusal`."""
    for other in request.query_params:
        if other != name:
            raise invalid(other, "Ce paramètre n’existe pas.")
    value = request.query_params.get(name)
    return None if value is None else str(value)


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def is_sha256(text: str) -> bool:
    return _SHA256.fullmatch(text) is not None


def whole_number(request: Ask, name: str) -> int:
    """The header's number. Raises `Refusal` when it is none."""
    text = header(request, name)
    if not re.fullmatch(r"[0-9]{1,15}", text, re.ASCII):
        raise Refusal(
            ProblemKind.INVALID, errors=(FieldError(name, "Cet en-tête doit porter un nombre entier."),), status=400
        )
    return int(text)


def one_range(request: Ask, etag: str, size: int) -> tuple[int, int] | None:
    """The (start, end) asked for, end excluded; None for the whole. Raises `Refusal` for a range beyond the end.

    `If-Range` must name this very content; several ranges, or what is not a range, count as none (RFC 9110, 14.2)."""
    found = _RANGE.fullmatch(header(request, "range"))
    if found is None or header(request, "if-range") not in ("", etag):
        return None
    first, last = found.groups()
    if not first and not last:
        return None
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if start >= end:
        raise Refusal(ProblemKind.RANGE, headers={"Content-Range": f"bytes */{size}"})
    return start, end


def content_disposition(name: str) -> str:
    """RFC 6266: the name for all, and for those that read UTF-8 the true one."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_").replace("%", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
