#!/usr/bin/env python3
"""Every command of Volet, with nothing but the Python that is there: `python3 run.py --help`.

What a command needs is set up first, once: a virtual environment in `.venv` from the hashed lock, and on Debian as
root the system's libraries. Standard library only; the syntax is kept readable by Python 3.8, so that an older Python
is told so in a sentence and not by a trace.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST = (3, 11)
NEEDED_BYTES = 1_300_000_000
LOCKS = {"runtime": ("requirements.lock",), "dev": ("requirements-dev.lock", "requirements.lock")}

OFFSCREEN_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
}
WINDOW_LIBRARIES = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
TEST_PROGRAMS = {"gnome-keyring-daemon": "gnome-keyring", "dbus-run-session": "dbus", "postgres": "postgresql"}

USAGE = """\
python3 run.py [verbe] [options]

  (rien), demo    installe ce qui manque, démarre le portail de démonstration et le client ; --fresh repart de zéro
  setup           installe seulement ; laisse .venv/bin/volet et .venv/bin/volet-portal
  portal          le portail de référence avec le monde de démonstration ; les options suivent (--port 8080…)
  adviser         le côté du conseiller de ce portail\u00a0: list, show, reply, ask, close… (--help)
  tour [DOSSIER]  joue le travail principal et en dessine chaque étape (.demo/tour par défaut)
  test [OPTIONS]  style, types, architecture, puis tous les tests ; avec des options : pytest seul
  lint            style, types et architecture seuls
  bench [NOM…]    les mesures et leurs limites, dans benchmarks/results.json
  proof kill|powercut|machine|readers|tokens|keyring [N]
                  les longues preuves : coupures, mauvais temps, fichiers hostiles, connexion, trousseau
"""


class Stop(Exception):
    """Ends the command with a French sentence that says what to do."""


def say(text: str) -> None:
    print(text, flush=True)


# The system


def libraries_missing(wanted: dict[str, str]) -> dict[str, str]:
    """Those that cannot be loaded, with the Debian package of each. Empty elsewhere than on Linux."""
    missing = {}
    if sys.platform == "linux":
        for library, package in wanted.items():
            try:
                ctypes.CDLL(library)
            except OSError:
                missing[library] = package
    return missing


def programs_missing() -> list[str]:
    """Debian packages of the programs that the full test run starts and that are not there."""
    found = {name: shutil.which(name) for name in TEST_PROGRAMS}
    if any(Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        found["postgres"] = "there"
    return sorted(TEST_PROGRAMS[name] for name, place in found.items() if not place)


def is_debian_root() -> bool:
    return sys.platform == "linux" and shutil.which("apt-get") is not None and os.geteuid() == 0


def apt_install(packages: list[str]) -> None:
    """As root on Debian. The lists are brought up to date first: a fresh system has none."""
    say(f"Installation par apt-get\u00a0: {' '.join(packages)}…")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(["apt-get", "-q", *step], env=quiet, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Stop(f"apt-get {step[0]} a échoué.\n{last_lines(done.stderr or done.stdout)}")


def need_libraries(window: bool) -> None:
    """Qt's own libraries, installed where that is allowed, else named in one line to copy."""
    missing = libraries_missing({**OFFSCREEN_LIBRARIES, **(WINDOW_LIBRARIES if window else {})})
    if not missing:
        return
    packages = sorted(set(missing.values()))
    if is_debian_root():
        apt_install(packages)
        return
    if shutil.which("apt-get"):
        raise Stop(f"Il manque à Qt des bibliothèques. Copiez\u00a0:\n  sudo apt-get install -y {' '.join(packages)}")
    raise Stop(f"Il manque à Qt des bibliothèques du système\u00a0: {', '.join(missing)}. Installez-les d’abord.")


def need_test_programs() -> None:
    packages = programs_missing() if sys.platform == "linux" else []
    if packages and is_debian_root():
        apt_install(packages)
    elif packages:
        say(f"Sans {', '.join(packages)}, les tests qui s’en servent seront sautés (et le diront).")


def has_display() -> bool:
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


# The virtual environment


def fingerprint(level: str) -> str:
    """Changes with whatever the environment is made from: locks, project file, Python, place."""
    digest = hashlib.sha256(f"{sys.version}\n{sys.base_prefix}\n{ROOT}\n".encode())
    for name in (*LOCKS[level], "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def stamp(level: str) -> Path:
    return VENV / f".ready-{level}"


def is_ready(level: str) -> bool:
    try:
        return stamp(level).read_text() == fingerprint(level) and PYTHON.exists()
    except OSError:
        return False


def need_environment(level: str) -> None:
    """`.venv` with the libraries of the lock and the project itself; nothing to do when its stamp still holds."""
    if is_ready(level):
        return
    need_room()
    make_venv()
    for each in LOCKS:
        stamp(each).unlink(missing_ok=True)
    lock = LOCKS[level][0]
    total = sum(1 for line in (ROOT / lock).read_text().splitlines() if re.match(r"[a-z0-9]", line))
    say(f"Installation des bibliothèques de {lock} (quelques minutes la première fois)…")
    pip(["--require-hashes", "-r", lock], total)
    pip(["--no-build-isolation", "--no-deps", "--editable", "."])
    compile_ours()
    for each in LOCKS if level == "dev" else (level,):
        stamp(each).write_text(fingerprint(each))
    say("Prêt.")


def compile_ours() -> None:
    """So that the very first start is as quick as the others, and also where nothing may be written later."""
    command = [str(PYTHON), "-m", "compileall", "-q", "contract", "desktop", "portal", "resources"]
    allowed = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, cwd=str(ROOT), env=allowed, check=False)


def need_room() -> None:
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES and not PYTHON.exists():
        raise Stop(
            f"Le disque est presque plein\u00a0: il reste {free // 1_000_000} Mo, il en faut "
            f"{NEEDED_BYTES // 1_000_000}. Libérez de la place, puis recommencez."
        )


def make_venv() -> None:
    """A new environment, unless the one that is there was made by this very Python and still starts."""
    if PYTHON.exists():
        probe = [str(PYTHON), "-c", "import sys, pip; print(sys.version, sys.base_prefix)"]
        answer = subprocess.run(probe, capture_output=True, text=True, check=False).stdout.strip()
        if answer == f"{sys.version} {sys.base_prefix}":
            return
    need_ensurepip()
    say("Création de l’environnement .venv…")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Stop(explain(done.stdout + done.stderr, "L’environnement .venv n’a pas pu être créé."))


def need_ensurepip() -> None:
    """Debian ships Python without the module that puts pip into a new environment."""
    if importlib.util.find_spec("ensurepip"):
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not is_debian_root():
        raise Stop(f"Le module venv manque à Python. Sous Debian, copiez\u00a0:\n  sudo apt-get install -y {package}")
    apt_install([package])


def pip(arguments: list[str], total: int = 0) -> None:
    """`pip install`, saying how far it has come: one line rewritten on a terminal, one package in ten elsewhere."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *arguments]
    output, seen = [], 0
    with subprocess.Popen(
        command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as child:
        for line in child.stdout or ():
            output.append(line)
            found = re.match(r"Collecting ([\w.-]+)", line)
            if found and total:
                seen += 1
                progress(f"  {min(seen, total)}/{total} {found.group(1)}", milestone=seen % 10 == 0)
            elif line.startswith("Installing collected") and total:
                progress("  copie des fichiers…\n", milestone=True)
    if child.returncode:
        raise Stop(explain("".join(output), "L’installation a échoué."))


def progress(text: str, milestone: bool) -> None:
    if sys.stdout.isatty():
        print(f"\r{text:<60}", end="", flush=True)
    elif milestone:
        say(text.rstrip())


NETWORK = (
    "NewConnectionError|name resolution|getaddrinfo|Network is unreachable|ProxyError|Max retries|timed out|refused"
)
REASONS = {
    "No space left|Errno 28|not enough space": "Le disque est plein. Libérez de la place, puis recommencez.",
    "CERTIFICATE_VERIFY_FAILED|SSLError": "La connexion n’est pas de confiance (certificat). Demandez à votre service "
    "informatique l’accès au dépôt de paquets Python.",
    NETWORK: "Le dépôt de paquets Python ne répond pas. Vérifiez la connexion (et le proxy, HTTPS_PROXY), puis "
    "recommencez\u202f; ce qui est déjà reçu ne le sera pas deux fois.",
    "DO NOT MATCH THE HASHES": "Un fichier reçu n’est pas celui du verrou\u00a0: il n’a pas été installé. Recommencez.",
    "No matching distribution": "Une bibliothèque n’existe pas pour ce système et ce Python. Essayez Python 3.12 en "
    "64 bits.",
    "Permission denied|WinError 5|Access is denied": "Ce dossier n’est pas le vôtre\u00a0: copiez le projet ailleurs.",
}


def explain(output: str, otherwise: str) -> str:
    """What pip, venv or apt said, as a sentence with its remedy."""
    for pattern, sentence in REASONS.items():
        if re.search(pattern, output, re.IGNORECASE):
            return sentence
    return f"{otherwise}\n{last_lines(output)}"


def last_lines(output: str) -> str:
    return "\n".join(output.strip().splitlines()[-12:])


# Commands


def run(command: list[str], **more: str) -> int:
    """Runs it in the foreground; whoever interrupts or ends this ends it, and it is waited for."""
    child = subprocess.Popen(command, cwd=str(ROOT), env={**os.environ, **more})
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


def program(name: str) -> str:
    return str(BIN / (f"{name}.exe" if os.name == "nt" else name))


def demo(options: list[str]) -> int:
    need_environment("runtime")
    if has_display():
        need_libraries(window=True)
        return run([program("volet"), "--demo", *options])
    say("Pas d’écran ici (ni DISPLAY ni WAYLAND_DISPLAY)\u00a0: la visite est dessinée dans un dossier.")
    return tour(options)


def setup(_: list[str]) -> int:
    need_environment("runtime")
    need_libraries(window=has_display())
    say(f"{program('volet')}\n{program('volet-portal')}")
    return 0


def tour(options: list[str]) -> int:
    folder = options[0] if options and not options[0].startswith("-") else str(ROOT / ".demo" / "tour")
    rest = options[1:] if options and not options[0].startswith("-") else options
    need_environment("runtime")
    need_libraries(window=False)
    code = run([program("volet"), "--demo", "--tour", folder, *rest], QT_QPA_PLATFORM="offscreen")
    if code == 0:
        say(f"Images dans {folder}")
    return code


def portal_files() -> list[str]:
    """Where the invented world of `portal` and `adviser` lies: apart from the demonstration's, which may run too."""
    folder = ROOT / ".demo" / "standalone"
    folder.mkdir(parents=True, exist_ok=True)
    return ["--database", f"sqlite:///{(folder / 'portal.db').as_posix()}", "--files", str(folder / "files")]


def portal(options: list[str]) -> int:
    need_environment("runtime")
    return run([program("volet-portal"), "demo", *([] if "--database" in options else portal_files()), *options])


def adviser(options: list[str]) -> int:
    need_environment("runtime")
    return run([program("volet-portal"), "adviser", *([] if "--database" in options else portal_files()), *options])


def lint(_: list[str]) -> int:
    """All four, whatever the first says; the code of the first that failed."""
    need_environment("dev")
    checks = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["lint-imports"], ["mypy"])
    codes = []
    for check in checks:
        say(f"— {' '.join(check)}")
        codes.append(run([program(check[0]), *check[1:]]))
    return next((code for code in codes if code), 0)


def test(options: list[str]) -> int:
    """The whole run ends with pytest's own closing line; at once when a worker dies, for which xdist waits for ever."""
    need_environment("dev")
    need_libraries(window=False)
    need_test_programs()
    linted = 0 if options else lint([])
    say("— pytest")
    command = [str(PYTHON), "-m", "pytest", *(options or ["-q", "-n2", "--dist=loadgroup", "--max-worker-restart=0"])]
    with tempfile.TemporaryDirectory(prefix="volet-run-") as runtime:
        return run(command, QT_QPA_PLATFORM="offscreen", XDG_RUNTIME_DIR=runtime) or linted


def bench(options: list[str]) -> int:
    need_environment("dev")
    need_libraries(window=False)
    return run([str(PYTHON), "-m", "benchmarks", *options], QT_QPA_PLATFORM="offscreen")


PROOFS = {"kill": "journeys.killing", "machine": "journeys.machine", "tokens": "journeys.tokens"}
PROOFS |= {"powercut": "services.powercut", "keyring": "services.keyring_kills", "readers": "services.review.fuzzing"}


def proof(options: list[str]) -> int:
    if not options or options[0] not in PROOFS:
        raise Stop(f"proof attend {', '.join(PROOFS)}.")
    need_environment("dev")
    return run([str(PYTHON), "-m", f"tests.{PROOFS[options[0]]}", *options[1:]], QT_QPA_PLATFORM="offscreen")


VERBS = {verb.__name__: verb for verb in (demo, setup, portal, adviser, tour, test, lint, bench, proof)}


def main(arguments: list[str]) -> int:
    if sys.version_info < OLDEST:
        raise Stop(f"Volet demande Python 3.11 ou plus récent\u202f; celui-ci est {sys.version.split()[0]}.")
    if arguments and arguments[0] in ("-h", "--help", "help", "aide"):
        say(USAGE)
        return 0
    if not arguments or arguments[0].startswith("-"):
        return demo(arguments)
    if arguments[0] not in VERBS:
        raise Stop(f"Verbe inconnu\u00a0: {arguments[0]}\n\n{USAGE}")
    return VERBS[arguments[0]](arguments[1:])


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        print(stop, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nInterrompu.", file=sys.stderr)
        sys.exit(130)
