"""Reading what was asked, strictly, and answering it: the few forms that all handlers share."""

import re
from typing import Final, TypeVar
from urllib.parse import quote

import msgspec
from litestar import Response

from contract.wire import FieldError, ProblemKind
from portal.caller import Ask
from portal.problems import Refusal, invalid

T = TypeVar("T")

_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_RANGE: Final = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
_AT: Final = re.compile(r"at `\$\.?([^`]*)`")


async def asked(request: Ask, kind: type[T]) -> T:
    """The JSON body as this type, and nothing but it. Raises `Refusal`: 400 for no JSON, 422 for another."""
    body = await request.body()
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        at = _AT.search(str(error))
        raise invalid(at.group(1) if at else "", "Cette valeur n’est pas valable.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal(ProblemKind.INVALID, "Le corps de la requête n’est pas du JSON.", status=400) from None


def say(body: msgspec.Struct | bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """JSON: a struct, or the bytes that are already it."""
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Response(content, status_code=status, media_type="application/json", headers=headers)


def nothing(status: int = 204, headers: dict[str, str] | None = None) -> Response[None]:
    """An answer without a body."""
    return Response(None, status_code=status, headers=headers)


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def is_sha256(text: str) -> bool:
    return _SHA256.fullmatch(text) is not None


def whole_number(request: Ask, header: str) -> int:
    """The header's number. Raises `Refusal` when it is none."""
    text = request.headers.get(header, "")
    if not re.fullmatch(r"[0-9]{1,15}", text, re.ASCII):
        raise Refusal(
            ProblemKind.INVALID, errors=(FieldError(header, "Cet en-tête doit porter un nombre entier."),), status=400
        )
    return int(text)


def one_range(request: Ask, etag: str, size: int) -> tuple[int, int] | None:
    """The (start, end) asked for, end excluded; None for the whole. Raises `Refusal` for a range beyond the end.

    `If-Range` must name this very content; several ranges, or what is not a range, count as none (RFC 9110, 14.2)."""
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or request.headers.get("if-range", etag) != etag:
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
