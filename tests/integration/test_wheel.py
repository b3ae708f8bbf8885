"""The wheel: built without a network, installed without a checkout, with front end and forces in it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "src/constabulary/web/static/vendor"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and return it."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True
    )
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the wheel into a folder, as installing a pure wheel does, and return the folder."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command from the folder; the packages it needs come from this environment, the checkout does not."""
    code = (
        "import sys; sys.path[:] = [path for path in sys.path if not path.rstrip('/').endswith('/src')]; "
        f"sys.path.insert(0, {str(installed)!r}); import constabulary; "
        f"assert constabulary.__file__.startswith({str(installed)!r}), constabulary.__file__; "
        "from constabulary.cli import main; main(prog_name='constabulary')"
    )
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )


def test_the_wheel_holds_every_file_of_the_package_and_the_built_front_end(wheel: Path) -> None:
    if not VENDOR.is_dir():
        pytest.skip("the front end is not built: make install")
    package = ROOT / "src"
    wanted = {
        path.relative_to(package).as_posix()
        for path in (package / "constabulary").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        there = set(archive.namelist())
    assert wanted <= there
    for name in (
        "web/static/vendor/govuk.css",
        "web/static/vendor/maplibre-gl.mjs",
        "web/templates/layout.html",
        "forces/cambridgeshire/force.toml",
        "forces/cambridgeshire/geography/lsoa_2011.geojson",
        "registers/migrations/0001_runs_and_audit.py",
    ):
        assert f"constabulary/{name}" in there
    notices = {Path(name).name for name in there if "/licenses/" in name}
    assert notices == {"LICENSE", "THIRD_PARTY_NOTICES.md"}
    assert not [name for name in there if name.startswith(("tests", "node_modules"))]


def test_an_installed_wheel_makes_a_workspace_and_finds_all_it_needs(installed: Path, tmp_path: Path) -> None:
    version = run(installed, tmp_path, "--version")
    assert version.stdout.startswith("constabulary, version"), version.stderr
    made = run(installed, tmp_path, "new", "mine", "--force", "cambridgeshire")
    assert made.returncode == 0, made.stderr
    checked = run(installed, tmp_path, "--workspace", "mine", "doctor")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert (tmp_path / "mine" / "registers.sqlite3").exists()
