"""The key of the portal: one, whoever comes first, and its own user's alone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal import safe
from tests.portal.world import Clock, settings_for


def test_who_makes_the_key_at_once_gets_the_same(tmp_path: Path) -> None:
    settings = settings_for("sqlite://", tmp_path / "files", Clock())
    with ThreadPoolExecutor(8) as pool:
        sums = set(pool.map(lambda _: safe.sum_of(settings, "anne", "ABCDE"), range(64)))
    assert len(sums) == 1
    [key] = settings.files.iterdir()
    assert (key.name, len(key.read_bytes()), key.stat().st_mode & 0o077) == ("key", 32, 0)


def test_a_sum_is_of_one_owner_and_one_portal(tmp_path: Path) -> None:
    here, there = (settings_for("sqlite://", tmp_path / name, Clock()) for name in ("here", "there"))
    told = [safe.sum_of(here, "anne", "AB"), safe.sum_of(here, "anneA", "B"), safe.sum_of(there, "anne", "AB")]
    assert len(set(told)) == 3


def test_what_was_sealed_and_changed_does_not_open(tmp_path: Path) -> None:
    settings = settings_for("sqlite://", tmp_path / "files", Clock())
    sealed = safe.seal(settings, b"seed", "anne")
    assert sealed != safe.seal(settings, b"seed", "anne")
    assert safe.unseal(settings, sealed, "anne") == b"seed"
    changed = sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:]
    for other, owner in ((changed, "anne"), (sealed, "paul"), (sealed[:8], "anne")):
        with pytest.raises(safe.Unsealed):
            safe.unseal(settings, other, owner)


def test_a_key_that_is_cut_is_told_and_not_used(tmp_path: Path) -> None:
    settings = settings_for("sqlite://", tmp_path / "files", Clock())
    settings.files.mkdir()
    (settings.files / "key").write_bytes(b"")
    with pytest.raises(safe.Damaged, match="restore it"):
        safe.sum_of(settings, "anne", "ABCDE")
