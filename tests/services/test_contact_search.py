"""Search: by anything one remembers, whatever one types."""

import msgspec
import pytest

from contract.contact import (
    AttachmentRecord,
)
from contract.identity import new_id
from desktop.services.contact import (
    Contact,
    Query,
)
from desktop.services.portfolio import Portfolio
from desktop.services.store import Store
from tests.services.matters import TODAY, Fill, a_message, found, quiet, take
from tests.services.world import a_world, gone


@pytest.mark.parametrize(
    "text",
    [
        "761 1111", "7611111", "76111", "7 611 111", "lefevre", "LEFÈVRE", "lefè", "mutuelle cadres", "cadres mutuelle",
        "cad mut", "mutuelle-des-cadres", "paul conseil", "bilan financier", "oeuvrard", "œuvrard", "ateliers berard",
        "autre question", "attestation_employeur", "2 85 07 75 056 123", "2850775056123", "volet 3", "l’échéance",
        '"mutuelle"', "mutuelle*", "(mutuelle", "mutuelle AND", "mutuelle OR", "text:mutuelle", "-mutuelle",
    ],
)  # fmt: skip
def test_a_request_is_found_by_anything_one_remembers_of_it(
    fill: Fill, store: Store, contact: Contact, text: str
) -> None:
    world = fill(a_world(requests=8))
    request = quiet(
        world, store, contact, fields=(("Nom du salarié", "Claire Lefèvre"), ("NIR", "2850775056123")),
    )  # fmt: skip
    file = AttachmentRecord(new_id(), "attestation_employeur.pdf", "application/pdf", 12, "ab" * 32)
    answer = a_message(
        request, 3, text="Le bilan financier et l’échéance : OR, AND, text, volet 3.", attachments=(file,)
    )
    take(store, contact, answer, start=30_000)
    assert request.request_id in found(contact, text)


@pytest.mark.parametrize("text", ["utuelle", "mutuelle zzz", "7611112", "761 2222", '"zzz', "NEAR(zzz"])
def test_what_is_not_there_is_not_found(fill: Fill, store: Store, contact: Contact, text: str) -> None:
    quiet(fill(a_world(requests=0)), store, contact)
    assert found(contact, text) == []


@pytest.mark.parametrize("text", ["", "  ", "*", '"', "'", "()", "…", "-"])
def test_a_search_for_no_word_is_no_search(fill: Fill, contact: Contact, text: str) -> None:
    world = fill()
    assert len(found(contact, text)) == len(world.requests)


def test_search_follows_what_changes(fill: Fill, store: Store, contact: Contact, portfolio: Portfolio) -> None:
    world = fill(a_world(requests=5))
    request = quiet(world, store, contact)
    take(store, contact, msgspec.structs.replace(request, subject="Portabilité"), start=30_000)
    assert found(contact, "mutuelle") == []
    assert found(contact, "portabilite") == [request.request_id]
    renamed = tuple(msgspec.structs.replace(company, name="Verrerie Nouvelle") for company in world.me.companies)
    with store.write(portfolio.topic) as db:
        portfolio.take_in(db, msgspec.structs.replace(world.me, companies=renamed))
    take(store, contact, msgspec.structs.replace(request, subject="Encore"), start=40_000)
    assert set(found(contact, "verrerie")) == {one.request_id for one in world.requests} | {request.request_id}
    with store.write(contact.topic) as db:
        contact.apply(db, [gone(50_000, "request", request.request_id)])
    assert found(contact, "encore") == []


def test_a_search_that_hits_nearly_all_keeps_the_order(
    fill: Fill, contact: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill()
    few = contact.listing(Query(text="o"), TODAY)
    monkeypatch.setattr("desktop.services.contact.listing._MANY", 3)
    many = contact.listing(Query(text="o"), TODAY)
    assert len(few.ids) > 40
    assert (few.ids, few.groups) == (many.ids, many.groups)
