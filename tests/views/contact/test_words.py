"""What rows and cards say is said alike wherever there is room for it or not."""

from dataclasses import replace

from PySide6.QtGui import QFontMetricsF

from desktop.services.portfolio import Former, FormerHint
from desktop.views.contact import delegate, former
from desktop.views.contact.page import ContactPage
from desktop.views.tokens import Size, font
from tests.views.contact.conftest import Office


def test_who_opened_a_request_is_said_alike_in_wide_and_narrow_rows(office: Office, page: ContactPage) -> None:
    sheet = office.contact.sheet(office.world.request("7611111"))
    assert sheet is not None
    mine, hers = sheet.row, replace(sheet.row, mine=False, author="Mehdi Benali", file_number=None)
    assert delegate.metas(mine) == ("Dossier n°\u00a07611111 · émise par vous", "N°\u00a07611111 · émise par vous")
    assert delegate.metas(hers) == ("Pas encore de n° de dossier · émise par Mehdi Benali", "Émise par Mehdi Benali")
    metrics = QFontMetricsF(font(Size.META))
    for row in (mine, hers):
        whole, short = delegate.metas(row)
        wide = metrics.horizontalAdvance(whole)
        assert page.list.painter._meta(row, wide + 1) == whole
        assert page.list.painter._meta(row, wide - 1) == short


def test_the_former_requests_are_said_to_be_under_a_number() -> None:
    said = former.explanation(Former(FormerHint.ELSEWHERE, "104220", "space", 3, ""))
    assert said.endswith("l’adhérent n°\u00a0104220, le plus petit numéro d’adhérent de l’entreprise.")
