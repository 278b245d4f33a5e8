"""The adviser's command: what it does is what the API then tells, by the same rules."""

import hashlib
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from contract import paths
from portal import adviser
from portal.tables import requests
from portal.wording import fault, many, moment, size
from tests.portal.world import PDF, Person, World

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def says(world: World, capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs the command on the world's database; answers the exit code, the output and the complaint."""

    def run(*words: str, login: str = "sylvie") -> tuple[int, str, str]:
        where = ["--database", world.settings.database, "--files", str(world.settings.files), "--as", login]
        capsys.readouterr()
        try:
            code = adviser.main([*where, *words])
        except SystemExit as end:
            code = int(str(end.code))
        return code, *capsys.readouterr()

    return run


def told(clerk: Person, space_id: str | None = None) -> dict[str, list[dict[str, Any]]]:
    """What the API tells of a space, by kind."""
    kinds: dict[str, list[dict[str, Any]]] = {"request": [], "message": []}
    page = clerk.pull((space_id or clerk.world.own, None))[0]
    for change in page["changes"]:
        kinds[change["kind"]].append(change["record"])
    return kinds


def opened(clerk: Person, **more: object) -> tuple[str, str]:
    """A new request: its identifier and its file number."""
    key = clerk.opened(**more)
    return key, next(row["file_number"] for row in told(clerk)["request"] if row["request_id"] == key)


# Answering


def test_an_answer_is_told_by_the_running_portal(clerk: Person, says: Say) -> None:
    _, number = opened(clerk)
    before = clerk.get(paths.PULSE).headers["etag"]
    code, out, _ = says("reply", number, "Bonjour, c’est fait.")
    assert (code, out) == (0, f"Réponse envoyée dans le dossier n°\u00a0{number}.\n")
    assert clerk.get(paths.PULSE, **{"If-None-Match": before}).json()["spaces"] == [clerk.world.own]
    message = told(clerk)["message"][-1]
    assert (message["author"], message["author_name"], message["text"]) == (
        "adviser",
        "Sylvie Aubert",
        "Bonjour, c’est fait.",
    )
    assert told(clerk)["request"][0]["state"] == "received"


def test_a_file_goes_with_an_answer(clerk: Person, says: Say, tmp_path: Path) -> None:
    _, number = opened(clerk)
    (tmp_path / "Attestation.pdf").write_bytes(PDF)
    assert says("reply", number, "Voici.", "--file", str(tmp_path / "Attestation.pdf"))[0] == 0
    file = told(clerk)["message"][-1]["attachments"][0]
    assert (file["name"], file["size"]) == ("Attestation.pdf", len(PDF))
    answer = clerk.get(paths.attachment(file["attachment_id"]))
    assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]


def test_a_text_may_come_from_the_standard_input(clerk: Person, says: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    _, number = opened(clerk)
    monkeypatch.setattr("sys.stdin", io.StringIO("Bonjour,\n\nDeux lignes.\n"))
    assert says("reply", number, "-")[0] == 0
    assert told(clerk)["message"][-1]["text"] == "Bonjour,\n\nDeux lignes."


def test_a_document_is_asked_for_and_sent(clerk: Person, says: Say) -> None:
    key, number = opened(clerk)
    code, out, _ = says("ask", number, "Attestation de salaire")
    assert code == 0
    assert "Attestation de salaire" in out
    request = told(clerk)["request"][0]
    assert (request["state"], request["closing"]) == ("closed", "document_awaited")
    assert [document["label"] for document in request["awaited"]] == ["Attestation de salaire"]
    assert "Attestation de salaire" in told(clerk)["message"][-1]["text"]
    wish = clerk.writes(key, "La voici.", attachments=[clerk.attachment()])
    answer = clerk.wish(wish | {"answers": [request["awaited"][0]["awaited_id"]]})
    assert answer.status_code == 200
    assert told(clerk)["request"][0]["state"] == "received"
    assert told(clerk)["request"][0]["awaited"] == []


def test_a_document_is_asked_for_in_ones_own_words(clerk: Person, says: Say) -> None:
    _, number = opened(clerk)
    assert says("ask", number, "RIB", "--text", "Merci de joindre un RIB.")[0] == 0
    assert told(clerk)["message"][-1]["text"] == "Merci de joindre un RIB."


@pytest.mark.parametrize("text", ["", "Tout est réglé."])
def test_a_request_is_closed(clerk: Person, says: Say, text: str) -> None:
    _, number = opened(clerk)
    many_before = len(told(clerk)["message"])
    assert says("close", number, *(["--text", text] if text else []))[0] == 0
    request = told(clerk)["request"][0]
    assert (request["state"], request["closing"]) == ("closed", "done")
    assert len(told(clerk)["message"]) == many_before + bool(text)


# Reading


def test_the_list_tells_what_waits_for_an_answer(clerk: Person, says: Say) -> None:
    _, first = opened(clerk, subject="Première question")
    _, second = opened(clerk, subject="Seconde question")
    says("reply", first, "Répondu.")
    code, out, _ = says("list", "--unanswered")
    assert code == 0
    assert second in out
    assert "Seconde question" in out
    assert first not in out
    assert f"n°\u00a0{first}" in says("list")[1].splitlines()[0]  # the latest movement first
    assert says("list", "--limit", "1")[1].endswith("1\u00a0demande\n")


def test_the_list_may_be_of_one_member(clerk: Person, says: Say) -> None:
    opened(clerk)
    assert "2\u00a0demandes" not in says("list", "--member", "1002")[1]
    assert says("list", "--member", "997")[1] == "Aucune demande.\n"


def test_a_request_is_shown_with_its_conversation(clerk: Person, says: Say, tmp_path: Path) -> None:
    _, number = opened(clerk, subject="Ma question", text="Bonjour,\nUne ligne.", attachments=[clerk.attachment()])
    says("ask", number, "Kbis")
    code, out, _ = says("show", f"n° {number[:1]} {number[1:4]} {number[4:]}", "--save", str(tmp_path / "reçus"))
    assert code == 0
    for line in (
        f"Dossier n°\u00a0{number}",
        "Ma question",
        "   Une ligne.",
        "Document attendu\u00a0: Kbis",
        "avis.pdf",
    ):
        assert line in out
    assert (tmp_path / "reçus" / "1-avis.pdf").read_bytes() == PDF


def test_what_gives_orders_to_a_terminal_is_shown(clerk: Person, says: Say, world: World) -> None:
    """A text may turn the direction of writing; a subject of before the rule may hold more."""
    request_id, number = opened(clerk, text="\u202efdp.exe\ten vue")
    with world.database.write() as tx:
        mine = requests.c.request_id == request_id
        tx.db.execute(update(requests).where(mine).values(subject="\x1b[2JRien\x9b"))
    for words in (["show", number], ["list"]):
        _, out, _ = says(*words)
        assert "\\u001b[2JRien\\u009b" in out
        assert not set(out) & set("\x1b\x9b\u202e")
    assert "\\u202efdp.exe\ten vue" in says("show", number)[1]


# Spaces and rights


def test_a_new_space_is_attached_to_who_asked(clerk: Person, says: Say) -> None:
    email = clerk.world.email("all")
    code, out, _ = says("attach", "2001", "--siret", "732 829 320 00090", "--label", "Dépôt", "--to", email)
    assert (code, out[:20]) == (0, "L’adhérent 2001 est ")
    space = next(space for space in clerk.get(paths.ME).json()["spaces"] if space["member_number"] == "2001")
    assert (space["label"], space["siret"]) == ("Dépôt", "73282932000090")
    assert set(space["rights"]) == {"contact", "affiliation", "leave", "allowances", "contributions", "documents"}
    assert clerk.get(paths.PULSE).json()["me"] is True


def test_a_space_of_a_new_company_needs_its_name(clerk: Person, says: Say) -> None:
    email = clerk.world.email("all")
    words = ["attach", "2002", "--company-siren", "443061841", "--siret", "44306184100047", "--to", email]
    code, _, complaint = says(*words)
    assert code == 1
    assert "--company-name" in complaint
    assert says(*words, "--company-name", "Atelier neuf", "--rights", "contact")[0] == 0
    me = clerk.get(paths.ME).json()
    assert "Atelier neuf" in {company["name"] for company in me["companies"]}
    assert next(space["rights"] for space in me["spaces"] if space["member_number"] == "2002") == ["contact"]


def test_a_space_that_is_there_is_attached_as_it_is(clerk: Person, says: Say) -> None:
    assert says("attach", "5001", "--to", clerk.world.email("all"), "--rights", "contact", "leave")[0] == 0
    space = next(space for space in clerk.get(paths.ME).json()["spaces"] if space["member_number"] == "5001")
    assert set(space["rights"]) == {"contact", "leave"}


def test_who_is_a_user_becomes_administrator(sign_in: Callable[[str], Person], says: Say, world: World) -> None:
    person = sign_in("contact")
    code, out, _ = says("make-admin", world.email("contact"), "1002")
    assert code == 0
    assert "Camille Contact" in out
    space = person.get(paths.ME).json()["spaces"][0]
    assert {"users", "main_administrator"} <= set(space["rights"])
    assert space["administrator"] == "Camille Contact"


def test_who_is_no_user_does_not_become_administrator(says: Say, world: World) -> None:
    code, _, complaint = says("make-admin", world.email("nobody"), "1002")
    assert code == 1
    assert "doit d’abord l’ajouter" in complaint


def test_a_space_keeps_an_administrator_whatever_the_adviser_does(says: Say, world: World) -> None:
    email = world.email("all")
    code, _, complaint = says("withdraw", email, "997", "main_administrator")
    assert code == 1
    assert "garde toujours un administrateur principal" in complaint
    assert "Nommez d’abord quelqu’un d’autre" in complaint
    assert says("withdraw", email, "1002", "main_administrator")[0] == 0, "there are others"


def test_rights_are_granted_and_withdrawn(sign_in: Callable[[str], Person], says: Say, world: World) -> None:
    person = sign_in("nobody")
    assert person.get(paths.ME).json()["spaces"] == []
    assert says("grant", world.email("nobody"), "1002", "contact", "leave")[0] == 0
    assert set(person.get(paths.ME).json()["spaces"][0]["rights"]) == {"contact", "leave"}
    assert says("withdraw", world.email("nobody"), "1002", "contact")[0] == 0
    assert person.get(paths.ME).json()["spaces"][0]["rights"] == ["leave"]
    assert person.pull((world.own, None))[0]["changes"] == []


# Saying no


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["show", "42"], "Il n’y a pas de dossier n°\u00a042. Cherchez-le avec «\u00a0list\u00a0»."),
        (["reply", "42", "Bonjour."], "Il n’y a pas de dossier n°\u00a042."),
        (["reply", "42"], "Il n’y a rien à envoyer."),
        (["reply", "42", "\x00"], "Ce texte ne convient pas."),
        (["ask", "42", "  "], "Le nom du document ne convient pas."),
        (["reply", "42", "x", "--file", "/nulle/part.pdf"], "Il n’y a pas de fichier /nulle/part.pdf."),
        (["grant", "x@exemple.fr", "1002", "contact"], "Personne n’a l’adresse x@exemple.fr."),
        (["grant", "all@exemple.fr", "0", "contact"], "Il n’y a pas d’adhérent 0."),
        (["grant", "all@exemple.fr", "5001", "contact"], "Cet espace n’est pas parmi les entreprises"),
        (["attach", "2001", "--to", "all@exemple.fr"], "Donnez --siret pour le créer."),
        (["attach", "2001", "--to", "all@exemple.fr", "--siret", "73282932000075"], "n’est pas un numéro SIRET"),
    ],
)
def test_a_refusal_is_told_with_its_remedy(says: Say, words: list[str], sentence: str) -> None:
    code, out, complaint = says(*words)
    assert (code, out) == (1, "")
    assert sentence in complaint
    assert complaint.count(".") >= 2


def test_a_file_of_another_kind_is_refused(clerk: Person, says: Say, tmp_path: Path) -> None:
    _, number = opened(clerk)
    (tmp_path / "programme.exe").write_bytes(b"MZ")
    code, _, complaint = says("reply", number, "x", "--file", str(tmp_path / "programme.exe"))
    assert code == 1
    assert "Joignez un PDF" in complaint
    assert len(told(clerk)["message"]) == 1


def test_an_unknown_adviser_is_told_who_there_is(clerk: Person, says: Say) -> None:
    _, number = opened(clerk)
    code, _, complaint = says("close", number, login="nemo")
    assert code == 1
    assert "sylvie" in complaint
    assert told(clerk)["request"][0]["state"] == "received"


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "rien.db"
    assert adviser.main(["--database", f"sqlite:///{missing}", "list"]) == 1
    assert "Démarrez d’abord le portail" in capsys.readouterr().err
    assert not missing.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["reply"], "Il manque\u00a0: DOSSIER."),
        (["frapper"], "«\u00a0frapper\u00a0» n’est pas un choix de VERBE."),
        (["list", "--limit", "deux"], "--limit\u00a0: «\u00a0deux\u00a0» n’est pas un nombre."),
        (["list", "--limit"], "Il manque une valeur à --limit."),
        (["list", "--tout"], "Je ne connais pas\u00a0: --tout."),
    ],
)
def test_a_slip_of_the_pen_is_told_in_french(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        adviser.main(words)
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith(sentence)


def test_the_help_is_french(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["reply"], ["attach"], ["grant"]):
        with pytest.raises(SystemExit):
            adviser.main([*words, "--help"])
        out = capsys.readouterr().out
        assert out.startswith("utilisation\u00a0: volet-portal adviser")
        assert "usage" not in out
        assert "show this help" not in out


def test_words_of_the_commands() -> None:
    assert (size(300), size(12_345), size(3_400_000)) == ("1\u00a0Ko", "12\u00a0Ko", "3,4\u00a0Mo")
    assert (many(1, "message", "messages"), many(2, "message", "messages")) == ("1\u00a0message", "2\u00a0messages")
    here = datetime(2026, 11, 24, 9, 5, tzinfo=UTC).astimezone()
    assert moment(here) == f"24/11/2026 {here.hour}\u00a0h\u00a005"
    assert "refusé" in fault(PermissionError(13, "", "/racine"))
