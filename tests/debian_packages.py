"""Install what the tests want from Debian, when root on Debian or Ubuntu; otherwise say which tests will be skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = {"chromium": "chromium", "libreoffice-calc-nogui": "soffice", "postgresql": "/usr/lib/postgresql"}
"""A program or folder that shows a package is there."""


def is_there(package: str) -> bool:
    """Tell whether a package is installed."""
    sign = PROGRAMS.get(package, package)
    return Path(sign).exists() if sign.startswith("/") else shutil.which(sign) is not None


def main() -> int:
    """Install what is missing; never fail: the tests that need it say so themselves."""
    wanted = (Path(__file__).parent / "debian-packages.txt").read_text(encoding="utf-8").split()
    missing = [package for package in wanted if not is_there(package)]
    if not missing:
        return 0
    apt = shutil.which("apt-get")
    if apt is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        print(
            f"Not here, and only root on Debian can install it: {', '.join(missing)}. Tests that need it are skipped."
        )
        return 0
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
        done = subprocess.run([apt, *command], env=environment, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            print(
                f"apt-get {command[0]} failed; tests that need {', '.join(missing)} are skipped.",
                file=sys.stderr,
            )
            break
    return 0


if __name__ == "__main__":
    sys.exit(main())
