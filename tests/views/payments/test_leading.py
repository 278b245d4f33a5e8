"""The ways to the payments in the whole window: the row of views, the company chosen, what is ready, and the review."""

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from contract.allowances import ExportState
from contract.changes import Change
from desktop.views.payments.page import PaymentsPage as Page
from tests.views.conftest import Client
from tests.views.payments.conftest import an_export

HEADINGS = (
    "SIRET;N° adhérent;Organisme;Nom;Prénom;NIR;Matricule;N° dossier;Risque;Code;Libellé;Sens;Début de l’arrêt;Du;Au"
)
CONTENT = (
    f"\ufeff{HEADINGS};Jours;Taux journalier;Montant brut;CSG;CRDS;PAS;Montant net;Payé à;Date de paiement;"
    "Référence du paiement\r\n"
    "55210055400013;200311;Ponant;Lefèvre;Anne;;M1;82000001;Maladie;IJNOR;I.J. normales;Paiement;05/01/2026;05/01/2026;"
    "18/01/2026;14;32,51;455,14;28,28;2,24;0,00;424,62;Entreprise;03/02/2026;R-2026-0000001\r\n"
).encode()


@pytest.fixture
def payments(client: Client, qtbot: QtBot) -> Page:
    """The view, shown."""
    workplace = client.workplace
    workplace.show_allowances()
    qtbot.waitUntil(lambda: workplace.allowances.page is not None, timeout=20_000)
    page, view = workplace.allowances.page, workplace.allowances.payments
    assert page is not None
    assert view is not None
    page.show_view(view)
    return view


def tell(client: Client, state: ExportState, space_id: str) -> None:
    record = an_export(state, CONTENT, space_id=space_id, space_ids=(space_id,))
    change = Change(1, "export", record.export_id, msgspec.Raw(msgspec.json.encode(record)))
    with client.services.store.write("allowances") as db:
        client.services.allowances.apply(db, [change])


def test_an_export_that_is_ready_is_seen_from_anywhere_and_opens_in_the_review(
    client: Client, payments: Page, qtbot: QtBot
) -> None:
    workplace = client.workplace
    client.services.shelf.stage_bytes("export.csv", CONTENT)
    workplace.show_contact()
    tell(client, ExportState.READY, client.world.me.spaces[0].space_id)
    qtbot.waitUntil(lambda: workplace.tabs.accessibleTabName(1) == "Arrêts et IJ, 1\u00a0export")
    workplace.show_allowances()
    assert payments.news.sentence == "Votre export est prêt\u00a0: 2\u202f000\u00a0lignes."
    payments.news._remedy.click()
    page = workplace.allowances.page
    assert page is not None
    assert page.view is page.review
    qtbot.waitUntil(lambda: page.review.reviewed is not None, timeout=20_000)
    assert page.review.reviewed is not None
    ((file),) = page.review.reviewed.files
    assert (file.height, file.rejected) == (1, ())
    qtbot.waitUntil(lambda: workplace.tabs.accessibleTabName(1) == "Arrêts et IJ")
    clear = [path for path in Path(client.folder).rglob("*") if path.is_file() and b"Ponant" in path.read_bytes()]
    assert clear == [], "nothing of it lies in clear"


def test_the_company_chosen_holds_for_the_payments_too(client: Client, payments: Page) -> None:
    space_id = client.world.me.spaces[0].space_id
    client.workplace.show_space(space_id)
    assert payments.list.query.space_id == space_id
    client.workplace.show_space(None)
    assert payments.list.query.space_id is None
    client.workplace._find()
    assert client.app.window.focusWidget() is payments.list.search
    assert client.workplace.content.currentWidget() is client.workplace.allowances
    assert payments.list.search.focusPolicy() & Qt.FocusPolicy.TabFocus
