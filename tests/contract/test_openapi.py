"""The committed document is what the portal answers today."""

import json
from pathlib import Path

from contract import paths
from portal.app import openapi

COMMITTED = Path(__file__).parents[2] / "contract" / "openapi.json"


def test_the_committed_document_is_fresh() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == openapi(), "volet-portal openapi contract/openapi.json"


def test_every_path_of_the_contract_is_in_it() -> None:
    known = {value for name, value in vars(paths).items() if name.isupper()}
    assert set(json.loads(COMMITTED.read_text(encoding="utf-8"))["paths"]) == known


def test_every_operation_says_how_it_refuses() -> None:
    document = json.loads(COMMITTED.read_text(encoding="utf-8"))
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            answers = operation["responses"]
            assert {"500", "503"} <= set(answers), f"{method} {path}"
            assert "401" in answers or operation["security"] == [], f"{method} {path}"
            if "requestBody" in operation:
                assert {"400", "413", "422"} <= set(answers), f"{method} {path}"
            for status, answer in answers.items():
                if int(status) >= 400 and method != "head":
                    assert list(answer["content"]) == ["application/problem+json"]
