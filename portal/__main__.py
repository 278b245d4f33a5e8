"""`volet-portal`: serve the portal, write its OpenAPI document, make a demonstration world, answer as an adviser."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

DEFAULT_DATABASE = "sqlite:///portal.db"


def main(argv: Sequence[str] | None = None) -> int:
    """Answers the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["demo"]:
        from portal import demo

        return demo.main(words[1:])
    if words[:1] == ["adviser"]:
        from portal import adviser

        return adviser.main(words[1:])
    return _main(words)


def _main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="volet-portal", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    serve = verbs.add_parser("serve", help="serve the portal until it is interrupted")
    serve.add_argument(
        "--database", default=DEFAULT_DATABASE, metavar="URL", help="sqlite:///file, postgresql+psycopg://…"
    )
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8440, help="0 lets the system choose")
    serve.add_argument(
        "--files", type=Path, metavar="DIR", help="where attachments lie; beside an SQLite file by default"
    )
    serve.add_argument("--verbose", action="store_true", help="log each request: method, template of the path, status")
    document = verbs.add_parser("openapi", help="write the OpenAPI document")
    document.add_argument("file", nargs="?", type=Path, help="the standard output by default")
    verbs.add_parser("demo", help="make a demonstration world (demo --help)")
    verbs.add_parser("adviser", help="answer as an adviser (adviser --help)")
    asked = parser.parse_args(words)
    return _write_document(asked.file) if asked.verb == "openapi" else _serve(asked)


def files_beside(database: str) -> Path:
    """The folder of attachments that goes with a database when none is named."""
    prefix = "sqlite:///"
    if database.startswith(prefix):
        return Path(database.removeprefix(prefix) + ".files")
    return Path("portal.files")


def _serve(asked: argparse.Namespace) -> int:
    from portal.app import serve
    from portal.settings import Settings

    logging.basicConfig(level=logging.INFO if asked.verbose else logging.WARNING, format="%(asctime)s %(message)s")
    files = asked.files or files_beside(asked.database)
    settings = Settings(database=asked.database, files=files, host=asked.host, port=asked.port)
    serve(settings, lambda address: print(f"Portail prêt sur {address}", flush=True))
    return 0


def _write_document(file: Path | None) -> int:
    from portal.app import openapi

    text = openapi()
    if file is None:
        print(text, end="")
    else:
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
