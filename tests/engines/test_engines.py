"""The same parts on threads, on a Dask cluster and on an Apache Spark cluster of two workers each."""

from __future__ import annotations

import operator
import os
import sys
from typing import Any

import pytest

from constabulary.core.errors import BadInput
from constabulary.services.cover.engines import Dask, Engine, Spark, Threads, engine_of


@pytest.fixture
def engine(address: str | None) -> Engine:
    return engine_of(address)


def test_results_come_in_the_order_of_the_parts_whoever_makes_them(engine: Engine) -> None:
    def work(shared: dict[str, int], part: int) -> tuple[int, int]:
        return part * shared["times"], os.getpid()

    made = list(engine.map(work, {"times": 3}, range(11)))
    assert [value for value, _ in made] == [part * 3 for part in range(11)]
    processes = {process for _, process in made}
    if isinstance(engine, Threads):
        assert processes == {os.getpid()}
    else:
        assert os.getpid() not in processes
        assert len(processes) == 2


def test_a_part_that_fails_fails_the_question(engine: Engine) -> None:
    with pytest.raises(Exception, match="by zero"):
        list(engine.map(operator.floordiv, 6, [3, 2, 0, 1]))


def test_no_parts_give_no_results(engine: Engine) -> None:
    assert list(engine.map(operator.mul, 2, [])) == []


def test_an_address_says_which_engine_is_meant() -> None:
    assert isinstance(engine_of(None), Threads)
    dask, spark, yarn = (engine_of(one) for one in ("dask://h:1", "spark://h:7077", "spark+yarn"))
    assert isinstance(dask, Dask) and dask.address == "tcp://h:1"
    assert isinstance(spark, Spark) and spark.master == "spark://h:7077"
    assert isinstance(yarn, Spark) and yarn.master == "yarn"
    for wrong in ("ray://h:1", "dask://", "spark+", "two"):
        with pytest.raises(BadInput, match="names no engine"):
            engine_of(wrong)


def test_an_engine_that_is_not_installed_says_how_to_get_it(monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    for address, extra in (("dask://127.0.0.1:1", "dask"), ("spark://127.0.0.1:1", "spark")):
        with pytest.raises(BadInput, match=rf"constabulary\[{extra}\]"):
            list(engine_of(address).map(operator.mul, 2, [1]))
