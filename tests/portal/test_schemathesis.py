"""Requests made from the OpenAPI document, good and bad, to the running portal: no fault, no undocumented answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir

from contract import paths
from portal.app import openapi_document, start_in_thread
from tests.portal.world import PASSWORD, Clock, make_world, settings_for

schema = schemathesis.openapi.from_dict(openapi_document())

NOT_OURS = [
    # what the rules refuse (a form, a right, an identifier used before) no schema can tell
    schemathesis.checks.positive_data_acceptance,
    # the framework's own answer to OPTIONS names the methods of one handler, where two share the address
    schemathesis.checks.allow_header_conformance,
]


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a portal, and the headers of who has every right there."""
    folder: Path = tmp_path_factory.mktemp("schemathesis")
    set_hypothesis_home_dir(folder)
    clock = Clock()
    world = make_world(settings_for(f"sqlite:///{folder / 'portal.db'}", folder / "files", clock), clock)
    running = start_in_thread(world.settings)
    body = {"email": world.email("all"), "password": PASSWORD}
    tokens = requests.post(running.address + paths.SIGN_IN, json=body, timeout=10).json()
    yield running.address, {"Authorization": f"Bearer {tokens['access']}"}
    running.stop()
    world.passwords.close()
    world.database.close()


@schema.exclude(path=paths.SIGN_OUT).parametrize()
@settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_no_fault_and_no_undocumented_answer(case: schemathesis.Case, signed_in: tuple[str, dict[str, str]]) -> None:
    address, headers = signed_in
    case.call_and_validate(base_url=address, headers=headers, excluded_checks=NOT_OURS)
