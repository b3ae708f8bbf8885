"""The real data beside the project; tests that need it are skipped, with the reason, where it is absent."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data."""
    if not SHARED.is_dir():
        pytest.skip("the real data (../shared/data beside the project) is not here")
    return SHARED
