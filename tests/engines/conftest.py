"""Clusters of two workers on this machine, one of each kind."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", params=["threads", "dask", "spark"])
def address(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Return the address of an engine; None for threads of this process."""
    if request.param == "threads":
        yield None
    elif request.param == "dask":
        distributed = pytest.importorskip("distributed", reason="dask is not installed (make test-engines)")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
        ) as cluster:
            yield cluster.scheduler_address.replace("tcp://", "dask://")
    else:
        pytest.importorskip("pyspark", reason="pyspark is not installed (make test-engines)")
        if shutil.which("java") is None:
            pytest.skip("Apache Spark needs Java, which is not on this machine")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
            patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
            yield "spark+local-cluster[2,1,1024]"
