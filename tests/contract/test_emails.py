"""An address must be a person's own."""

import pytest

from contract.emails import complaint


@pytest.mark.parametrize(
    "email",
    [
        "marie.dupont@exemple.fr",
        "m.dupont2@sous.domaine-long.museum",
        "zoé@exemple.fr",
        "marie+paie@exemple.fr",
        "o'neill@exemple.fr",
        "dupont.paie@exemple.fr",
        "rhea@exemple.fr",
        "infante@exemple.fr",
        "servane@exemple.fr",
        " marie@exemple.fr ",
    ],
)
def test_a_persons_own(email: str) -> None:
    assert complaint(email) is None


@pytest.mark.parametrize(
    "local",
    [
        "contact",
        "CONTACT",
        "rh",
        "r.h",
        "info",
        "paie2",
        "service.paie",
        "servicepaie",
        "rh-contact",
        "Comptabilité",
        "drh-paris",
        "secretariat_general",
        "compta+marie",
        "accueil",
        "direction",
        "admin",
        "personnel",
        "123",
    ],
)
def test_several_peoples(local: str) -> None:
    found = complaint(f"{local}@exemple.fr")
    assert found is not None
    assert "partagée" in found


@pytest.mark.parametrize(
    "email",
    [
        "",
        "marie",
        "marie@",
        "@exemple.fr",
        "marie@exemple",
        "marie@exemple..fr",
        "ma..rie@exemple.fr",
        ".marie@exemple.fr",
        "marie@-exemple.fr",
        "marie dupont@exemple.fr",
        "marie@exemple.fr, b@exemple.fr",
        "marie@exemple.fr\nBcc: b@exemple.fr",
        "<marie@exemple.fr>",
        "marie@exemple.fr\u200b",
        "m" * 250 + "@exemple.fr",
    ],
)
def test_no_address(email: str) -> None:
    found = complaint(email)
    assert found is not None
    assert "complète" in found
