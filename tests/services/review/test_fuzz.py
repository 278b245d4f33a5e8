"""A short round of the long fuzzing, the same each time; and proof that it would see a reader that fails."""

import pytest

from desktop.services.review.reading import opening
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import ReadFile, Unreadable
from tests.services.review import fuzzing


def no_pdf(_: bytes) -> tuple[str, ...]:
    raise Unreadable("Pas de PDF ici.")


def test_sound_files_are_read() -> None:
    for name, data in fuzzing.seeds().items():
        assert opening.read(Source(name, data), printed_text=no_pdf, taught={}).frame.height, name


def test_no_file_breaks_a_reader() -> None:
    broken = [f"{each.seed}: {said}" for each in fuzzing.inputs(200) if (said := fuzzing.wrong(each, no_pdf))]
    assert broken == []


def test_most_files_are_more_than_refused() -> None:
    """Otherwise the readers behind the first check would never be tried."""
    read = 0
    for each in fuzzing.inputs(100, first=10_000):
        if each.name != "pages":
            try:
                read += opening.read(Source(each.name, each.data), printed_text=no_pdf, taught={}).frame.height > 0
            except Unreadable:
                continue
    assert read > 25


@pytest.mark.parametrize("error", [KeyError("nom"), Unreadable("sans point"), Unreadable(f"Le {fuzzing.NIR}.")])
def test_a_failure_is_seen(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> ReadFile:
        raise error

    monkeypatch.setattr(opening, "read", fails)
    (each,) = fuzzing.inputs(1)
    assert fuzzing.wrong(each, no_pdf)
