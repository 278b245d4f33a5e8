"""One session for all threads: one refresh, a token kept before it is used, the person asked once."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.signin import Refresh, Tokens
from contract.wire import ProblemKind
from desktop.services.portal import Portal
from desktop.services.problems import Offline, PortalFault, Refused, SignInNeeded, StoreFault
from desktop.services.session import Session
from tests.services.answers import ME, PERSON, json, no, tokens
from tests.vaults import FileVault
from tests.weather import Refuse, Say, Weather


@pytest.fixture
def weather() -> Iterator[Weather]:
    with Weather("127.0.0.1", 9) as weather:
        yield weather


@pytest.fixture
def portal(weather: Weather) -> Iterator[Portal]:
    portal = Portal(weather.address)
    yield portal
    portal.close()


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "vault")


class Heard:
    """Counts how often the session said that it changed."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def session(portal: Portal, vault: FileVault, heard: Heard) -> Session:
    return Session(portal, vault, heard)


def test_a_sign_in_keeps_the_refresh_token_and_the_device(
    weather: Weather, session: Session, vault: FileVault, heard: Heard
) -> None:
    assert not session.signed_in
    weather.fates.append(tokens(refresh="r1", device="d1"))
    session.sign_in("ana@exemple.fr", "un bon mot de passe")
    assert (vault.refresh_token(), vault.keys().device) == ("r1", "d1")
    assert (session.signed_in, session.person_id, session.access()) == (True, PERSON, "a1")
    assert weather.requests == 1
    assert heard.times == 1


def test_nobody_else_comes_into_the_session_of_a_person(
    weather: Weather, session: Session, vault: FileVault, heard: Heard
) -> None:
    vault.keep_refresh_token("r0")
    weather.fates += [tokens(refresh="r1"), json({})]
    with pytest.raises(Refused, match="une autre personne"):
        session.sign_in("luc@exemple.fr", "un bon mot de passe", only="another")
    assert (vault.refresh_token(), session.person_id, heard.times, weather.requests) == ("r0", None, 0, 2)
    weather.fates.append(tokens(refresh="r1"))
    session.sign_in("ana@exemple.fr", "un bon mot de passe", only=PERSON)
    assert (vault.refresh_token(), session.person_id) == ("r1", PERSON)


def test_a_wrong_password_changes_nothing(weather: Weather, session: Session, vault: FileVault, heard: Heard) -> None:
    vault.keep_refresh_token("r0")
    weather.fates.append(no("credentials", 401))
    with pytest.raises(Refused) as caught:
        session.sign_in("ana@exemple.fr", "faux")
    assert caught.value.kind == ProblemKind.CREDENTIALS
    assert (session.signed_in, vault.refresh_token(), heard.times) == (True, "r0", 0)


def test_the_session_of_an_earlier_run_goes_on(weather: Weather, session: Session, vault: FileVault) -> None:
    vault.keep_refresh_token("r1")
    assert session.signed_in
    assert session.person_id is None
    weather.fates.append(tokens("a2"))
    assert session.access() == "a2"
    assert session.person_id == PERSON
    assert vault.written == ["r1"]


def test_an_access_token_about_to_expire_is_not_used(weather: Weather, session: Session, vault: FileVault) -> None:
    vault.keep_refresh_token("r1")
    weather.fates.extend([tokens("a1", seconds=0), tokens("a2")])
    assert session.access() == "a1"
    assert session.access() == "a2"
    assert session.access() == "a2"


def test_only_the_token_in_use_can_expire(weather: Weather, session: Session, vault: FileVault) -> None:
    vault.keep_refresh_token("r1")
    weather.fates.extend([tokens("a1"), tokens("a2")])
    assert session.access() == "a1"
    session.expired("a0")
    assert session.access() == "a1"
    session.expired("a1")
    assert session.access() == "a2"


class WatchedVault(FileVault):
    """Notes how many requests the portal had seen when a token was kept."""

    weather: Weather
    at: list[int]

    def keep_refresh_token(self, token: str) -> None:
        self.at.append(self.weather.requests)
        super().keep_refresh_token(token)


def test_a_new_refresh_token_is_kept_before_it_is_used(weather: Weather, portal: Portal, tmp_path: Path) -> None:
    vault = WatchedVault(tmp_path / "vault")
    vault.weather, vault.at = weather, []
    vault.keep_refresh_token("r1")
    session = Session(portal, vault, lambda: None)
    weather.fates.extend([tokens("a1", "r2"), tokens("a2")])
    session.expired(session.access())
    assert vault.refresh_token() == "r2"
    session.access()
    assert vault.at == [0, 1]


def test_a_lost_refresh_is_asked_again_with_the_former_token(
    weather: Weather, portal: Portal, vault: FileVault
) -> None:
    sent: list[str] = []
    vault.keep_refresh_token("r1")

    class Listening(Portal):
        def refresh(self, token: str) -> Tokens:
            sent.append(token)
            return super().refresh(token)

    listening = Listening(weather.address)
    session = Session(listening, vault, lambda: None)
    weather.fates.extend([Refuse(), tokens("a1")])
    with pytest.raises(Offline):
        session.access()
    assert session.access() == "a1"
    assert sent == ["r1", "r1"]
    listening.close()


class BrokenVault(FileVault):
    broken = False

    def keep_refresh_token(self, token: str) -> None:
        if self.broken:
            raise StoreFault("Le trousseau est verrouillé.")
        super().keep_refresh_token(token)


def test_a_token_that_cannot_be_kept_is_not_used(weather: Weather, portal: Portal, tmp_path: Path) -> None:
    vault = BrokenVault(tmp_path / "vault")
    vault.keep_refresh_token("r1")
    vault.broken = True
    session = Session(portal, vault, lambda: None)
    weather.fates.extend([tokens("a1", "r2"), tokens("a2", "r3")])
    session.expired(session.access())
    assert session.access() == "a2"
    assert session._refresh == "r1"
    assert vault.refresh_token() == "r1"


def test_a_sign_in_that_cannot_be_kept_says_so(weather: Weather, portal: Portal, tmp_path: Path) -> None:
    vault = BrokenVault(tmp_path / "vault")
    vault.broken = True
    session = Session(portal, vault, lambda: None)
    weather.fates.append(tokens("a1", "r2"))
    with pytest.raises(StoreFault):
        session.sign_in("ana@exemple.fr", "un bon mot de passe")
    assert not session.signed_in


def test_a_session_that_is_over_asks_for_the_person_once(
    weather: Weather, session: Session, vault: FileVault, heard: Heard
) -> None:
    vault.keep_refresh_token("r1")
    weather.fates.append(no("sign-in-again", 401))
    for _ in range(3):
        with pytest.raises(SignInNeeded):
            session.access()
    assert weather.requests == 1
    assert heard.times == 1
    assert vault.refresh_token() is None
    assert not session.signed_in


@pytest.mark.parametrize(
    "said", [Say(401), Say(401, (), b"<html>", "text/html"), no("sign-in", 401), no("invalid", 422)]
)
def test_only_the_portal_ends_a_session(
    weather: Weather, session: Session, vault: FileVault, heard: Heard, said: Say
) -> None:
    """Not a proxy or the page of a hotel's network, which may well answer 401."""
    vault.keep_refresh_token("r1")
    weather.fates.extend([said, tokens("a1")])
    with pytest.raises(PortalFault):
        session.access()
    assert (session.signed_in, vault.refresh_token(), heard.times) == (True, "r1", 0)
    assert session.access() == "a1"


def test_being_off_line_ends_no_session(weather: Weather, session: Session, vault: FileVault, heard: Heard) -> None:
    vault.keep_refresh_token("r1")
    weather.fates.extend([Refuse(), Say(503), Say(200, (), b"<html>", "text/html")])
    for expected in (Offline, PortalFault, PortalFault):
        with pytest.raises(expected):
            session.access()
    assert session.signed_in
    assert heard.times == 0
    assert vault.refresh_token() == "r1"


def test_many_threads_share_one_refresh(weather: Weather, session: Session, vault: FileVault) -> None:
    vault.keep_refresh_token("r1")
    weather.fates.append(tokens("a1"))
    got: list[str] = []
    _together(8, lambda: got.append(session.access()))
    assert got == ["a1"] * 8
    assert weather.requests == 1


class SlowVault(FileVault):
    """A keyring that asks the person, who takes her time."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.asked, self.answered = threading.Event(), threading.Event()

    def refresh_token(self) -> str | None:
        self.asked.set()
        assert self.answered.wait(60)
        return super().refresh_token()


def test_nobody_waits_for_the_keyring_but_who_needs_its_answer(
    weather: Weather, portal: Portal, tmp_path: Path
) -> None:
    vault = SlowVault(tmp_path / "vault")
    vault.keep_refresh_token("r1")
    session = Session(portal, vault, lambda: None)
    found: list[bool] = []
    reading = threading.Thread(target=lambda: found.append(session.signed_in))
    reading.start()
    assert vault.asked.wait(60)
    weather.fates.append(tokens("a1", "r2"))

    def work() -> None:
        session.sign_in("ana@exemple.fr", "un bon mot de passe")
        session.expired("a0")

    working = threading.Thread(target=work)
    working.start()
    working.join(20)
    waited = working.is_alive()
    vault.answered.set()
    for thread in (working, reading):
        thread.join(60)
    assert not waited
    assert (found, session._refresh, session.access()) == ([True], "r2", "a1")


def test_many_threads_share_one_failure(weather: Weather, portal: Portal, vault: FileVault) -> None:
    """Those that wait for a refresh which fails do not each try again, one after the other."""
    vault.keep_refresh_token("r1")
    waiting = threading.Event()

    class Slow(Portal):
        def refresh(self, token: str) -> Tokens:
            assert waiting.wait(10)
            return super().refresh(token)

    slow = Slow(weather.address)
    session = Session(slow, vault, lambda: None)
    weather.fates.extend([Refuse()] * 5)
    failures: list[Offline] = []
    counted = _Counted(session._turn, 5, waiting)
    session._turn = counted  # type: ignore[assignment]

    def ask() -> None:
        try:
            session.access()
        except Offline as offline:
            failures.append(offline)

    _together(5, ask)
    assert len(failures) == 5
    assert len({id(failure) for failure in failures}) == 5
    assert len(weather.fates) == 4
    slow.close()


class _Counted:
    """A lock that says when so many threads want it."""

    def __init__(self, lock: threading.Lock, count: int, reached: threading.Event) -> None:
        self._lock, self._left, self._reached, self._door = lock, count, reached, threading.Lock()

    def __enter__(self) -> None:
        with self._door:
            self._left -= 1
            if self._left == 0:
                self._reached.set()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _together(count: int, work: object) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_call_with_an_expired_token_is_made_again_with_a_fresh_one(
    weather: Weather, portal: Portal, session: Session, vault: FileVault
) -> None:
    vault.keep_refresh_token("r1")
    weather.fates.extend([tokens("a1"), no("sign-in", 401), tokens("a2"), json(ME)])
    assert session.call(portal.me).first_name == "Ana"
    assert "bearer a2" in weather.seen[3].head.lower()


def test_a_fresh_token_refused_is_a_fault_of_the_portal(
    weather: Weather, portal: Portal, session: Session, vault: FileVault
) -> None:
    vault.keep_refresh_token("r1")
    weather.fates.extend([tokens("a1"), no("sign-in", 401), tokens("a2"), no("sign-in", 401)])
    with pytest.raises(PortalFault):
        session.call(portal.me)
    assert session.signed_in


def test_a_session_revoked_is_noticed_at_the_next_call(
    weather: Weather, portal: Portal, session: Session, vault: FileVault, heard: Heard
) -> None:
    vault.keep_refresh_token("r1")
    weather.fates.extend([tokens("a1"), no("sign-in-again", 401)])
    with pytest.raises(SignInNeeded):
        session.call(portal.me)
    assert (session.signed_in, vault.refresh_token(), heard.times) == (False, None, 1)


def test_the_end_of_a_former_session_does_not_end_the_new_one(
    weather: Weather, portal: Portal, session: Session, vault: FileVault
) -> None:
    vault.keep_refresh_token("r1")
    weather.fates.extend([tokens("a1"), tokens("b1", "s1"), no("sign-in-again", 401)])

    def slowly(access: str) -> None:
        session.sign_in("ana@exemple.fr", "un bon mot de passe")
        portal.me(access)

    with pytest.raises(SignInNeeded):
        session.call(slowly)
    assert session.signed_in
    assert (session.access(), vault.refresh_token()) == ("b1", "s1")


@pytest.mark.parametrize("said", [Say(204), Refuse(), Say(500)])
def test_a_sign_out_forgets_in_any_case(
    weather: Weather, session: Session, vault: FileVault, heard: Heard, said: Say | Refuse
) -> None:
    weather.fates.extend([tokens(refresh="r1", device="d1"), said])
    session.sign_in("ana@exemple.fr", "un bon mot de passe")
    session.sign_out()
    assert (session.signed_in, vault.refresh_token(), vault.keys().device) == (False, None, "d1")
    assert heard.times == 2
    with pytest.raises(SignInNeeded):
        session.access()


def test_a_sign_out_has_forgotten_before_the_portal_is_asked(
    weather: Weather, portal: Portal, vault: FileVault
) -> None:
    kept: list[str | None] = []

    class Watching(Portal):
        def sign_out(self, access: str) -> None:
            kept.append(vault.refresh_token())
            super().sign_out(access)

    weather.fates.extend([tokens(refresh="r1"), Say(204)])
    watching = Watching(weather.address)
    session = Session(watching, vault, lambda: None)
    session.sign_in("ana@exemple.fr", "un bon mot de passe")
    session.sign_out()
    watching.close()
    assert kept == [None]


def test_the_device_is_shown_at_the_next_sign_in(weather: Weather, portal: Portal, vault: FileVault) -> None:
    shown: list[str | None] = []

    class Listening(Portal):
        def sign_in(self, email: str, password: str, device: str | None, code: str | None = None) -> Tokens:
            shown.append(device)
            return super().sign_in(email, password, device, code)

    listening = Listening(weather.address)
    session = Session(listening, vault, lambda: None)
    weather.fates.extend([tokens(refresh="r1", device="d1"), tokens(refresh="r2")])
    session.sign_in("ana@exemple.fr", "x")
    session.sign_in("ana@exemple.fr", "x")
    assert shown == [None, "d1"]
    assert Refresh(refresh=str(vault.refresh_token())).refresh == "r2"
    listening.close()
