"""What was taught of the columns is remembered, and what was taught last holds."""

from contextlib import closing
from pathlib import Path

from desktop.services.review.keeping import Keeping
from desktop.services.review.lessons import learn, lessons
from desktop.services.review.reading.headings import Taught

KEY = bytes(range(32))


def test_lessons_are_there_again_and_the_last_one_holds(tmp_path: Path) -> None:
    with closing(Keeping(tmp_path / "review", KEY)) as keeping:
        assert lessons(keeping) == {}
        learn(keeping, "one", Taught({"Truc": "net"}), by="Zoé")
        learn(keeping, "two", Taught({"Bidule": "gross"}), by="Zoé")
        learn(keeping, "one", Taught({"Truc": "gross", "Machin": ""}), by="Yann")
    with closing(Keeping(tmp_path / "review", KEY)) as again:
        assert lessons(again) == {
            "one": Taught({"Truc": "gross", "Machin": ""}),
            "two": Taught({"Bidule": "gross"}),
        }
