"""Names and kinds of files from outside."""

import io
import unicodedata
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.files import agrees, media_type, recognise, safe_name
from contract.identity import is_siren, is_siret
from contract.limits import MEDIA_TYPES, NAME_BYTES

HOSTILE = st.one_of(
    st.text(max_size=300),
    st.text(alphabet='COMNULPRAXcon0123¹²³$. /\\:*?"<>|pdfxe\u202e\u200b\u0301é_\n\x00', max_size=200),
    st.builds("{}{}{}".format, st.text(max_size=150), st.sampled_from([".", "..", "/", "\\"]), st.text(max_size=20)),
)


@given(HOSTILE)
def test_a_safe_name_is_safe(name: str) -> None:
    made = safe_name(name)
    stem, _, ending = made.rpartition(".")
    assert stem
    assert f".{ending}" in MEDIA_TYPES or ending == "bin"
    assert len(made.encode()) <= NAME_BYTES
    assert not set(made) & set('<>:"/\\|?*')
    assert not [char for char in made if unicodedata.category(char)[0] == "C"]
    assert made == made.strip(" .")
    assert "." not in stem
    assert stem.upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT³", "CONIN$"}
    assert unicodedata.is_normalized("NFC", made)


@given(HOSTILE)
def test_a_safe_name_stays_as_it_is(name: str) -> None:
    assert safe_name(safe_name(name)) == safe_name(name)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("avis d’arrêt.pdf", "avis d’arrêt.pdf"),
        ("AVIS.PDF", "AVIS.pdf"),
        ("facture.exe.pdf", "facture_exe.pdf"),
        ("programme.exe", "programme_exe.bin"),
        ("../../etc/passwd", "passwd.bin"),
        ("C:\\Users\\a\\relevé.xlsx", "relevé.xlsx"),
        ("NUL.pdf", "_NUL.pdf"),
        ("com¹.txt", "_com¹.txt"),
        ("a\u202efdp.exe", "afdp_exe.bin"),
        ("  a   b . pdf", "a b _ pdf.bin"),
        ("", "fichier.bin"),
        (".pdf", "pdf.bin"),
        ("é" * 200 + ".docx", "é" * 57 + ".docx"),
    ],
)
def test_names(name: str, made: str) -> None:
    assert safe_name(name) == made


@given(st.binary(max_size=400))
def test_any_content_is_recognised_or_not(content: bytes) -> None:
    assert recognise(content) in {None, *MEDIA_TYPES.values()}


@given(st.binary(max_size=200))
def test_a_broken_zip_is_nothing(content: bytes) -> None:
    assert recognise(b"PK\x03\x04" + content) is None


def test_an_ending_promises() -> None:
    assert media_type("A.JPEG") == "image/jpeg"
    assert media_type("a") is media_type("a.exe") is None
    assert agrees("a.csv", "text/plain")
    assert not agrees("a.pdf", "text/plain")
    assert not agrees("a.exe", None)


@given(st.integers(0, 99_999_999))
def test_one_digit_in_ten_makes_a_siren(start: int) -> None:
    assert sum(is_siren(f"{start:08d}{last}") for last in range(10)) == 1


@given(st.integers(0, 9_999))
def test_a_siret_of_a_siren_has_one_last_digit(establishment: int) -> None:
    assert sum(is_siret(f"732829320{establishment:04d}{last}") for last in range(10)) == 1


def test_the_directory_of_an_archive_is_counted_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever number the archive says it has: reading a directory of 100,000 members takes a second."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for number in range(2_001):
            archive.writestr(zipfile.ZipInfo(f"word/{number}"), b"")
    honest = memory.getvalue()
    lying = honest[:-14] + b"\x01\x00\x01\x00" + honest[-10:]

    def read(*_: object) -> None:
        raise AssertionError("the directory was read")

    monkeypatch.setattr(zipfile, "ZipFile", read)
    assert recognise(honest) is None
    assert recognise(lying) is None
