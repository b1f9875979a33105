"""An OPA server without policies of its own: whoever uses it sends the hub's.

OPA is built from its source by Go's tool chain, whose checksum database vouches for it; the tool chain comes with the
development requirements.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.local.cache import PartUnavailable, kept, say
from deploy.local.process import free_port, running_process

VERSION = "1.22.2"
_MODULE = "github.com/open-policy-agent/opa"


def fetch() -> Path:
    """The path of the OPA command, built if need be (some 70 s on two cores)."""
    return kept(f"opa-{VERSION}", _build) / "opa"


@contextmanager
def opa(policies: Sequence[Path] = (), port: int | None = None) -> Iterator[str]:
    """A server for as long as the block lasts, with these policy files or folders; gives `http://127.0.0.1:port`."""
    command = fetch()
    with tempfile.TemporaryDirectory(prefix="cairn-opa-") as place:
        port = port or free_port()
        address = f"http://127.0.0.1:{port}"
        serve = ["run", "--server", "--addr", f"127.0.0.1:{port}", "--disable-telemetry", "--log-level", "error"]
        with running_process(
            "OPA",
            [command, *serve, "--ignore", "*_test.rego", *(path.resolve() for path in policies)],
            answers=lambda: _healthy(address),
            log=Path(place) / "opa.log",
            seconds_max=30,
        ):
            yield address


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=1) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except OSError:
        return False


def _find_go() -> str:
    beside = Path(sys.executable).parent / "go"
    if beside.exists():
        return str(beside)
    go = shutil.which("go")
    if go:
        return go
    raise PartUnavailable("Building OPA needs Go: install the requirements in requirements/dev.txt, or Go itself.")


def _build(folder: Path) -> None:
    say(f"Building OPA {VERSION} from source (one to two minutes, once) ...")
    with tempfile.TemporaryDirectory(prefix="cairn-go-") as place:
        environment = {
            **os.environ,
            "GOBIN": str(folder),
            "GOPATH": place,
            "GOFLAGS": "-trimpath -modcacherw",  # a module cache is read-only else, and could not be removed
            "GOTOOLCHAIN": "local",
            "CGO_ENABLED": "0",
        }
        try:
            subprocess.run(  # noqa: S603
                [_find_go(), "install", "-ldflags", "-s -w", f"{_MODULE}@v{VERSION}"],
                check=True,
                stdout=sys.stderr,
                env=environment,
                cwd=place,
                timeout=1200,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise PartUnavailable(
                "OPA could not be built. Is there a network, and can it reach a Go module proxy? "
                "With an OPA server at hand already, give its address in CAIRN_TEST_OPA."
            ) from error
