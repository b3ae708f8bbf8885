"""Print THIRD_PARTY_NOTICES.md from the lock files and what the installed packages say of themselves.

The names come from the locks, so the page is the same on every machine; `python docs/third_party.py` writes it, with
`--check` it only tells whether the page is current.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "THIRD_PARTY_NOTICES.md"
TOOLS = frozenset(
    {"editables", "hatchling", "packaging", "pathspec", "pluggy", "tomlkit", "trove-classifiers"}
)
"""Packages that build a checkout and are no part of an installation from the wheel."""

SHORT = {
    "BSD-3-Clause": "BSD-3-Clause",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "Zope Public License": "ZPL-2.1",
}
ELSEWHERE = {"colorama": "BSD-3-Clause", "tzdata": "Apache-2.0"}
"""Licences of packages that the locks name for other systems or versions only."""

GOVUK = """The MIT License (MIT)

Copyright (C) Crown Copyright (Government Digital Service)
"""
MIT_TERMS = """
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def page() -> str:
    """Return the page."""
    python = python_packages()
    front_end = front_end_packages()
    parts = [
        "# Third-party notices",
        "`constabulary` is MIT-licensed (LICENSE). It stands on the work of others, named here with their licences. "
        "Printed by `docs/third_party.py` from the lock files; versions are in `requirements/` and "
        "`package-lock.json`.",
        "## Python packages",
        "Installed beside `constabulary` and not part of it; each brings its licence with it.",
        "| package | licence |\n|---|---|\n"
        + "\n".join(f"| {name} | {terms} |" for name, terms in python.items()),
        "## Data",
        "The outlines of areas in `constabulary/forces/cambridgeshire/geography`: Source: Office for National "
        "Statistics licensed under the Open Government Licence v3.0. Contains OS data © Crown copyright and database "
        "right.",
        "## Front end",
        "These packages, or what they bundle, are part of the wheel (`constabulary/web/static/vendor`).",
    ]
    for name, (terms, text) in front_end.items():
        parts.append(f"### {name} ({terms})" + (f"\n\n```text\n{text}\n```" if text else ""))
    return "\n\n".join(parts) + "\n"


def python_packages() -> dict[str, str]:
    """Return the licence of every package in the lock, by name."""
    lock = (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8")
    names = sorted(set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", lock, re.MULTILINE)) - TOOLS)
    return {name: _licence(name) for name in names}


def front_end_packages() -> dict[str, tuple[str, str]]:
    """Return licence and its text of every npm package that the pages use, by name."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    found = {}
    for place, package in sorted(lock["packages"].items()):
        if place and not package.get("dev"):
            files = sorted(path for path in (ROOT / place).glob("*") if path.name.lower().startswith("licen"))
            text = files[0].read_text(encoding="utf-8").strip() if files else ""
            if place == "node_modules/govuk-frontend":
                text = (GOVUK + MIT_TERMS).strip()
            text = "\n".join(line.rstrip() for line in text.splitlines())
            found[place.removeprefix("node_modules/")] = (package["license"], text)
    return found


def _licence(name: str) -> str:
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    told = metadata.metadata(name)
    if told.get("License-Expression"):
        return str(told["License-Expression"])
    said = str(told.get("License") or "").strip()
    if said and "\n" not in said and len(said) < 40:
        return said
    classes = [
        one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or [] if one.startswith("License")
    ]
    return ", ".join(SHORT.get(one, one) for one in classes) or "see the package"


def main() -> int:
    """Write the page, or check it."""
    text = page()
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    if "--check" in sys.argv[1:]:
        sys.stdout.write(f"{PAGE.name} is out of date: run python docs/third_party.py\n")
        return 1
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
