"""Whatever happens on the way to the portal becomes one problem, with a French sentence and the right remedy."""

import gzip
import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from contract.contact import MarkRead
from contract.identity import new_id
from contract.wire import FieldError, ProblemKind
from desktop.services.portal import Portal
from desktop.services.portal.door import ANSWER_BYTES, checked_address
from desktop.services.problems import Offline, PortalFault, Refused, Remedy, SignInNeeded
from tests.services.answers import ME, json, no
from tests.serving import Serving
from tests.weather import CutDown, Fate, Refuse, Say, Weather


@pytest.fixture
def weather() -> Iterator[Weather]:
    with Weather("127.0.0.1", 9) as weather:
        yield weather


@pytest.fixture
def portal(weather: Weather) -> Iterator[Portal]:
    portal = Portal(weather.address)
    yield portal
    portal.close()


def test_requests_is_not_imported_before_the_first_call() -> None:
    program = "import sys, desktop.services.portal as p; p.Portal('https://portail.exemple.fr'); "
    program += "sys.exit('requests' in sys.modules or 'truststore' in sys.modules or 'urllib3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    "address",
    ["https://portail.exemple.fr", "https://portail.exemple.fr/ece/", "http://127.0.0.1:8000", "http://127.8.0.9:1",
     "http://[::1]:8000", "http://localhost:8000"],
)  # fmt: skip
def test_https_and_this_computer_are_good_addresses(address: str) -> None:
    assert checked_address(address) == address.rstrip("/")


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("HTTPS://Portail.Exemple.FR/Ece/", "https://portail.exemple.fr/Ece"), (" http://[0::1]:80 ", "http://[::1]:80"),
     ("https://é.fr", "https://é.fr"), ("https://a.fr:", None)],
)  # fmt: skip
def test_what_is_asked_is_put_together_from_what_was_checked(typed: str, asked: str | None) -> None:
    if asked is None:
        with pytest.raises(Refused):
            checked_address(typed)
    else:
        assert checked_address(typed) == asked


@pytest.mark.parametrize(
    "address",
    ["http://portail.exemple.fr", "http://127.0.0.1.exemple.fr", "http://10.0.0.1", "ftp://portail.exemple.fr", "", "https://",
     "https://[", "http://[::1]exemple.fr", "http://[::1].exemple.fr", "https://[exemple.fr]::1", "https://:x@exemple.fr",
     "https://@exemple.fr", "http://127.0.0.1@exemple.fr", "http://127.0.0.1\\@exemple.fr", "https://a.fr/\r\nX: y",
     "https://a.fr/ b", "http://127.0.0.1%2eexemple.fr", "http://127.0.0.1;exemple.fr", "http://127.0.0.1:80:81", "https://a:0",
     "https://a.fr?", "https://a.fr#", "http://localhost.", "http://[::1%25eth0]", "http://2130706433", "https://[1:2]",
     "portail.exemple.fr", "https://ana:secret@portail.exemple.fr", "https://portail.exemple.fr?x=1", "https://a:99999999"],
)  # fmt: skip
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(Refused) as caught:
        Portal(address)
    assert caught.value.remedy is Remedy.EDIT


def test_an_answer_is_read_and_the_access_token_goes_in_the_header_alone(weather: Weather, portal: Portal) -> None:
    weather.fates.append(json(ME))
    assert portal.me("secret-token").first_name == "Ana"
    (seen,) = weather.seen
    assert "authorization: bearer secret-token" in seen.head.lower()
    assert "user-agent: volet/" in seen.head.lower()
    assert "secret" not in seen.path
    assert "cookie" not in seen.head.lower()


def test_a_netrc_entry_never_takes_the_place_of_the_token(
    weather: Weather, portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login mallory password wrong\n", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    weather.fates.extend([json(ME), json({"person_id": new_id(), "access": "a", "access_seconds": 600})])
    portal.me("secret-token")
    portal.refresh("r")
    assert "authorization: bearer secret-token" in weather.seen[0].head.lower()
    assert "authorization" not in weather.seen[1].head.lower()


def test_the_proxies_of_the_system_are_for_others_than_this_computer(
    weather: Weather, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    weather.fates.append(json(ME))
    portal = Portal(weather.address)
    assert portal.me("a").first_name == "Ana"
    portal.close()


def test_a_proxy_that_does_not_answer_is_named_as_such(weather: Weather) -> None:
    portal = Portal("https://portail.exemple.invalid", proxies=lambda: {"https": f"http://127.0.0.1:{weather.port}"})
    weather.fates.append(Say(407))
    with pytest.raises(Offline, match="mandataire"):
        portal.me("a")
    assert weather.seen[0].method == "CONNECT"
    portal.close()


def test_a_host_for_which_the_system_wants_no_proxy_is_reached_without(weather: Weather) -> None:
    portal = Portal(
        "https://portail.exemple.invalid",
        proxies=lambda: {"https": f"http://127.0.0.1:{weather.port}", "no": "exemple.invalid"},
    )
    weather.fates.append(Say(407))
    with pytest.raises(Offline, match="ne répond pas"):
        portal.me("a")
    assert len(weather.fates) == 1
    portal.close()


def test_nobody_listens() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        portal = Portal(f"http://127.0.0.1:{bound.getsockname()[1]}")
        with pytest.raises(Offline) as caught:
            portal.me("a")
    assert caught.value.detail == "connection refused"
    assert caught.value.remedy is Remedy.RETRY
    portal.close()


@pytest.mark.parametrize("fate", [Refuse(), CutDown(3)])
def test_a_broken_connection_is_offline(portal: Portal, weather: Weather, fate: Fate) -> None:
    with Serving(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n" + b"[" * 50
    ) as port:
        weather.target = ("127.0.0.1", port)
        weather.fates.append(fate)
        with pytest.raises(Offline):
            portal.me("a")


def test_the_refusal_of_a_download_is_read_within_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.services.portal.door.ANSWER_BYTES", 100_000)
    head = b"HTTP/1.1 404 No\r\nContent-Type: text/html\r\nContent-Length: 9999999\r\n\r\n"
    with Serving(head + b"x" * 1_000_000) as port:
        portal = Portal(f"http://127.0.0.1:{port}")
        with pytest.raises(PortalFault) as caught:
            portal.download("a", new_id(), "0" * 64, 10, 0)
        assert caught.value.detail == "answer over 100000 bytes"
        portal.close()


def test_an_offset_beyond_all_files_is_a_fault(weather: Weather, portal: Portal) -> None:
    """5,000 digits are more than `int` takes."""
    weather.fates.append(Say(204, (("Upload-Offset", "9" * 5000),)))
    with pytest.raises(PortalFault, match="ne sait pas lire"):
        portal.upload("a", "0" * 64, b"abc", lambda *_: None)


def test_an_answer_shorter_than_it_said_is_offline() -> None:
    with Serving(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{}") as port:
        portal = Portal(f"http://127.0.0.1:{port}")
        with pytest.raises(Offline):
            portal.me("a")
        portal.close()


def test_a_silent_portal_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.services.portal.door.READ_SECONDS", 0.05)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        portal = Portal(f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(Offline, match="trop de temps"):
            portal.me("a")
        portal.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(weather: Weather, portal: Portal, status: int) -> None:
    weather.fates.append(Say(status, (("Location", weather.address + "/elsewhere"),)))
    with pytest.raises(PortalFault) as caught:
        portal.me("secret-token")
    assert caught.value.status == status
    assert weather.requests == 1


@pytest.mark.parametrize(
    "said",
    [
        Say(200, (), b"<html>Bienvenue au Wi-Fi de la gare</html>"),
        Say(200, (), msgspec.json.encode(ME), "text/plain"),
        Say(200, (), b'{"person_id": 4', "application/json"),
        json({**ME, "spaces": 4}),
        Say(200, (), b"\xff\xfe", "application/json"),
        Say(200, (("Content-Encoding", "gzip"),), b"not gzip", "application/json"),
        Say(200, (), b"[" * 100_000, "application/json"),
    ],
)
def test_what_cannot_be_read_is_a_fault_that_repeats_nothing_of_it(weather: Weather, portal: Portal, said: Say) -> None:
    weather.fates.append(said)
    with pytest.raises(PortalFault) as caught:
        portal.me("a")
    assert caught.value.remedy is Remedy.ASK_SUPPORT
    assert "Ana" not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_an_answer_without_end_is_given_up(weather: Weather, portal: Portal) -> None:
    bomb = gzip.compress(b" " * (ANSWER_BYTES + 1), 1)
    weather.fates.append(Say(200, (("Content-Encoding", "gzip"),), bomb, "application/json"))
    with pytest.raises(PortalFault) as caught:
        portal.me("a")
    assert caught.value.detail.startswith("answer over")


def test_a_zipped_answer_is_read(weather: Weather, portal: Portal) -> None:
    body = gzip.compress(msgspec.json.encode(ME))
    weather.fates.append(Say(200, (("Content-Encoding", "gzip"),), body, "application/json"))
    assert portal.me("a").last_name == "Petit"


def test_a_refusal_says_what_the_portal_says(weather: Weather, portal: Portal) -> None:
    errors = (FieldError("fields.start_date", "Cette date n’existe pas."),)
    weather.fates.append(no(ProblemKind.INVALID, 422, detail="Corrigez.", errors=errors, instance="urn:uuid:7"))
    with pytest.raises(Refused) as caught:
        portal.carry_out("a", new_id(), MarkRead(new_id(), 1))
    refused = caught.value
    assert (refused.sentence, refused.kind, refused.status) == ("Non. Corrigez.", "invalid", 422)
    assert refused.errors == (("fields.start_date", "Cette date n’existe pas."),)
    assert refused.remedy is Remedy.EDIT
    assert "urn:uuid:7" in refused.detail


def test_a_refusal_names_the_remedy_that_the_portal_knows(weather: Weather, portal: Portal) -> None:
    weather.fates.append(no(ProblemKind.RIGHTS, 403, remedy="Demandez-le à Claire Martin"))
    with pytest.raises(Refused) as caught:
        portal.carry_out("a", new_id(), MarkRead(new_id(), 1))
    assert caught.value.sentence == "Non. Demandez-le à Claire Martin."


def test_a_stale_wish_brings_the_version_that_stands(weather: Weather, portal: Portal) -> None:
    weather.fates.append(no(ProblemKind.STALE, 412, version=7))
    with pytest.raises(Refused) as caught:
        portal.carry_out("a", new_id(), MarkRead(new_id(), 1))
    assert (caught.value.kind, caught.value.version) == ("stale", 7)


def test_a_refusal_of_a_kind_of_tomorrow_is_final_all_the_same(weather: Weather, portal: Portal) -> None:
    weather.fates.append(no("of-tomorrow", 451))
    with pytest.raises(Refused) as caught:
        portal.me("a")
    assert (caught.value.kind, caught.value.status) == ("urn:volet:problem:of-tomorrow", 451)


def test_a_no_that_is_not_the_portals_own_decides_nothing(weather: Weather, portal: Portal) -> None:
    weather.fates.append(Say(404, (), b"<h1>Not found</h1>"))
    with pytest.raises(PortalFault):
        portal.me("a")


def test_the_three_ways_of_not_being_signed_in(weather: Weather, portal: Portal) -> None:
    weather.fates.extend([no("sign-in", 401), no("sign-in-again", 401), no("credentials", 401), Say(401)])
    with pytest.raises(Refused) as expired:
        portal.me("a")
    assert expired.value.kind == ProblemKind.SIGN_IN
    with pytest.raises(SignInNeeded):
        portal.me("a")
    with pytest.raises(Refused) as wrong:
        portal.sign_in("ana@exemple.fr", "faux", None)
    assert wrong.value.kind == ProblemKind.CREDENTIALS
    with pytest.raises(Refused) as bare:
        portal.me("a")
    assert bare.value.kind == ProblemKind.SIGN_IN


def test_too_many_tries_is_a_refusal_at_sign_in_and_a_pause_elsewhere(weather: Weather, portal: Portal) -> None:
    weather.fates.extend([no("too-many-tries", 429, ("Retry-After", "60")), Say(429, (("Retry-After", "7"),))])
    with pytest.raises(Refused) as refused:
        portal.sign_in("ana@exemple.fr", "faux", None)
    assert refused.value.kind == ProblemKind.TOO_MANY_TRIES
    with pytest.raises(PortalFault) as fault:
        portal.me("a")
    assert fault.value.retry_after == 7.0


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (Say(503, (("Retry-After", "30"),)), 30.0),
        (Say(500), None),
        (Say(503, (("Retry-After", "soon"),)), None),
        (Say(503, (("Retry-After", "-5"),)), None),
        (Say(503, (("Retry-After", "9999999999"),)), 86_400.0),
        (no("busy", 409, ("Retry-After", "2")), 2.0),
        (no("fault", 500, ("Retry-After", "2")), 2.0),
    ],
)
def test_a_fault_tells_when_to_come_back(weather: Weather, portal: Portal, said: Say, seconds: float | None) -> None:
    weather.fates.append(said)
    with pytest.raises(PortalFault) as caught:
        portal.me("a")
    assert caught.value.retry_after == seconds
    assert caught.value.status == said.status


def test_a_date_to_come_back_at_is_read_by_the_portals_own_clock() -> None:
    with Serving(
        b"HTTP/1.1 503 No\r\nDate: Tue, 24 Nov 1998 10:00:00 GMT\r\nRetry-After: Tue, 24 Nov 1998 10:02:00 GMT\r\n"
        b"Content-Length: 0\r\n\r\n"
    ) as port:
        portal = Portal(f"http://127.0.0.1:{port}")
        with pytest.raises(PortalFault) as caught:
            portal.me("a")
        assert caught.value.retry_after == 120.0
        portal.close()


def test_an_unchanged_pulse_is_none_and_a_changed_one_comes_with_its_tag(weather: Weather, portal: Portal) -> None:
    space = new_id()
    weather.fates.append(json({"me": False, "spaces": [space]}, 200, ("ETag", '"8"')))
    weather.fates.append(Say(304, (("ETag", '"8"'),)))
    changed = portal.pulse("a", '"7"')
    assert changed is not None
    assert (changed[0].spaces, changed[1]) == ((space,), '"8"')
    assert portal.pulse("a", '"8"') is None
    assert 'if-none-match: "8"' in weather.seen[1].head.lower()


def test_nothing_sensitive_reaches_a_log(weather: Weather, portal: Portal, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "canary-7f3a"
    weather.fates.extend(
        [json({**ME, "first_name": secret}), json({"access": secret}), no("invalid", 422, detail=secret)]
    )
    portal.me(secret)
    with pytest.raises(PortalFault):
        portal.refresh(secret)
    with pytest.raises(Refused):
        portal.sign_in(f"{secret}@exemple.fr", secret, secret)
    assert "/v1/me" in caplog.text
    assert secret not in caplog.text


def test_each_thread_has_its_own_session(weather: Weather, portal: Portal) -> None:
    weather.fates.extend([json(ME), json(ME)])
    portal.me("a")
    other = threading.Thread(target=portal.me, args=("a",))
    other.start()
    other.join()
    assert len(portal._door._all) == 2
