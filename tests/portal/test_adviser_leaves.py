"""The adviser's side of leaves as a command: reading, taking up, asking, ending, paying."""

from collections.abc import Callable

import pytest

from contract import paths
from portal import adviser
from tests.portal.test_leaves import notice
from tests.portal.test_leaves import told as leaves_told
from tests.portal.world import Person, World

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def says(world: World, capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs the command on the world's database; answers the exit code, the output and the complaint."""

    def run(*words: str) -> tuple[int, str, str]:
        where = ["--database", world.settings.database, "--files", str(world.settings.files), "--as", "sylvie"]
        capsys.readouterr()
        try:
            code = adviser.main([*where, *words])
        except SystemExit as end:
            code = int(str(end.code))
        return code, *capsys.readouterr()

    return run


def test_a_leave_is_read_taken_up_asked_about_and_ended(clerk: Person, says: Say) -> None:
    clerk.declared(attachments=notice(clerk))
    code, out, _ = says("leaves", "--member", "1002")
    assert code == 0
    assert "n°\u00a082000001  adhérent 1002  déclaré" in out
    assert "Lefèvre Anne, du 17 au 30\u00a0novembre\u00a02026, motif 01" in out
    assert out.endswith("1\u00a0arrêt\n")
    assert says("leaves", "--state", "ended")[1] == "Aucun arrêt.\n"
    assert says("follow", "82 000 001")[:2] == (0, "Arrêt n°\u00a082000001 pris en charge.\n")
    assert says("ask-document", "82000001", "RIB", "Bulletins")[1].endswith("2\u00a0documents attendus.\n")
    out = says("leave", "82000001")[1]
    assert "Arrêt n°\u00a082000001 – Maladie" in out
    assert "État\u00a0: document attendu" in out
    assert "Document attendu\u00a0: Bulletins" in out
    assert "Pièce jointe\u00a0: avis.pdf" in out
    assert says("end", "82000001")[0] == 0
    assert leaves_told(clerk)[0]["state"] == "ended"
    assert (
        says("follow", "82000009")[2]
        == "Il n’y a pas d’arrêt n°\u00a082000009. Cherchez-le avec «\u00a0leaves\u00a0».\n"
    )


def test_allowances_are_paid_and_cancelled(clerk: Person, says: Say, world: World) -> None:
    leave_id = clerk.declared(attachments=notice(clerk))
    days = ("--from", "17/11/2026", "--through", "2026-11-30", "--rate", "32,51")
    code, out, _ = says("pay", "82000001", *days)
    assert code == 0
    assert out.startswith("Versé\u00a0: 424,62\u00a0€ net")
    assert says("pay", "82000001", *days, "--cancel")[1].startswith("Annulé\u00a0: -424,62\u00a0€ net")
    rows = clerk.get(paths.payments(world.own)).json()["rows"]
    assert [(row[0], row[15], row[17], row[22]) for row in rows] == [
        (1, 14, 45_514, "employer"),
        (2, -14, -45_514, "employer"),
    ]
    answer = clerk.wish({"wish": "withdraw_leave", "leave_id": leave_id})
    assert "déjà été versées" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--from", "31/02/2026", "--through", "30/11/2026", "--rate", "32"), "n’est pas une date"),
        (("--from", "17/11/2026", "--through", "30/11/2026", "--rate", "-3"), "n’est pas un montant"),
        (("--from", "17/11/2026", "--through", "02/12/2026", "--rate", "32"), "Cette période n’est pas dans l’arrêt."),
    ],
)
def test_what_cannot_be_paid_is_said(words: tuple[str, ...], complaint: str, clerk: Person, says: Say) -> None:
    clerk.declared()
    code, out, said = says("pay", "82000001", *words)
    assert (code, out) == (1, "")
    assert complaint in said
