"""What people decide holds: of very many at once, and once another source tells more of the same payments."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from desktop.services.review.anomalies import anomalies
from desktop.services.review.archive import PORTAL_RANK, Archive, State, finding_keys, merged
from desktop.services.review.keeping import Keeping
from tests.services.review.making_kept import KEY
from tests.services.review.making_lines import paid
from tests.services.review.test_archive import START, WHEN, part


def test_what_is_decided_of_very_many_at_once_is_few_entries(tmp_path: Path) -> None:
    keeping = Keeping(tmp_path, KEY)
    archive = Archive(keeping)
    keys = [f"{number:032x}" for number in range(12_000)]
    archive.decide(keys, State.UNDERSTOOD, by="Claire Martin", reason="Vu", at=WHEN)
    archive.decide(keys[:1], None, by="Claire Martin")
    entries = keeping.entries("decision")
    assert len(entries) == 4
    again = Archive(keeping)
    for each in (archive, again):
        assert each.decision(keys[0]) is None
        told = each.decision(keys[-1])
        assert told is not None
        assert (told.key, told.state, told.reason, told.by) == (keys[-1], State.UNDERSTOOD, "Vu", "Claire Martin")
        assert all(each.decision(key) for key in keys[1:])
    keeping.close()


def test_a_decision_on_a_printed_line_holds_once_the_portal_shows_the_payment(tmp_path: Path) -> None:
    """The print names people and no numbers: by itself it is another person's line, to whom it is known."""
    keeping = Keeping(tmp_path, KEY)
    archive = Archive(keeping)
    payment = paid(START, START + timedelta(13), claim="S1")
    printed = part("pdf", *[replace(payment, nir="", branch="")] * 2, rank=3)
    alone = merged([printed])
    (odd,) = anomalies(alone.frame)
    (key,) = finding_keys(alone, [odd])
    archive.decide([key], State.DISPUTED, by="Claire Martin", reason="Versé deux fois", at=WHEN)

    both = merged([printed, part("portal", payment, payment, rank=PORTAL_RANK)])
    (same,) = anomalies(both.frame)
    (other,) = finding_keys(both, [same])
    assert other != key
    assert archive.decision(other) is None
    archive.carry_over(both, [same], [other])
    told = archive.decision(other)
    assert told is not None
    assert (told.state, told.reason, told.by, told.at) == (State.DISPUTED, "Versé deux fois", "Claire Martin", WHEN)

    archive.decide([other], None, by="Claire Martin")
    archive.carry_over(both, [same], [other])
    assert archive.decision(other) is None, "what is taken back stays so"
    assert len(archive.decisions(other)) == 2
    keeping.close()
