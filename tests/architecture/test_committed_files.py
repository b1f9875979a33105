"""What no committed file may hold: an index's address, somebody's machine, a third party's front-end files, secrets."""

import re

from tests.architecture.checkout import committed_files, name_of

# Written so that this file does not match itself.
_INDEX_WORDS = "|".join(
    ["py" + "pi", "python" + "hosted", "np" + "mjs", "registry", "mirror", "artifac" + "tory", "nexus"]
)
_INDEX_HOST = re.compile(rf"https?://[\w.@:-]*(?:{_INDEX_WORDS}|maven\.org|proxy\.golang)[\w.:-]*", re.IGNORECASE)
_MACHINE_PATH = re.compile(r"(?<![\w.$}/-])/(?:work|root|home/\w+|Users/\w+|tmp/\w)[/\w.-]*")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_BINARY = {".png", ".jpg", ".woff2", ".ico", ".pdf"}


def _matches(pattern: re.Pattern[str]) -> dict[str, str]:
    found = {}
    for path in committed_files():
        if path.suffix not in _BINARY:
            match = pattern.search(path.read_text(encoding="utf-8"))
            if match:
                found[name_of(path)] = match.group()
    return found


def test_no_committed_file_says_where_packages_come_from() -> None:
    assert _matches(_INDEX_HOST) == {}


def test_no_committed_file_names_a_path_of_somebodys_machine() -> None:
    assert _matches(_MACHINE_PATH) == {}


def test_no_committed_file_holds_a_private_key() -> None:
    assert _matches(_PRIVATE_KEY) == {}


def test_front_end_files_of_others_are_installed_and_not_committed() -> None:
    theirs = {name_of(path) for path in committed_files() if "node_modules" in path.parts or ".min." in path.name}

    assert theirs == set()


def test_every_locked_package_is_pinned_with_a_hash() -> None:
    unpinned = []
    for lock in committed_files():
        if lock.parent.name == "requirements" and lock.suffix == ".txt":
            for line in re.sub(r"\\\n", "", lock.read_text()).splitlines():
                if line and not line.lstrip().startswith("#") and not ("==" in line and "--hash=sha256:" in line):
                    unpinned.append(f"{lock.name}: {line[:60]}")

    assert unpinned == []
