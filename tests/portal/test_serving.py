"""The portal as a command and behind a proxy: what it says, what it writes, whom it believes."""

import logging
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from sqlalchemy import insert, select

from contract import paths
from portal import __main__, retention
from portal.app import start_in_thread
from portal.database import Transaction
from portal.files import Folder
from portal.tables import tries
from portal.tries import count_address
from tests.portal.world import PASSWORD, Clock, World, settings_for


@pytest.mark.parametrize("words", [["--help"], ["serve", "--help"], ["openapi", "--help"]])
def test_the_help_is_french(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        __main__.main(words)
    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert told.startswith("utilisation\u00a0: volet-portal")
    assert "montre cette aide" in told
    assert not any(word in told for word in (" the ", "usage", "show this", "positional"))


def test_what_it_writes_is_for_its_own_user_alone(tmp_path: Path) -> None:
    """Whatever the mask of the shell that starts it."""
    words = ["serve", "--database", f"sqlite:///{tmp_path / 'portal.db'}", "--port", "0"]
    program = f"import os; os.umask(0); from portal.__main__ import main; main({words!r})"
    started = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert started.stdout is not None
    try:
        assert b"http://" in started.stdout.readline()
        written = [path for path in tmp_path.rglob("*") if path.is_file() or path.is_dir()]
        assert {path.name for path in written} >= {"portal.db", "portal.db.files", "whole"}
        assert [path.name for path in written if path.stat().st_mode & 0o077] == []
    finally:
        started.send_signal(signal.SIGINT)
        started.communicate(timeout=20)


@pytest.mark.parametrize(
    ("proxies", "believed"), [("", "127.0.0.1"), ("127.0.0.1", "9.9.9.9"), ("8.8.8.8", "127.0.0.1")]
)
def test_only_a_named_proxy_says_who_asks(world: World, clock: Clock, proxies: str, believed: str) -> None:
    settings = settings_for(world.settings.database, world.settings.files, clock, proxies=proxies)
    running = start_in_thread(settings)
    try:
        body = {"email": "personne@exemple.fr", "password": "faux mot de passe"}
        asked = requests.post(
            running.address + paths.SIGN_IN, json=body, headers={"X-Forwarded-For": "9.9.9.9"}, timeout=20
        )
        assert asked.status_code == 401
    finally:
        running.stop()
    assert [bucket for bucket in buckets(world) if bucket.startswith("address:")] == [f"address:{believed}"]


def test_a_superscript_is_no_number_of_an_etag(world: World) -> None:
    """Over the real socket: the test client does not send such a byte."""
    running = start_in_thread(world.settings)
    try:
        body = {"email": world.email("all"), "password": PASSWORD}
        access = requests.post(running.address + paths.SIGN_IN, json=body, timeout=20).json()["access"]
        headers: dict[str, str | bytes] = {"Authorization": f"Bearer {access}"}
        epoch = requests.get(running.address + paths.PULSE, headers=headers, timeout=20).headers["ETag"].split(".")[0]
        headers["If-None-Match"] = f'{epoch}.1.\xb2"'.encode("latin-1")
        assert requests.get(running.address + paths.PULSE, headers=headers, timeout=20).status_code == 200
    finally:
        running.stop()


def test_who_hangs_up_in_the_middle_is_no_fault(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "portal")
    sha256 = "0" * 64
    running = start_in_thread(world.settings)
    try:
        body = {"email": world.email("all"), "password": PASSWORD}
        access = requests.post(running.address + paths.SIGN_IN, json=body, timeout=20).json()["access"]
        for asked in (f"POST {paths.SIGN_IN}", f"PATCH {paths.upload(sha256)}"):
            head = f"{asked} HTTP/1.1\r\nHost: portal\r\nAuthorization: Bearer {access}\r\nContent-Length: 100\r\n"
            head += "Content-Type: application/json\r\nUpload-Offset: 0\r\nUpload-Length: 100\r\n\r\n"
            with socket.create_connection(("127.0.0.1", int(running.address.rsplit(":", 1)[1])), 10) as line:
                line.sendall(head.encode() + b'{"email":')
                line.shutdown(socket.SHUT_WR)
                assert line.recv(1) == b"", "closed, with nothing said"
    finally:
        running.stop()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
    lines = {record.getMessage() for record in caplog.records if record.name == "portal"}
    assert lines >= {"POST /v1/sign-in 400", "PATCH /v1/uploads/{sha256} 400"}


def test_addresses_of_one_network_are_one_subscriber(world: World) -> None:
    told = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1", "::ffff:9.9.9.9", "9.9.9.9", "testclient"]
    with world.database.write() as tx:
        for address in told:
            count_address(tx, world.settings, address)
    expected = ["2001:db8:1:2::/64", "2001:db8:1:3::/64", "9.9.9.9", "testclient"]
    assert buckets(world) == [f"address:{address}" for address in expected]


def test_tries_that_say_nothing_any_more_are_forgotten(world: World, clock: Clock) -> None:
    def tried(tx: Transaction, bucket: str, *, day: str, minutes: int) -> None:
        later = clock.moment.replace(minute=30 + minutes)
        tx.db.execute(insert(tries).values(bucket=bucket, failures=1, not_before=later, day=day))

    clock.moment = clock.moment.replace(minute=30)
    with world.database.write() as tx:
        tried(tx, "account:today", day="2026-11-24", minutes=-9)
        tried(tx, "account:yesterday", day="2026-11-23", minutes=-9)
        tried(tx, "account:waits", day="2026-11-23", minutes=9)
        tried(tx, "address:full", day="2026-11-24", minutes=-9)
        tried(tx, "address:filling", day="2026-11-24", minutes=9)
    retention.purge(world.database, world.settings, Folder(world.settings.files), clock.moment)
    assert buckets(world) == ["account:today", "account:waits", "address:filling"]


def buckets(world: World) -> list[str]:
    with world.database.read() as db:
        return sorted(db.execute(select(tries.c.bucket)).scalars())
