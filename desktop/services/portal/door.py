"""HTTP as far as it is needed: one session a thread, closed doors everywhere else."""

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from desktop.services.portal import faults
from desktop.services.problems import Offline, PortalFault, Problem, Refused, Remedy

if TYPE_CHECKING:
    import requests

Proxies = Callable[[], Mapping[str, str]]

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 30.0
WHOLE_SECONDS: Final = 120.0
"""An answer that trickles in is given up after that."""

ANSWER_BYTES: Final = 64 * 1024 * 1024
"""A page of 500 messages of 10,000 characters fits in; no JSON answer is read beyond."""

_BLOCK: Final = 64 * 1024
_SERVER: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(?P<port>[0-9]{1,5}))?")
"""No name or password before it, nothing after."""

_NOT_IN_ADDRESS: Final = re.compile(r"[\s\x00-\x1f\x7f\\]")
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def problem(self) -> Problem:
        return faults.of_answer(self.status, self.headers, self.body)


@dataclass(frozen=True, slots=True)
class _Bearer:
    """Given to requests as `auth`, so that no netrc entry of the computer can take the header's place."""

    access: str

    def __call__(self, request: "requests.PreparedRequest") -> "requests.PreparedRequest":
        request.headers["Authorization"] = f"Bearer {self.access}"
        return request


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def checked_address(address: str) -> str:
    """The address put together anew from its parts, without a slash at its end: what was checked is what is asked.
    Raises `Refused` unless it is https, or http to this very computer."""
    typed = address.strip()
    try:
        parts = urlsplit(typed)
        server = _SERVER.fullmatch(parts.netloc)
        host, port = (server["host"].lower(), server["port"]) if server is not None else ("", None)
        if host.startswith("["):
            host = f"[{ip_address(host[1:-1])}]"
        sound = bool(host) and (port is None or 0 < int(port) < 65536)
    except ValueError:
        sound = False
    if not sound or _NOT_IN_ADDRESS.search(typed) or "?" in typed or "#" in typed:
        raise Refused("L’adresse du portail n’est pas une adresse Web valable.", Remedy.EDIT)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host.strip("[]"))):
        raise Refused("L’adresse du portail doit commencer par «\u00a0https://\u00a0».", Remedy.EDIT)
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


class Door:
    """Every method raises `Offline` for what happens on the way; what the answer says is for the caller to judge."""

    def __init__(self, address: str, proxies: Proxies | None) -> None:
        self._address = checked_address(address)
        self._proxies = proxies
        self._own = threading.local()
        self._all: list[requests.Session] = []
        self._lock = threading.Lock()

    def ask(
        self,
        method: str,
        path: str,
        *,
        access: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """One exchange; the answer is read whole, up to `ANSWER_BYTES`."""
        began = time.monotonic()
        answer = self.whole(self.open(method, path, access=access, headers=headers, body=body), began)
        _logger.debug("%s %s: %d in %.0f ms", method, _area(path), answer.status, 1000 * (time.monotonic() - began))
        return answer

    def whole(self, response: "requests.Response", began: float) -> Answer:
        """What was opened at `began` (monotonic seconds), read to its end, up to `ANSWER_BYTES`, and closed."""
        try:
            content = b"".join(self._limited(response, began))
        finally:
            response.close()
        return Answer(response.status_code, response.headers, content)

    def open(
        self,
        method: str,
        path: str,
        *,
        access: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> "requests.Response":
        """One exchange whose answer is read by the caller, who closes it."""
        session = self._session()
        import requests

        try:
            return session.request(
                method,
                self._address + path,
                data=body,
                headers=dict(headers or {}),
                auth=_Bearer(access) if access is not None else None,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                proxies=self._way(),
                stream=True,
            )
        except (requests.RequestException, OSError) as error:
            raise faults.of_transport(error) from None

    def blocks(self, response: "requests.Response") -> Iterator[bytes]:
        """The body as it comes. A body shorter than it said is `Offline`."""
        import requests
        import urllib3

        try:
            yield from response.iter_content(_BLOCK)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise faults.of_transport(error) from None

    def close(self) -> None:
        """Closes the sessions of all threads."""
        with self._lock:
            sessions, self._all = self._all, []
            self._own = threading.local()
        for session in sessions:
            session.close()

    def _limited(self, response: "requests.Response", began: float) -> Iterator[bytes]:
        received = 0
        for block in self.blocks(response):
            received += len(block)
            if received > ANSWER_BYTES:
                raise PortalFault(faults.UNREADABLE, Remedy.ASK_SUPPORT, f"answer over {ANSWER_BYTES} bytes")
            if time.monotonic() - began > WHOLE_SECONDS:
                raise Offline("Le portail met trop de temps à répondre.", detail="the answer trickles in")
            yield block

    def _way(self) -> dict[str, str]:
        """The proxies for this address; none for this very computer, or where the system says so."""
        from urllib.request import getproxies

        from requests.utils import should_bypass_proxies

        if is_loopback(urlsplit(self._address).hostname or ""):
            return {}
        found = dict((self._proxies or getproxies)())
        return {} if should_bypass_proxies(self._address, found.get("no")) else found

    def _session(self) -> "requests.Session":
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            session = self._new_session()
            with self._lock:
                self._own.session = session
                self._all.append(session)
        return session

    def _new_session(self) -> "requests.Session":
        from http.cookiejar import DefaultCookiePolicy

        if self._address.startswith("https:"):
            # The system's store of certificates, its own and the company's. Through an adapter alone it fails with
            # requests on macOS (sethmlarson/truststore#167).
            import truststore

            truststore.inject_into_ssl()
        import requests

        session = requests.Session()
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.headers.update({"User-Agent": _user_agent(), "Accept": "application/json", "Accept-Encoding": "gzip"})
        return session


def _area(path: str) -> str:
    """What a log may say of a path: not which wish or file it names."""
    return "/".join(path.split("/")[:3])


def _user_agent() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"Volet/{version('volet')}"
    except PackageNotFoundError:
        return "Volet"
