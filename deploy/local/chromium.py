"""A Chromium for the tests of the pages: the one thing that only root can install."""

import os
import shutil
import subprocess
import sys

from deploy.local.cache import PartUnavailable, say

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""For pages of our own on this machine only: without a sandbox nothing else may be opened."""


def find() -> str | None:
    """The path of a Chromium or Chrome: `CAIRN_CHROMIUM`, or on the path."""
    named = os.environ.get("CAIRN_CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for path in map(shutil.which, _NAMES) if path), None)


def fetch() -> str:
    """The path of a Chromium, installed from the distribution if we may. Raises PartUnavailable."""
    found = find()
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
        found = find()
    if not found:
        raise PartUnavailable(
            "Chromium was not found; the pages' tests need it. Install it once: sudo apt-get install chromium"
        )
    return found


def _install() -> None:
    say("Installing Chromium from the distribution (once) ...")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"]
    for command in (["apt-get", "update"], install):
        done = subprocess.run(command, stdout=sys.stderr, env=environment, timeout=600)  # noqa: S603
        if done.returncode:
            say(f"`{' '.join(command)}` failed.")
            return
