"""What goes wrong on the way to the portal, told in French: each fault becomes one `Problem`."""

import errno
from collections.abc import Mapping
from datetime import UTC
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec

from contract.wire import Problem as WireProblem
from contract.wire import ProblemKind, problem_kind
from desktop.services.problems import Offline, PortalFault, Problem, Refused, Remedy, SignInNeeded

if TYPE_CHECKING:
    from ssl import SSLCertVerificationError

LONGEST_WAIT: Final = 86_400.0
"""No `Retry-After` is believed beyond a day."""

_NOT_YET: Final = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)

_EXPIRED: Final = frozenset({10, 0x800B0101, 0x800B0101 - 2**32, -67818})
_NOT_VALID_YET: Final = frozenset({9, -67819})
_WRONG_HOST: Final = frozenset({62, 64, 0x800B010F, 0x800B010F - 2**32, -67602})
"""The codes of OpenSSL, of Windows (with and without sign) and of macOS for the same three findings."""

_CERTIFICATE: Final = {
    "expired": "Le certificat du portail a expiré. Rien n’est envoyé tant qu’il n’est pas renouvelé.",
    "not-yet-valid": "Le certificat du portail n’est pas encore valable. Vérifiez la date et l’heure de cet "
    "ordinateur.",
    "wrong-host": "Le certificat présenté n’est pas celui du portail. Rien n’est envoyé.",
    "unknown-authority": "Le certificat du portail vient d’une autorité que cet ordinateur ne connaît pas. "
    "Rien n’est envoyé.",
}

UNREADABLE: Final = "Le portail a répondu quelque chose que Volet ne sait pas lire."
FAILED: Final = "Le portail a rencontré une erreur. Volet réessaiera de lui-même."
BUSY: Final = "Le portail est très sollicité. Volet réessaiera de lui-même."


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by `Retry-After`. A date is compared with the portal's own `Date`, never with our clock."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), LONGEST_WAIT)
    from email.utils import parsedate_to_datetime  # 8 ms that the first list does not wait for

    try:
        until, now = parsedate_to_datetime(value), parsedate_to_datetime(headers.get("Date", ""))
        seconds = (until.replace(tzinfo=until.tzinfo or UTC) - now.replace(tzinfo=now.tzinfo or UTC)).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def of_answer(status: int, headers: Mapping[str, str], body: bytes) -> Problem:
    """The problem that an answer other than the one hoped for tells."""
    told = _told(headers, body)
    kind = problem_kind(told) if told is not None else None
    detail = f"HTTP {status}" + (f", {told.instance}" if told is not None and told.instance else "")
    if status == HTTPStatus.UNAUTHORIZED and told is None:
        kind = ProblemKind.SIGN_IN
    if kind is ProblemKind.SIGN_IN_AGAIN:
        return SignInNeeded(_sentence(told, "Votre session est terminée."), detail=detail)
    if status >= 500:
        wait = retry_after(headers)
        sentence = BUSY if status == HTTPStatus.SERVICE_UNAVAILABLE else FAILED
        return PortalFault(sentence, detail=detail, retry_after=wait, status=status)
    if kind is ProblemKind.BUSY or status in _NOT_YET:
        return PortalFault(_sentence(told, BUSY), detail=detail, retry_after=retry_after(headers), status=status)
    if status == HTTPStatus.UNAUTHORIZED or (told is not None and 400 <= status < 500):
        return _refused(status, kind, told, detail)
    return PortalFault(UNREADABLE, Remedy.ASK_SUPPORT, detail=detail, status=status)


def _told(headers: Mapping[str, str], body: bytes) -> WireProblem | None:
    if not headers.get("Content-Type", "").startswith("application/problem+json"):
        return None
    try:
        return msgspec.json.decode(body, type=WireProblem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _sentence(told: WireProblem | None, otherwise: str) -> str:
    """What the portal says of it, the remedy that it names included."""
    if told is None or not told.title.strip():
        return otherwise
    said = [part.strip() for part in dict.fromkeys((told.title, told.detail, told.remedy)) if part and part.strip()]
    return " ".join(part if part.endswith((".", "!", "?", "…")) else f"{part}." for part in said)


def _refused(status: int, kind: ProblemKind | None, told: WireProblem | None, detail: str) -> Refused:
    sentence = _sentence(told, "Le portail demande de se connecter.")
    if told is None:
        return Refused(sentence, Remedy.SIGN_IN, detail, kind=ProblemKind.SIGN_IN, status=status)
    errors = tuple((error.field, error.sentence) for error in told.errors)
    name = kind.value if kind is not None else told.type
    return Refused(sentence, Remedy.EDIT, detail, kind=name, status=status, errors=errors, version=told.version)


def of_transport(error: Exception) -> Problem:
    """The problem that an exception of requests, urllib3, the sockets or TLS tells. Its text, which may name addresses
    of the company's network, goes no further than its class."""
    problem = _of_transport(error)
    if isinstance(problem, Offline):
        problem.unsent = _never_left(error)
    return problem


def _never_left(error: Exception) -> bool:
    """Whether no connection had come about, so that nothing was said over it."""
    from ssl import SSLCertVerificationError

    import requests
    import urllib3

    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    early = (urllib3.exceptions.NewConnectionError, SSLCertVerificationError)
    return any(_within(error, kind) is not None for kind in early)


def _of_transport(error: Exception) -> Problem:
    from ssl import SSLCertVerificationError

    import requests

    detail = type(error).__name__
    certificate = _within(error, SSLCertVerificationError)
    if isinstance(certificate, SSLCertVerificationError):
        finding = _finding(certificate)
        return Offline(_CERTIFICATE[finding], Remedy.ASK_SUPPORT, f"certificate: {finding}")
    if isinstance(error, requests.exceptions.ProxyError | requests.exceptions.InvalidProxyURL):
        return Offline("Le serveur mandataire (proxy) de votre réseau refuse ou ne répond pas.", detail=detail)
    if isinstance(error, requests.exceptions.SSLError):
        return Offline("La connexion chiffrée avec le portail n’a pas pu être établie.", Remedy.ASK_SUPPORT, detail)
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return PortalFault(UNREADABLE, Remedy.ASK_SUPPORT, detail)
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.ReadTimeout):
        return Offline("Le portail met trop de temps à répondre.", detail=detail)
    cause = _within(error, OSError)
    if isinstance(cause, ConnectionRefusedError):
        detail = "connection refused"
    elif isinstance(cause, OSError) and cause.errno is not None:
        detail = errno.errorcode.get(cause.errno, detail)
    return Offline("Le portail ne répond pas. Vérifiez la connexion à Internet.", detail=detail)


def _finding(error: "SSLCertVerificationError") -> str:
    code = getattr(error, "verify_code", 0)
    if code in _EXPIRED:
        return "expired"
    if code in _NOT_VALID_YET:
        return "not-yet-valid"
    if code in _WRONG_HOST or "ostname mismatch" in str(error):
        return "wrong-host"
    return "unknown-authority"


def _within(error: BaseException, wanted: type[BaseException]) -> BaseException | None:
    """The innermost exception of that class behind an exception: urllib3 and requests wrap one in the other."""
    found, ahead, seen = None, [error], set[int]()
    while ahead:
        one = ahead.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, wanted):
            found = one
        inner = [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
        ahead += [each for each in inner if isinstance(each, BaseException)]
    return found
