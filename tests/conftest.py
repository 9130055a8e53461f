"""What the tests of every room share."""

from pathlib import Path

import pyogrio
import pytest

# test layers are thrown away: GeoPackages need not wait for the disk
pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": "OFF"})

SHARED_DATA = Path(__file__).parents[1] / ".." / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real counties' data, beside the repository; tests that need it are skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real counties' data is not at {SHARED_DATA}")
    return SHARED_DATA.resolve()
