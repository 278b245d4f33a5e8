"""Every text that the seeded world may say, whether or not the usual seed says it."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from contract import limits
from portal import catalogue
from portal.demo import stories
from portal.demo.cast import Adviser, Person
from portal.demo.dice import Dice
from portal.demo.french import long_date, money, of_month, period, quarter, slug, typeset
from portal.demo.matters import Words
from portal.demo.papers import drawer
from portal.demo.stories import Story
from tests.house.typography import slips
from tests.portal.test_demo_files import MATTER

LIBRARY = stories.read()
STORIES = [story for told in LIBRARY.stories.values() for story in told]
CLERK = Person("", "Mme", "Claire", "Martin", "")
ADVISER = Adviser("", "M.", "Karim", "Haddad", "karim")
SLIP = re.compile(r"['\"{}\[\]|@]|[ \w][;:!?»]|« |\.\.\.|\b(?:de|le|la|que|ne) [aàâeéèêiîoôuAÂEÉIOU]")


def told(story: Story) -> Iterator[str]:
    """All that the story may say, of a woman and of a man, in each of its wordings."""
    man = replace(MATTER, employee=MATTER.other, other=MATTER.employee, company="Brasserie de l’Aven", town="Auray")
    for case in (MATTER, man):
        for clerk in (CLERK, replace(CLERK, civility="M.")):
            words = Words(case, clerk, ADVISER)
            for number in range(4):
                dice = Dice(story.subject, number)
                yield stories.render(story.subject, words, dice)
                yield stories.render(story.document, words, dice)
                for part in story.parts.values():
                    yield stories.render(part.text, words, dice)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: slug(story.subject)[:50])
def test_a_story_reads_as_french(story: Story) -> None:
    texts = sorted(set(told(story)))
    assert {text: found for text in texts if (found := slips(text))} == {}
    assert [text for text in texts if SLIP.search(text)] == []
    assert all(text[0].isupper() or not text[0].isalpha() for text in texts)
    for case in (MATTER, replace(MATTER, employee=MATTER.other)):
        subject = stories.render(story.subject, Words(case, CLERK, ADVISER), Dice(1))
        assert len(subject) <= limits.SUBJECT_CHARACTERS


def test_every_topic_has_its_stories() -> None:
    topics = {topic.code: topic for theme in catalogue.themes().catalogue.themes for topic in theme.topics}
    assert set(LIBRARY.stories) == set(topics)
    assert all(len(told) >= 4 for told in LIBRARY.stories.values())
    families: dict[str, int] = {}
    for code, told in LIBRARY.stories.items():
        theme = code.partition(".")[0]
        families[theme] = families.get(theme, 0) + len(told)
    assert min(families.values()) >= 6


@pytest.mark.parametrize("story", STORIES, ids=lambda story: slug(story.subject)[:50])
def test_a_document_that_the_topic_wants_is_there(story: Story) -> None:
    found = catalogue.themes().topic(story.topic)
    assert found is not None
    wanted = [document for document in found[1].documents if document.required]
    assert len(story.parts["opening"].papers) >= len(wanted)
    assert story.parts["sent"].papers
    assert {code for part in story.parts.values() for code in part.papers} <= drawer.codes()


def test_texts_are_not_written_twice() -> None:
    texts = [part.text for story in STORIES for part in story.parts.values()]
    assert len(texts) == len(set(texts))
    assert len({story.subject for story in STORIES}) == len(STORIES)


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Est-ce clos ?", "Est-ce clos\u202f?"),
        ("« Santé » : 1 234,56 €", "«\u00a0Santé\u00a0»\u00a0: 1\u202f234,56\u00a0€"),
        ("L'avis n° 3 de M. Roux...", "L’avis n°\u00a03 de M.\u00a0Roux…"),
        ("de 9 h à 17 h, à 10 %", "de 9\u00a0h à 17\u00a0h, à 10\u00a0%"),
    ],
)
def test_plain_typing_is_set(typed: str, set_: str) -> None:
    assert typeset(typed) == set_


def test_dates_and_sums_in_words() -> None:
    assert long_date(MATTER.start) == "3\u00a0février\u00a02026"
    assert long_date(MATTER.month) == "1er\u00a0janvier\u00a02026"
    assert period(MATTER.start, MATTER.start.replace(day=17)) == "du 3 au 17\u00a0février\u00a02026"
    assert period(MATTER.start, MATTER.end) == "du 3\u00a0février au 17\u00a0mars\u00a02026"
    assert period(MATTER.start, MATTER.start) == "le 3\u00a0février\u00a02026"
    assert (of_month(MATTER.prolonged), of_month(MATTER.start)) == ("d’avril\u00a02026", "de février\u00a02026")
    assert (quarter(MATTER.month), quarter(MATTER.prolonged)) == ("1er trimestre 2026", "2e trimestre 2026")
    assert money(MATTER.gap) == "1\u202f234,56\u00a0€"
    words = Words(MATTER, CLERK, ADVISER)
    assert words["trois_mois"] == "de novembre\u00a02025 à janvier\u00a02026"
    assert Words(replace(MATTER, start=MATTER.prolonged), CLERK, ADVISER)["trois_mois"] == "de janvier à mars\u00a02026"


def test_an_unfinished_story_is_refused() -> None:
    whole = "@story a.b\n@subject S\n" + "".join(f"@{part} X\nTexte.\n" for part in stories.PARTS)
    assert [story.topic for story in stories.parsed(whole)] == ["a.b"]
    for broken in (whole.replace("@closing X\nTexte.\n", ""), "@subject S\n" + whole, whole + "@autre\n"):
        with pytest.raises(ValueError, match="story"):
            list(stories.parsed(broken))
