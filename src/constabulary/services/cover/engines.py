"""Where the parts of a large question are worked on: threads here, or the workers of a Dask or Apache Spark cluster.

A part is worked on by the same function wherever it runs, and what comes of the parts arrives in their order, so the
answer does not depend on the engine. Workers of a cluster need this package and see the workspace under the same path.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from constabulary.core.errors import BadInput, Problem

Shared = TypeVar("Shared")
Part = TypeVar("Part")
Made = TypeVar("Made")

AHEAD = 2
"""Parts handed out for each worker before the first is awaited; memory follows from it."""


class Engine(Protocol):
    """Works on parts."""

    def map(
        self, function: Callable[[Shared, Part], Made], shared: Shared, parts: Iterable[Part]
    ) -> Iterator[Made]:
        """Yield what a function makes of each part, in the order of the parts.

        Parameters
        ----------
        function
            Of a module, not of a call: clusters send it by its name.
        shared
            What every part needs; sent to each worker once.
        parts
            Sent to one worker each.
        """
        ...


class Threads:
    """Threads of this process.

    Parameters
    ----------
    n_threads
        How many parts are worked on at once.
    """

    def __init__(self, n_threads: int) -> None:
        self.n_threads = n_threads

    def map(
        self, function: Callable[[Shared, Part], Made], shared: Shared, parts: Iterable[Part]
    ) -> Iterator[Made]:
        """See `Engine.map`."""
        if self.n_threads == 1:
            yield from (function(shared, part) for part in parts)
            return
        with ThreadPoolExecutor(self.n_threads) as pool:
            # Some lie ready, so that no thread waits while what another made is put to use.
            ahead = AHEAD * self.n_threads
            yield from _in_order(lambda part: pool.submit(function, shared, part), parts, ahead)


class Dask:
    """The workers of a Dask cluster.

    Parameters
    ----------
    address
        Of its scheduler, such as ``tcp://127.0.0.1:8786``.
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def map(
        self, function: Callable[[Shared, Part], Made], shared: Shared, parts: Iterable[Part]
    ) -> Iterator[Made]:
        """See `Engine.map`."""
        distributed = _needs("distributed", "dask")
        with distributed.Client(self.address, set_as_default=False) as client:
            known = client.scatter(shared, broadcast=True)
            n_threads = max(1, sum(client.nthreads().values()))
            yield from _in_order(
                lambda part: client.submit(function, known, part, pure=False), parts, AHEAD * n_threads
            )


class Spark:
    """The workers of an Apache Spark cluster.

    Parameters
    ----------
    master
        Its address as Spark names it, such as ``spark://127.0.0.1:7077``, ``yarn`` or ``local-cluster[2,1,1024]``.
    """

    def __init__(self, master: str) -> None:
        self.master = master

    def map(
        self, function: Callable[[Shared, Part], Made], shared: Shared, parts: Iterable[Part]
    ) -> Iterator[Made]:
        """See `Engine.map`."""
        pyspark = _needs("pyspark", "spark")
        given = list(parts)
        if not given:
            return
        conf = pyspark.SparkConf().setMaster(self.master).setAppName("constabulary")
        conf.setIfMissing("spark.ui.enabled", "false").setIfMissing("spark.ui.showConsoleProgress", "false")
        # Spark asks the environment alone which Python its workers run; its setting of that name is not heard here.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        with pyspark.SparkContext.getOrCreate(conf) as context:
            known = context.broadcast(shared)
            made = context.parallelize(given, len(given)).map(lambda part: function(known.value, part))
            yield from made.toLocalIterator(prefetchPartitions=True)


def engine_of(address: str | None, n_threads: int = 2) -> Engine:
    """Return the engine of an address.

    Parameters
    ----------
    address
        ``dask://HOST:PORT`` (or ``dask+tls://``), ``spark://HOST:PORT``, ``spark+MASTER`` for any other name of a Spark
        master, such as ``spark+yarn``; None for this process.
    n_threads
        Parts worked on at once in this process.

    Raises
    ------
    BadInput
        If the address names no engine.
    """
    if address is None:
        return Threads(n_threads)
    scheme, where = urlsplit(address).scheme, address.partition("://")[2]
    if scheme in ("dask", "dask+tls") and where:
        return Dask(f"{'tls' if scheme == 'dask+tls' else 'tcp'}://{where}")
    if scheme == "spark" and where:
        return Spark(address)
    if address.startswith("spark+") and address != "spark+":
        return Spark(address.removeprefix("spark+"))
    raise BadInput(
        Problem(
            "no_such_engine",
            f'"{address}" names no engine.',
            column="--engine",
            expected="dask://HOST:PORT, spark://HOST:PORT or spark+MASTER",
        )
    )


def _in_order(submit: Callable[[Any], Any], parts: Iterable[Any], ahead: int) -> Iterator[Any]:
    """Yield the results of parts in their order, no more than some handed out at a time."""
    left = iter(parts)
    waiting = deque(submit(part) for part in islice(left, ahead))
    while waiting:
        yield waiting.popleft().result()
        waiting.extend(submit(part) for part in islice(left, 1))


def _needs(module: str, extra: str) -> Any:
    try:
        return __import__(module)
    except ImportError:
        raise BadInput(
            Problem(
                f"no_{extra}",
                f"{module} is not installed.",
                column="--engine",
                remedy=f"Install it: pip install 'constabulary[{extra}]'.",
            )
        ) from None
