"""Search as one types: 100,000 requests with their messages in 1,000 spaces, on the encrypted store.

`python -m benchmarks.search` prints the figures. A keystroke is the whole list of identifiers with its day groups, and
the first twenty rows read.
"""

import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import msgspec

from contract.changes import Change
from contract.contact import AttachmentRecord, Author, Closing, MessageRecord, Origin, RequestRecord, State
from contract.portfolio import CompanyRecord, Me, Right, RightLabel, SpaceRecord
from desktop.services.contact import Contact, Query
from desktop.services.outbox import Outbox
from desktop.services.portfolio import Portfolio
from desktop.services.store import Store

REQUESTS = 100_000
SPACES = 1_000
ROUNDS = 3
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SYLLABLES = re.findall(
    r"\w+",
    "ba be bé bo bou ca ce cé chan che cla con cou da de dé dou du é fa fe fer fi fou ga gau ge gi gran hu ja jo la le "
    "lé li lo lu ma man mar me mé mi mon mou na ne né ni no nou pa par pe pé pi plan po pré qua que ra re ré ri ro rou "
    "sa se sé si so sou ta te té ti to tou tra u va ve vé vi voi vou ya zé",
)
TYPED = (
    *("lefevre", "lefèvre martin", "arret de travail", "761 1111", "7611111", "attestation", "zzz", "dupont", "a", "e"),
    *("prolongation dossier", "7600", "conseil", "entreprise 12", "m", "bérenger", "volet 3", "c", "radiation", "du"),
)


def made_words(dice: random.Random, count: int) -> list[str]:
    made = {"".join(dice.choices(SYLLABLES, k=dice.randrange(1, 5))) for _ in range(count * 2)}
    known = ["arrêt", "travail", "dossier", "prolongation", "attestation", "volet", "radiation", "conseil", "du", "de"]
    return known + sorted(made)[:count]


def made_portfolio(dice: random.Random) -> Me:
    labels = tuple(RightLabel(right, right) for right in Right)
    companies, spaces = [], []
    for place in range(SPACES):
        company = CompanyRecord(an_id(dice), f"Entreprise {place}", f"{place:09d}")
        companies.append(company)
        spaces.append(
            SpaceRecord(
                an_id(dice), company.company_id, f"{100_000 + place}", f"{place:014d}", "", tuple(Right), "C. Martin"
            )
        )
    return Me(an_id(dice), "Mme", "Hélène", "Duval", "h@exemple.fr", tuple(companies), tuple(spaces), labels)


def an_id(dice: random.Random) -> str:
    text = f"{dice.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Matters:
    """Requests of two years with one to five messages of some thirty words, words as unequal as in any language."""

    def __init__(self, seed: int, me: Me) -> None:
        self.dice, self.me = random.Random(seed), me  # noqa: S311 - the same world for the same seed
        self.words = made_words(self.dice, 20_000)
        self.weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.words))))
        self.names = [word.capitalize() for word in made_words(self.dice, 3_000)] + ["Lefèvre", "Dupont", "Bérenger"]
        self.number = 0

    def text(self, words: int) -> str:
        return " ".join(self.dice.choices(self.words, cum_weights=self.weights, k=words))

    def change(self, kind: str, key: str, record: object) -> Change[msgspec.Raw]:
        self.number += 1
        return Change(self.number, kind, key, msgspec.Raw(msgspec.json.encode(record)))

    def one(self, place: int) -> Iterator[Change[msgspec.Raw]]:
        dice, space = self.dice, self.dice.choice(self.me.spaces)
        moved = NOW - timedelta(seconds=dice.randrange(2 * 365 * 86_400))
        theme = dice.choice(("Mes prestations de prévoyance", "Mes salariés", "Mes cotisations", "Autre question"))
        closed = dice.random() < 0.8
        request = RequestRecord(
            request_id=an_id(dice),
            space_id=space.space_id,
            file_number=f"{7_550_000 + place:07d}",
            topic="autre.autre-question",
            theme_label=theme,
            topic_label=theme,
            subject=f"{dice.choice(self.names)} : {self.text(4)}",
            state=State.CLOSED if closed else State.RECEIVED,
            closing=Closing.DONE if closed else None,
            origin=Origin.FORMER if dice.random() < 0.3 else Origin.NEW,
            author_id=self.me.person_id if dice.random() < 0.3 else an_id(dice),
            author_name=f"{dice.choice(self.names)} {dice.choice(self.names)}",
            opened_at=moved - timedelta(days=3),
            moved_at=moved,
            state_version=1,
            fields=(("Nom et prénom du salarié", f"{dice.choice(self.names)} {dice.choice(self.names)}"),),
        )
        yield self.change("request", request.request_id, request)
        for position in range(1, dice.randrange(1, 6) + 1):
            yield self.message(request, position)

    def message(self, request: RequestRecord, position: int) -> Change[msgspec.Raw]:
        dice, answer = self.dice, position % 2 == 0
        name = f"{self.text(2).replace(' ', '-')}.pdf"
        sha256 = f"{dice.getrandbits(256):064x}"
        files = (AttachmentRecord(an_id(dice), name, "application/pdf", 1, sha256),) if dice.random() < 0.2 else ()
        record = MessageRecord(
            message_id=an_id(dice),
            request_id=request.request_id,
            space_id=request.space_id,
            position=position,
            author=Author.ADVISER if answer else Author.CLERK,
            author_name=dice.choice(self.names),
            text=self.text(30),
            sent_at=request.moved_at,
            attachments=files,
        )
        return self.change("message", record.message_id, record)


def fill(store: Store, contact: Contact, portfolio: Portfolio, requests: int) -> None:
    me = made_portfolio(random.Random(1))  # noqa: S311
    with store.write(portfolio.topic) as db:
        portfolio.take_in(db, me)
    matters, page = Matters(2, me), []
    for place in range(requests):
        page += matters.one(place)
        if len(page) >= 500 or place == requests - 1:
            with store.write(contact.topic) as db:
                contact.apply(db, page)
            page = []


def milliseconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    begun = clock()
    work()
    return (clock() - begun) * 1000


def percentile(times: list[float], share: float) -> float:
    return round(sorted(times)[min(len(times) - 1, int(len(times) * share))], 2)


def measure(requests: int = REQUESTS) -> dict[str, dict[str, Any]]:
    """What a keystroke costs, by the clock, in milliseconds; and its parts, in processor time."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.db", bytes(range(32)))
        try:
            outbox = Outbox(store)
            contact, portfolio = Contact(store, outbox), Portfolio(store, outbox)
            fill(store, contact, portfolio, requests)
            return _figures(store, contact)
        finally:
            store.close()


def _figures(store: Store, contact: Contact) -> dict[str, dict[str, Any]]:
    def stroke(text: str, query: Query) -> tuple[float, float]:
        """(by the clock, as the person waits; processor time). On an idle machine the two are the same."""
        asked, worked = replace(query, text=text), time.thread_time()
        told = milliseconds(lambda: contact.rows(contact.listing(asked, TODAY).ids[:20]))
        return told, (time.thread_time() - worked) * 1000

    def commit() -> None:
        with store.write(contact.topic) as db:
            contact.apply(db, [])

    plain, mine = Query(), Query(mine=True)
    cold = []
    for _ in range(7):
        commit()
        cold.append(stroke("", plain)[1])
    strokes = [text[:end] for text in TYPED for end in range(1, len(text) + 1)]
    times = [stroke(text, plain) for _ in range(ROUNDS) for text in strokes]
    filtered = [stroke(text, mine) for _ in range(ROUNDS) for text in strokes]
    keys = contact.listing(plain, TODAY).ids
    rows = [
        milliseconds(lambda at=at: contact.rows(keys[at : at + 20]), time.thread_time) for at in range(0, 20_000, 400)
    ]  # type: ignore[misc]
    commit()
    counts = milliseconds(lambda: contact.counts(plain), time.thread_time)
    return {
        "a keystroke over 100,000 requests, p95": entry(percentile([told for told, _ in times], 0.95), 30),
        "the same, median": entry(percentile([told for told, _ in times], 0.5)),
        "the same, p95 of processor time": entry(percentile([worked for _, worked in times], 0.95)),
        "a keystroke within « Mes demandes », p95": entry(percentile([told for told, _ in filtered], 0.95), 30),
        "the whole list, read anew after a commit": entry(statistics.median(cold)),
        "twenty rows, p95": entry(percentile(rows, 0.95), 4),
        "the counts, read anew after a commit": entry(counts),
    }


def entry(value: float, limit: float | None = None) -> dict[str, Any]:
    return {"value": round(value, 2), "unit": "ms", "limit": limit}


if __name__ == "__main__":
    json.dump(measure(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS), sys.stdout, indent=2, ensure_ascii=False)
    print()
