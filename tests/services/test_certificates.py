"""A bad certificate is refused and named; nothing is sent and there is no way round."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import trustme
import truststore

from contract.portfolio import Me
from desktop.services.portal import Portal
from desktop.services.problems import Offline, Remedy
from tests.services.answers import ME
from tests.serving import Serving


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[trustme.CA]:
    """An authority that this computer's store knows."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    yield authority
    truststore.extract_from_ssl()


def _visit(certificate: trustme.LeafCert, **limits: ssl.TLSVersion) -> Me:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    for name, version in limits.items():
        setattr(context, name, version)
    body = msgspec.json.encode(ME)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with Serving(head + body, context) as port:
        portal = Portal(f"https://localhost:{port}")
        try:
            return portal.me("a")
        finally:
            portal.close()


def test_a_certificate_of_a_known_authority_is_good(authority: trustme.CA) -> None:
    assert _visit(authority.issue_cert("localhost")) == msgspec.convert(ME, Me)


def test_an_expired_certificate_is_said_to_be_expired(authority: trustme.CA) -> None:
    with pytest.raises(Offline, match="expiré") as caught:
        _visit(authority.issue_cert("localhost", not_after=datetime.now(UTC) - timedelta(days=1)))
    assert (caught.value.remedy, caught.value.detail) == (Remedy.ASK_SUPPORT, "certificate: expired")


def test_a_certificate_of_another_host_is_said_to_be_so(authority: trustme.CA) -> None:
    with pytest.raises(Offline, match="n’est pas celui du portail"):
        _visit(authority.issue_cert("portail.exemple.fr"))


def test_a_certificate_of_an_unknown_authority_is_said_to_be_so(authority: trustme.CA) -> None:
    with pytest.raises(Offline, match="autorité"):
        _visit(trustme.CA().issue_cert("localhost"))


def test_a_certificate_not_yet_valid_points_at_the_clock(authority: trustme.CA) -> None:
    begins = datetime.now(UTC) + timedelta(days=400)
    with pytest.raises(Offline, match="date et l’heure"):
        _visit(authority.issue_cert("localhost", not_before=begins, not_after=begins + timedelta(days=1)))


def test_tls_before_1_2_is_refused(authority: trustme.CA) -> None:
    import urllib3.util.ssl_

    assert urllib3.util.ssl_.create_urllib3_context().minimum_version is ssl.TLSVersion.TLSv1_2
