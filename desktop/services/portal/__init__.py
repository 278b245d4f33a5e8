"""The one door to the network: every fault on the way becomes a `Problem`."""

import platform
import re
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Self, TypeVar

import msgspec

from contract import limits, paths
from contract.accounts import AccountRecord
from contract.allowances import PaymentsPage
from contract.catalogue import Catalogue
from contract.changes import Outcome, Pull, Pulled, Pulse
from contract.leave import LeaveCatalogue
from contract.portfolio import Me
from contract.signin import Refresh, SignIn, Tokens
from contract.users import AuditPage, UsersPage
from contract.wire import ProblemKind
from contract.wishes import Wish
from desktop.services.portal import faults
from desktop.services.portal.door import Answer, Door, Proxies
from desktop.services.problems import Offline, PortalFault, Problem, Refused, Remedy

if TYPE_CHECKING:
    import requests

Raw = msgspec.Raw
Progress = Callable[[int, int], None]
"""Told (bytes done, bytes in all)."""

T = TypeVar("T")

_JSON: Final = {"Content-Type": "application/json"}
_TURNS: Final = 20
"""How often an upload may be sent back to another offset before it is given up for now."""

_OFFSET_DIGITS: Final = 15
_SUM: Final = re.compile('"([0-9a-f]{64})"')


class Incoming:
    """An attachment as it comes: (offset, bytes) pairs in order. The first offset is the one asked for, or 0 when the
    portal starts again. `abort`, from any thread, ends it with `Offline` within a moment. Iterate once, in a `with`."""

    def __init__(self, door: Door, response: "requests.Response", offset: int, size: int) -> None:
        self._door, self._response, self._offset, self._size = door, response, offset, size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._response.close()

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        at = self._offset
        for block in self._door.blocks(self._response):
            if at + len(block) > self._size:
                raise PortalFault(faults.UNREADABLE, Remedy.ASK_SUPPORT, f"more than {self._size} bytes")
            yield at, block
            at += len(block)
        if at != self._size:
            raise Offline("Le téléchargement a été coupé.", detail=f"{at} of {self._size} bytes")

    def abort(self) -> None:
        try:
            self._response.raw.shutdown()
        except (OSError, RuntimeError, ValueError):
            # Read to its end, or closed, meanwhile: there is nothing left to stop.
            return


class Portal:
    """HTTP with requests, one session a thread; https only, loopback excepted; redirects off; certificates by the
    system's store (truststore), proxies by `proxies` (default: the system's settings). `requests` is imported at the
    first call.

    All methods raise `Offline`, `PortalFault` and, for what the portal refuses, `Refused`; those that take `access`
    raise `Refused` of kind `sign-in` when it is no longer good, and `SignInNeeded` when the session is over."""

    def __init__(self, address: str, proxies: Proxies | None = None) -> None:
        """Raises `Refused` when the address is neither https nor loopback."""
        self._door = Door(address, proxies)

    def close(self) -> None:
        """Closes the connections kept open, of all threads; the next call opens new ones."""
        self._door.close()

    # Signing in

    def sign_in(self, email: str, password: str, device: str | None, code: str | None = None) -> Tokens:
        """Raises `Refused` also when there were too many tries, or when a second factor is wanted."""
        wanted = SignIn(email=email, password=password, device_name=platform.node()[:80], device=device, code=code)
        return self.ask("POST", paths.SIGN_IN, wanted, Tokens)

    def refresh(self, token: str) -> Tokens:
        return _read(self._door.ask("POST", paths.REFRESH, headers=_JSON, body=_body(Refresh(refresh=token))), Tokens)

    def sign_out(self, access: str) -> None:
        answer = self._door.ask("POST", paths.SIGN_OUT, access=access)
        if not 200 <= answer.status < 300:
            raise answer.problem

    # Accounts

    def ask(self, method: str, path: str, wanted: msgspec.Struct, kind: type[T], access: str | None = None) -> T:
        """The answer to what is asked about an account, where too many tries are the person's to hear of."""
        try:
            return _read(self._door.ask(method, path, access=access, headers=_JSON, body=_body(wanted)), kind)
        except PortalFault as fault:
            raise _spoken(fault) from None

    def tell(self, method: str, path: str, wanted: msgspec.Struct | None = None, access: str | None = None) -> None:
        """The same for what is answered by nothing but that it is done."""
        body = _body(wanted) if wanted is not None else None
        answer = self._door.ask(method, path, access=access, headers=_JSON if body is not None else {}, body=body)
        if not 200 <= answer.status < 300:
            raise _spoken(answer.problem)

    def account(self, access: str) -> AccountRecord:
        return _read(self._door.ask("GET", paths.ACCOUNT, access=access), AccountRecord)

    # Reading

    def me(self, access: str) -> Me:
        return _read(self._door.ask("GET", paths.ME, access=access), Me)

    def catalogue(self, access: str, etag: str | None) -> tuple[Catalogue, str] | None:
        """None when it has not changed."""
        return self._unless_same(paths.CATALOGUE, access, etag, Catalogue)

    def leave_terms(self, access: str, etag: str | None) -> tuple[LeaveCatalogue, str] | None:
        """None when it has not changed."""
        return self._unless_same(paths.LEAVE_TERMS, access, etag, LeaveCatalogue)

    def pulse(self, access: str, etag: str | None) -> tuple[Pulse, str] | None:
        """None when nothing has changed in the whole portfolio."""
        return self._unless_same(paths.PULSE, access, etag, Pulse)

    def pull(self, access: str, pull: Pull) -> Pulled[Raw]:
        answer = self._door.ask("POST", paths.CHANGES, access=access, headers=_JSON, body=_body(pull))
        return _read(answer, Pulled[Raw])

    def payments(self, access: str, space_id: str, after: int) -> PaymentsPage:
        """The payments of a space behind that number."""
        return _read(self._door.ask("GET", paths.payments(space_id, after), access=access), PaymentsPage)

    def users(self, access: str, cursor: str | None) -> UsersPage:
        """Who changed since, of those whose rights one manages; everybody when there is no cursor."""
        return _read(self._door.ask("GET", paths.users(cursor), access=access), UsersPage)

    def audit(self, access: str, before: str | None) -> AuditPage:
        """The log of rights, the latest first; `before` is the last entry that is known."""
        return _read(self._door.ask("GET", paths.audit(before), access=access), AuditPage)

    def _unless_same(self, path: str, access: str, etag: str | None, kind: type[T]) -> tuple[T, str] | None:
        headers = {"If-None-Match": etag} if etag else {}
        answer = self._door.ask("GET", path, access=access, headers=headers)
        if answer.status == HTTPStatus.NOT_MODIFIED and etag:
            return None
        return _read(answer, kind), answer.headers.get("ETag", "")

    # Wishing

    def carry_out(self, access: str, wish_id: str, wish: Wish) -> Outcome[Raw]:
        answer = self._door.ask("PUT", paths.wish(wish_id), access=access, headers=_JSON, body=_body(wish))
        return _read(answer, Outcome[Raw])

    # Files

    def upload(self, access: str, sha256: str, content: bytes, progress: Progress) -> None:
        """Goes on where an earlier try was cut, in blocks of `limits.UPLOAD_CHUNK`. When all had arrived before,
        nothing is sent at the end: only the answer to that says that the portal took the file."""
        size = len(content)
        offset, back, finished = self._arrived(access, sha256, size), 0, False
        while not finished:
            progress(offset, size)
            block = content[offset : offset + limits.UPLOAD_CHUNK]
            headers = {
                "Content-Type": "application/octet-stream",
                "Upload-Offset": str(offset),
                "Upload-Length": str(size),
            }
            answer = self._door.ask("PATCH", paths.upload(sha256), access=access, headers=headers, body=block)
            told = _offset(answer, size)
            if answer.status == HTTPStatus.CONFLICT and told is not None and back < _TURNS:
                offset, back = told, back + 1
            elif not 200 <= answer.status < 300:
                raise answer.problem
            elif told is not None and told <= offset and block:
                raise PortalFault(faults.UNREADABLE, Remedy.ASK_SUPPORT, "the upload does not move")
            else:
                offset = told if told is not None else offset + len(block)
                finished = offset >= size
        progress(size, size)

    def _arrived(self, access: str, sha256: str, size: int) -> int:
        answer = self._door.ask("HEAD", paths.upload(sha256), access=access)
        if answer.status == HTTPStatus.NOT_FOUND:
            return 0
        if not 200 <= answer.status < 300:
            raise answer.problem
        return _offset(answer, size) or 0

    def download(self, access: str, attachment_id: str, sha256: str, size: int, offset: int) -> Incoming:
        """An attachment, as `download_at`."""
        return self.download_at(access, paths.attachment(attachment_id), sha256, size, offset)

    def measure(self, access: str, path: str) -> tuple[str, int]:
        """Sum and size of a file that nothing has told of yet; the portal may first have to make it."""
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        began = time.monotonic()
        response = self._door.open("GET", path, access=access, headers=headers)
        if response.status_code != HTTPStatus.OK:
            raise self._door.whole(response, began).problem
        response.close()
        tag, length = response.headers.get("ETag", ""), response.headers.get("Content-Length", "")
        found = _SUM.fullmatch(tag)
        if found is None or not (length.isascii() and length.isdigit() and len(length) <= _OFFSET_DIGITS):
            raise PortalFault(faults.UNREADABLE, Remedy.ASK_SUPPORT, "a file without sum or size")
        return found[1], int(length)

    def download_at(self, access: str, path: str, sha256: str, size: int, offset: int) -> Incoming:
        """The bytes from `offset` on (`Range` with `If-Range`), or from 0 when the portal starts again."""
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if offset:
            headers |= {"Range": f"bytes={offset}-", "If-Range": f'"{sha256}"'}
        began = time.monotonic()
        response = self._door.open("GET", path, access=access, headers=headers)
        if response.status_code == HTTPStatus.OK:
            return Incoming(self._door, response, 0, size)
        if response.status_code == HTTPStatus.PARTIAL_CONTENT:
            if response.headers.get("Content-Range", "") == f"bytes {offset}-{size - 1}/{size}":
                return Incoming(self._door, response, offset, size)
            response.close()
            raise PortalFault(faults.UNREADABLE, Remedy.ASK_SUPPORT, "another range than asked for")
        raise self._door.whole(response, began).problem


def _spoken(problem: Problem) -> Problem:
    """Too many tries are no fault of the portal: one is told how long to wait."""
    if isinstance(problem, PortalFault) and problem.status == HTTPStatus.TOO_MANY_REQUESTS:
        kind, status = ProblemKind.TOO_MANY_TRIES.value, problem.status
        return Refused(problem.sentence, Remedy.RETRY, problem.detail, kind=kind, status=status)
    return problem


def _body(asked: msgspec.Struct) -> bytes:
    return msgspec.json.encode(asked)


def _read(answer: Answer, kind: type[T]) -> T:
    """The answer as that struct; every other answer is raised."""
    if not 200 <= answer.status < 300:
        raise answer.problem
    if answer.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
        raise PortalFault(faults.UNREADABLE, Remedy.ASK_SUPPORT, "not JSON", status=answer.status)
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # What could not be read may name people: it is not repeated.
        detail = f"not a {getattr(kind, '__name__', 'struct')}"
        raise PortalFault(faults.UNREADABLE, Remedy.ASK_SUPPORT, detail, status=answer.status) from None


def _offset(answer: Answer, size: int) -> int | None:
    told = answer.headers.get("Upload-Offset", "")
    if len(told) > _OFFSET_DIGITS:
        raise PortalFault(faults.UNREADABLE, Remedy.ASK_SUPPORT, "an offset beyond all files", status=answer.status)
    return min(int(told), size) if told.isascii() and told.isdigit() else None
