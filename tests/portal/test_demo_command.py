"""`volet-portal demo`: what it makes, keeps, makes anew, and will not touch."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from sqlalchemy import update

from contract import paths
from portal import demo, people
from portal.database import Database
from portal.demo import command
from portal.tables import persons
from tests.portal.seeded import CLERK, cheap


def test_it_serves_a_demo_and_tells_the_accounts(tmp_path: Path) -> None:
    words = ["demo", "--database", f"sqlite:///{tmp_path / 'p.db'}", "--port", "0", "--requests", "20"]
    started = subprocess.Popen(
        [sys.executable, "-m", "portal", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert started.stdout is not None
    try:
        first = started.stdout.readline()
        address = re.fullmatch(r"Portail prêt sur (http://127\.0\.0\.1:\d+)\n", first)
        assert address, first
        accounts = dict(
            tuple(started.stdout.readline().split()[:2])  # e-mail, password
            for _ in range(7)
        )
        assert accounts[CLERK] == demo.PASSWORD
        assert {email.partition("@")[2] for email in accounts if "@" in email} == {"morvan.example", "tanguy.example"}
        while not (told := started.stdout.readline()).startswith("Créer un compte"):
            assert told
        numbers = re.fullmatch(
            r"  Verrerie de la Rance\u00a0: SIREN (\d{9}), numéro d’adhérent (\d{7})\n", started.stdout.readline()
        )
        assert numbers
        assert started.stdout.readline() == f"E-mails écrits dans {tmp_path / 'mails'}\n"
        person = {"civility": "Mme", "first_name": "Anne", "last_name": "Petit", "email": "anne.petit@rance.example"}
        asked = person | {"company_number": numbers[1], "member_number": numbers[2]}
        answer = requests.post(address[1] + paths.NEW_ACCOUNT, json=asked, timeout=20)
        assert answer.json() == {"step": "mail"}
        answer = requests.post(address[1] + paths.SIGN_IN, json={"email": CLERK, "password": demo.PASSWORD}, timeout=20)
        assert answer.status_code == 200
    finally:
        started.send_signal(signal.SIGINT)
        _, complaint = started.communicate(timeout=20)
    assert started.returncode == 0
    assert complaint == "Création du monde de démonstration…\n"
    assert (tmp_path / "p.db.files" / "whole").is_dir()


def test_what_is_there_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = cheap(f"sqlite:///{tmp_path / 'p.db'}", tmp_path / "files")
    first = command.prepare(settings, requests=20)
    assert [name for name, _, _ in first[:2]] == ["Claire Martin", "Mehdi Benali"]
    capsys.readouterr()
    assert command.prepare(settings, requests=50) == first
    assert capsys.readouterr().err == ""


def test_fresh_makes_it_anew_under_another_epoch(tmp_path: Path) -> None:
    settings = cheap(f"sqlite:///{tmp_path / 'p.db'}", tmp_path / "files")
    command.prepare(settings, requests=20)
    before = Database(settings)
    with before.write() as tx:
        tx.db.execute(update(persons).where(persons.c.email == CLERK).values(last_name="Changée"))
    epoch = before.epoch
    before.close()
    assert command.prepare(settings, requests=20)[0][0] == "Claire Changée"
    assert command.prepare(settings, requests=20, fresh=True)[0][0] == "Claire Martin"
    after = Database(settings)
    assert after.epoch != epoch
    after.close()


def test_another_portal_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = cheap(f"sqlite:///{tmp_path / 'p.db'}", tmp_path / "files")
    database = Database(settings)
    with database.write() as tx:
        people.add_person(tx, people.add_portfolio(tx, "Vrai groupe"), "Vraie", "Personne", "vraie@exemple.fr")
    for words in ([], ["--fresh"]):
        assert command.main(["--database", settings.database, *words]) == 1
        assert "autre chose que la démonstration" in capsys.readouterr().err
    with database.read() as db:
        assert db.execute(persons.select()).one().email == "vraie@exemple.fr"
    database.close()


def test_a_world_too_small_is_refused_in_french(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--database", f"sqlite:///{tmp_path / 'p.db'}", "--spaces", "3"]) == 1
    assert "--spaces" in capsys.readouterr().err


def test_it_ends_with_who_started_it(tmp_path: Path) -> None:
    words = ["demo", "--with-parent", "--database", f"sqlite:///{tmp_path / 'p.db'}", "--port", "0", "--requests", "5"]
    started = subprocess.Popen(
        [sys.executable, "-m", "portal", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert started.stdin is not None
    assert started.stdout is not None
    try:
        assert started.stdout.readline().startswith("Portail prêt")
        started.stdin.close()
        assert started.wait(20) == 0
    finally:
        started.kill()
        started.stdout.close()
