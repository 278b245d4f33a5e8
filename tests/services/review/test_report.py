"""`volet review --json` as a clerk's script calls it: a process of its own, on files that lie on a disk."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.services.review import report, saying
from tests.services.review import making_bpij as bpij
from tests.services.review import making_tables as tables

HEAD = "Nom;Matricule;Du;Au;Jours;Taux;Brut;CSG;CRDS;Net;Payé à;Date de paiement\r\n"
SOUND = HEAD + (
    "DURAND Zoé;12;01/03/2023;14/03/2023;14;40,00;560,00;34,72;2,80;522,48;Entreprise;17/03/2023\r\n"
    "DURAND Zoé;12;15/03/2023;28/03/2023;14;40,00;560,00;34,72;2,80;522,48;Entreprise;31/03/2023\r\n"
)
TWICE = SOUND + SOUND.splitlines(keepends=True)[2]


def review(*paths: Path | str, **environment: str) -> tuple[int, dict[str, Any], str]:
    """Exit status, the JSON object, and what stands on standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "review", "--json", *map(str, paths)],
        capture_output=True,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
        timeout=120,
    )
    return done.returncode, json.loads(done.stdout or b"{}"), done.stderr.decode()


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_a_sound_file_is_read_whole(tmp_path: Path) -> None:
    path = written(tmp_path, "ij.csv", SOUND)
    status, found, said = review(path)
    assert (status, said) == (0, "")
    assert list(found) == ["files", "totals", "by_person", "by_month", "regularisations", "anomalies"]
    (told,) = found["files"]
    assert told == {
        "path": str(path),
        "sha256": told["sha256"],
        "kind": "csv",
        "lines": 2,
        "rejected": [],
        "control_totals": {"checked": 0, "failed": 0},
        "set_apart": {"headings": 1},
        "notes": told["notes"],
    }
    assert "UTF-8" in told["notes"][0]
    assert len(told["sha256"]) == 64
    sums = {"indemnity": "1120.00", "levies": "75.04", "net": "1044.96", "days": 28, "waiting_days": 0}
    assert found["totals"] == sums
    assert found["by_month"] == [{"month": "2023-03", "lines": 2, **sums}]
    assert found["by_person"] == [{"person": "DURAND Zoé", "nir": "", "employee": "12", "lines": 2, **sums}]
    assert found["regularisations"] == []
    assert found["anomalies"] == []


def test_a_file_without_any_line_is_not_right(tmp_path: Path) -> None:
    """What is left of an export that failed: its headings."""
    empty, sound = written(tmp_path, "vide.csv", HEAD), written(tmp_path, "ij.csv", SOUND)
    status, found, said = review(sound, empty)
    assert status == 3
    assert [told["lines"] for told in found["files"]] == [2, 0]
    assert said == f"{empty}\u00a0: {report.NO_LINE}\n"
    assert report.NO_LINE.startswith("Aucune ligne d’indemnité")


def test_a_workbook_and_its_csv_say_the_same(tmp_path: Path) -> None:
    lines = [
        replace(line, nir=f"2950199126{number:03d}00", employee=f"M{number}")
        for number, line in enumerate(tables.leaves(20))
    ]
    rows = tables.insurer(lines)
    (tmp_path / "ij.xlsx").write_bytes(tables.sheet(rows))
    (tmp_path / "ij.csv").write_bytes(tables.text(rows, encoding="cp1252"))
    (status, book, _), (same, text, _) = review(tmp_path / "ij.xlsx"), review(tmp_path / "ij.csv")
    assert (status, same) == (0, 0)
    assert [book["files"][0]["kind"], text["files"][0]["kind"]] == ["xlsx", "csv"]
    for name in ("totals", "by_person", "by_month", "regularisations", "anomalies"):
        assert book[name] == text[name]
    assert book["totals"]["net"] == saying.decimal(sum(line.net for line in lines))
    assert book["anomalies"] == []


def test_rejected_lines_are_told_with_their_number(tmp_path: Path) -> None:
    wrong = SOUND.replace("28/03/2023;14", "31/02/2023;14")
    status, found, said = review(written(tmp_path, "ij.csv", wrong, "cp1252"))
    assert (status, said) == (3, "")
    (rejected,) = found["files"][0]["rejected"]
    assert rejected["line"] == 3
    assert rejected["reason"]
    assert found["totals"]["net"] == "522.48"


def test_an_anomaly_has_its_lines_and_amount(tmp_path: Path) -> None:
    status, found, _ = review(written(tmp_path, "ij.csv", TWICE))
    (anomaly,) = found["anomalies"]
    assert status == 0
    assert list(anomaly) == ["kind", "explanation", "lines", "amount"]
    assert (anomaly["kind"], anomaly["lines"], anomaly["amount"]) == ("duplicate", [3, 4], "522.48")


def test_the_published_regularisation_in_xml_and_in_its_zip(tmp_path: Path) -> None:
    message = bpij.regularised()
    (tmp_path / "a.xml").write_bytes(bpij.xml(message))
    (tmp_path / "a.zip").write_bytes(bpij.packed(message))
    for name in ("a.xml", "a.zip"):
        status, found, said = review(tmp_path / name)
        assert (status, said) == (0, "")
        assert found["files"][0]["kind"] == "bpij-xml"
        assert found["files"][0]["control_totals"] == {"checked": 3, "failed": 0}
        (regularisation,) = found["regularisations"]
        assert regularisation["gross"] == "239.04"
        assert regularisation["lines"] == list(range(5, 14))
        assert [each["kind"] for each in found["anomalies"]] == ["year-end", "day-60"]
        assert found["by_person"][0]["nir"] == "2\u00a095\u00a010\u00a099\u00a0•••\u00a0•••"


def test_a_stated_total_that_does_not_come_out(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(bpij.xml(bpij.of(bpij.Benefit(), total="107.62")))
    status, found, _ = review(tmp_path / "a.xml")
    assert status == 3
    assert found["files"][0]["control_totals"] == {"checked": 3, "failed": 1}
    assert [(each["kind"], each["amount"]) for each in found["anomalies"]] == [("totals", "1.00")]


@pytest.mark.usefixtures("qapp")
def test_a_pdf_needs_no_window(tmp_path: Path) -> None:
    row = bpij.printed_row("04/03/2024 au 05/03/2024", "I.J. NORMALES", "2", "53,31", "106,62")
    (tmp_path / "a.pdf").write_bytes(bpij.pdf([bpij.printed([row])]))
    status, found, said = review(tmp_path / "a.pdf")
    assert said == ""
    assert found["files"][0]["kind"] == "bpij-pdf"
    assert found["totals"]["net"] in ("99.46", "106.62")
    assert status == (3 if found["files"][0]["control_totals"]["failed"] else 0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vide.csv", b""),
        ("image.pdf", b"\x89PNG\r\n\x1a\n" + bytes(100)),
        ("coupe.zip", b"PK\x03\x04" + bytes(30)),
        ("coupe.pdf", b"%PDF-1.7\n"),
        ("page.xml", b"<html><body>non</body></html>"),
        ("lettre.csv", "Bonjour,\r\nci-joint le relevé.\r\n".encode()),
    ],
)
def test_what_is_not_readable_is_told_in_one_line(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    status, found, said = review(path)
    assert status == 2
    assert said.count("\n") == 1
    assert said.startswith(f"{path}\u00a0: ")
    assert said.rstrip("\n").endswith((".", "!", "…"))
    assert found["files"][0]["kind"] == "unreadable"
    assert found["files"][0]["lines"] == 0


def test_a_file_that_is_not_there_and_a_folder(tmp_path: Path) -> None:
    status, found, said = review(tmp_path / "nulle part.csv", tmp_path)
    assert status == 2
    assert said.count("\n") == 2
    assert [each["kind"] for each in found["files"]] == ["unreadable", "unreadable"]


def test_beside_an_unreadable_file_the_others_are_reviewed(tmp_path: Path) -> None:
    bad, good = written(tmp_path, "a.csv", ""), written(tmp_path, "b.csv", TWICE)
    status, found, said = review(bad, good)
    assert status == 2
    assert said.startswith(str(bad))
    assert [each["lines"] for each in found["files"]] == [0, 3]
    (anomaly,) = found["anomalies"]
    assert (anomaly["lines"], anomaly["files"]) == ([3, 4], [1, 1])


def test_a_file_given_twice_counts_once(tmp_path: Path) -> None:
    one, other = written(tmp_path, "a.csv", SOUND), written(tmp_path, "copie.csv", SOUND)
    status, found, _ = review(one, other)
    assert status == 0
    assert found["totals"]["net"] == "1044.96"
    assert found["anomalies"] == []
    assert found["files"][1]["same_as"] == 0


def test_two_exports_that_share_a_line_say_so_once(tmp_path: Path) -> None:
    lines = SOUND.splitlines(keepends=True)
    april = lines[2].replace("15/03/2023;28/03/2023", "29/03/2023;11/04/2023").replace("31/03/2023", "14/04/2023")
    march, later = written(tmp_path, "mars.csv", SOUND), written(tmp_path, "avril.csv", lines[0] + lines[2] + april)
    _, found, _ = review(march, later)
    (anomaly,) = found["anomalies"]
    assert (anomaly["kind"], anomaly["lines"], anomaly["files"]) == ("duplicate", [3, 2], [0, 1])
    assert found["totals"]["net"] == "2089.92"


def test_no_whole_nir_is_printed(tmp_path: Path) -> None:
    nir = "295109912611193"
    text = TWICE.replace("Matricule", "NIR").replace(";12;", f";{nir};").replace("DURAND Zoé", nir)
    status, found, said = review(written(tmp_path, "ij.csv", text))
    assert status == 0
    assert nir[:13] not in json.dumps(found) + said
    assert "126" not in found["by_person"][0]["person"]
    assert found["anomalies"][0]["explanation"].startswith("2\u00a095\u00a010\u00a099\u00a0•••")


def test_names_that_no_encoding_knows_and_a_narrow_terminal(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/relev\xe9.csv")
    Path(path).write_bytes(b"")
    status, found, said = review(path, PYTHONIOENCODING="ascii:backslashreplace", LC_ALL="C")
    assert status == 2
    assert found["files"][0]["kind"] == "unreadable"
    assert said.count("\n") == 1


def test_without_files_one_line_says_how() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "review"], capture_output=True, check=False, timeout=60, encoding="utf-8"
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Écrivez\u00a0: volet review --json FICHIER…\n"


def test_the_window_loads_none_of_it() -> None:
    probe = (
        "import sys, desktop.__main__, desktop.app; print([m for m in sys.modules if 'review' in m or m == 'polars'])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, check=True, timeout=60, encoding="utf-8")
    assert done.stdout.strip() == "[]"


def test_a_net_alone_and_several_names_of_one_number_are_told(tmp_path: Path) -> None:
    rows = [f"{name};2950199126111;01/03/2023;14/03/2023;522,48" for name in ("LEFÈVRE Camille", "MARTIN Anne")]
    found = report.review([written(tmp_path, "net.csv", "\r\n".join(["Nom;NIR;Du;Au;Montant net", *rows]))])
    assert found["files"][0]["notes"][-1].startswith("Ce fichier ne dit que le net\u00a0: brut et retenues")
    assert [each["person"] for each in found["by_person"]] == ["LEFÈVRE Camille, MARTIN Anne (même NIR)"]
