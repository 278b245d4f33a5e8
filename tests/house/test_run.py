"""`run.py`: what it says when something is missing, and when it has nothing to do."""

from pathlib import Path

import pytest

import run


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("OSError: [Errno 28] No space left on device", "plein"),
        ("NewConnectionError: [Errno -3] Temporary failure in name resolution", "ne répond pas"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "verrou"),
        ("ERROR: No matching distribution found for apsw", "n’existe pas"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED]", "certificat"),
        ("PermissionError: [Errno 13] Permission denied", "pas le vôtre"),
        ("first\nTraceback: something new", "something new"),
    ],
)
def test_each_failure_has_its_sentence(output: str, word: str) -> None:
    assert word in run.explain(output, "L’installation a échoué.")


def test_a_missing_library_is_named_by_its_package() -> None:
    missing = run.libraries_missing({"libvolet-nowhere.so.9": "libvolet9"})
    assert missing == ({"libvolet-nowhere.so.9": "libvolet9"} if run.sys.platform == "linux" else {})


def test_a_library_that_cannot_be_installed_is_named_in_a_line_to_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "libraries_missing", lambda _: {"libEGL.so.1": "libegl1"})
    monkeypatch.setattr(run, "is_debian_root", lambda: False)
    monkeypatch.setattr(run.shutil, "which", lambda _: "/usr/bin/apt-get")
    with pytest.raises(run.Stop, match="sudo apt-get install -y libegl1"):
        run.need_libraries(window=False)


def test_the_set_up_is_done_again_when_what_it_is_made_from_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        (tmp_path / name).write_text(name)
    (tmp_path / "python").write_text("")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "VENV", tmp_path)
    monkeypatch.setattr(run, "PYTHON", tmp_path / "python")
    assert not run.is_ready("runtime")
    run.stamp("runtime").write_text(run.fingerprint("runtime"))
    assert run.is_ready("runtime")
    assert not run.is_ready("dev")
    (tmp_path / "requirements.lock").write_text("another")
    assert not run.is_ready("runtime")


def test_an_unknown_verb_and_an_old_python_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(run.Stop, match="Verbe inconnu"):
        run.main(["frobnicate"])
    monkeypatch.setattr(run.sys, "version_info", (3, 9, 1))
    with pytest.raises(run.Stop, match=r"3\.11"):
        run.main(["setup"])


def test_a_full_disk_is_told_before_anything_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(run, "NEEDED_BYTES", 10**18)
    with pytest.raises(run.Stop, match="presque plein"):
        run.need_room()
