"""Every compiled loop of response as it is, with bounds checks on, and as plain Python: alike to the last bit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

DISPATCH = """
from constabulary.response.dispatch import simulate_dispatch
world = runpy.run_path(sys.argv[1])["county"](9, n_days=2, n_a_day=110, n_units=9)
answer = simulate_dispatch(*world, with_journeys=True).incidents.arrived_s
"""
CONTACTS_AND_CRIMES = """
from constabulary.response.contact_simulation import Agents, Channels, Contacts, simulate_contacts
from constabulary.response.investigation import Crimes, Teams, investigate
rng = np.random.default_rng(1)
contacts = Contacts.of(
    at_s=np.sort(rng.uniform(0.0, 9000.0, 800)), channel=rng.integers(0, 3, 800), handling_s=rng.exponential(90.0, 800),
    patience_s=rng.exponential(100.0, 800), takes_call_back=rng.uniform(size=800) < 0.3,
)
channels = Channels.of(priority=[0, 1, 2], sessions=[1, 1, 3], call_back_after_s=30.0)
agents = Agents.of(rng.integers(0, 6, (2, 8)), [[1, 1, 0], [0, 1, 1]])
team = rng.integers(0, 3, (900, 3))
team[:, 2] = -1
crimes = Crimes.of(
    on_day=np.sort(rng.integers(0, 90, 900)), team=team, work_h=rng.exponential(5.0, (900, 3)),
    delay_days=rng.poisson(3.0, (900, 3)), priority=rng.integers(0, 2, 900),
)
answer = np.concatenate([
    simulate_contacts(contacts, channels, agents).answered_s,
    investigate(crimes, Teams.of(np.full((3, 120), 9.0), caseload=6.0)).closed_on,
])
"""
CHOICES = """
from constabulary.response._kernel import tally
from constabulary.response.draws import pick
from constabulary.response.hypercube import solve_hypercube
from constabulary.response.hypercube_model import hypercube_model
from constabulary.response.outcomes import Ranked
from constabulary.response.siting.pmedian import pmedian
from constabulary.response.siting.problem import Siting
rng = np.random.default_rng(2)
weights = np.append(rng.exponential(1.0, 40), [0.0, 0.0])
uniform = np.append(rng.random(5000), [0.0, 1.0])
picked = pick(uniform, weights)
edges = np.cumsum(weights)
assert (picked == np.minimum(np.searchsorted(edges, uniform * edges[-1], side="right"), 39)).all()
values, code = np.where(rng.random(900) < 0.1, np.nan, rng.random(900)), rng.integers(0, 9, 900)
quantiles = Ranked(values).quantiles(code, np.arange(10)[None], 10, 0.0, 0.5, 0.51, 0.9, 1.0)
at_s, channel = np.sort(rng.uniform(0.0, 90_000.0, 700)), rng.integers(0, 3, 700)
waits_s = np.where(rng.random(700) < 0.1, np.nan, rng.exponential(30.0, 700))
asked_s, asked = rng.uniform(0.0, 95_000.0, 300), rng.integers(-1, 4, 300)
waited = tally.wait_of_next(asked_s, asked, at_s, channel, waits_s, 4)
for number in range(3):
    own, mine = np.flatnonzero(channel == number), asked == number
    after = np.minimum(np.searchsorted(at_s[own], asked_s[mine]), len(own) - 1)
    assert (waited[mine] == np.nan_to_num(waits_s[own[after]])).all()
assert not waited[(asked == -1) | (asked == 3)].any()
rates = rng.exponential(0.2, 8)
orders = [rng.permutation(5).tolist() for _ in rates]
city = {"atoms": [{"rate": one} for one in rates], "service_rate": 1.0, "preferences": orders, "line": "infinite"}
points = rng.random((40, 2))
minutes = np.abs(points[:, None] - points[None]).sum(axis=2)
names = tuple(map(str, range(40)))
best = pmedian(Siting(rng.exponential(1.0, 40), minutes, names, names), 4).best
answer = np.concatenate([
    picked, quantiles[:, :9].ravel(), waited, solve_hypercube(hypercube_model(city)).utilisation,
    [best.objective, *best.sites],
])
"""


def told(engines: str, **settings: str) -> list[str]:
    code = "import hashlib, runpy, sys, numba, numpy as np\n" + engines + "\n"
    code += "seen = numba.config.BOUNDSCHECK, numba.config.DISABLE_JIT, np.isfinite(answer).sum()\n"
    code += "print(*(int(one or 0) for one in seen), hashlib.sha256(answer.tobytes()).hexdigest())"
    ran = subprocess.run(
        [sys.executable, "-c", code, str(HERE / "dispatch_county.py")],
        env={**os.environ, "NUMBA_BOUNDSCHECK": "0", "NUMBA_DISABLE_JIT": "0", **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()


@pytest.mark.slow
@pytest.mark.parametrize(
    "engines", [DISPATCH, CONTACTS_AND_CRIMES, CHOICES], ids=["dispatch", "contacts and crimes", "choices"]
)
def test_nothing_is_out_of_bounds_and_plain_python_says_the_same(engines: str) -> None:
    checked, plain, compiled = (
        told(engines, **settings) for settings in ({"NUMBA_BOUNDSCHECK": "1"}, {"NUMBA_DISABLE_JIT": "1"}, {})
    )
    assert (checked[:2], plain[:2], compiled[:2]) == (["1", "0"], ["0", "1"], ["0", "0"])
    assert int(compiled[2]) > 100
    assert checked[2:] == plain[2:] == compiled[2:]
