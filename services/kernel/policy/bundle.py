"""A bundle: the text of the policies that one hub goes by, named by a hash of all of it."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = re.compile(r"^(package |import data\.)", re.MULTILINE)


class BundleUnusable(Exception):
    """The folder holds no policies, or policies that the engine refuses to load."""


@dataclass(frozen=True)
class Bundle:
    """Policies by their path in the folder; `revision` is 64 hexadecimal digits."""

    modules: tuple[tuple[str, str], ...]
    revision: str

    @classmethod
    def read(cls, folder: Path) -> "Bundle":
        """Every Rego file below the folder, tests apart. Raises BundleUnusable."""
        paths = sorted(path for path in folder.rglob("*.rego") if not path.name.endswith("_test.rego"))
        if not paths:
            raise BundleUnusable("the policy folder holds no Rego files: name the folder that has `disclosure/` in it")
        modules = tuple((path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")) for path in paths)
        digest = hashlib.sha256()
        for name, text in modules:
            digest.update(f"{len(name)}:{name}{len(text)}:{text}".encode())
        return cls(modules, digest.hexdigest())

    def below(self, root: str) -> tuple[tuple[str, str], ...]:
        """The same policies with all their packages moved below one package, so that bundles do not meet."""
        moved = {"package ": f"package {root}.", "import data.": f"import data.{root}."}
        return tuple((name, _PACKAGE.sub(lambda found: moved[found[1]], text)) for name, text in self.modules)
