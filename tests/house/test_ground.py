"""What the project stands on: the Qt and the SQLite that were found sound, and the locks."""

import re
import sys
import tomllib

import apsw
import PySide6
import sqlcipher3
from hypothesis import settings
from PySide6.QtCore import QObject

from tests.house.sources import ROOT

SOUND_SQLITE = (3, 51, 3)
"""Before it, two writers of a WAL database could lose committed work."""


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==([^ ;\\]+)", text, re.MULTILINE))


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")[:3]))


def test_the_suite_is_the_same_each_time() -> None:
    """A failure that comes and goes is believed by nobody; the long proofs look for what no run has found yet."""
    assert settings.default is not None
    assert settings.default.derandomize


def test_qt_counts_its_references() -> None:
    """PySide6 6.12.0 loses one reference to None at each call that returns nothing, until Python 3.11 aborts."""
    assert PySide6.__version__ == "6.11.3"
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(2000):
        thing.setObjectName("a")
    assert abs(sys.getrefcount(None) - before) < 1000


def test_both_sqlites_are_sound() -> None:
    assert numbers(apsw.sqlite_lib_version()) >= SOUND_SQLITE
    assert numbers(sqlcipher3.dbapi2.sqlite_version) >= SOUND_SQLITE
    assert numbers("3.40.1") < SOUND_SQLITE


def test_the_locks_hold_what_the_project_asks() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {re.split(r"[\[<>=!,; ]", each)[0].lower() for each in project["project"]["dependencies"]}
    asked_dev = {
        re.split(r"[\[<>=!,; ]", each)[0].lower()
        for each in project["dependency-groups"]["dev"]
        if isinstance(each, str)
    }
    runtime, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert asked - set(runtime) == set()
    assert asked_dev - set(dev) == set()
    assert {name: version for name, version in runtime.items() if dev.get(name) != version} == {}


def test_the_locks_name_no_host() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert re.findall(r"https?:|--index|--extra-index|--find-links|file:|\w+\.(?:org|com|io|net)\b", text) == []
        assert text.count("==") <= text.count("--hash=sha256:")
