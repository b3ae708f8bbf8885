"""A made-up county with every rule of dispatch in use, for the tests of the engine and its benchmark."""

import numpy as np

from constabulary.response.model import Duties, Grades, Ground, Incidents

H, DAY = 3600.0, 86_400.0
SHIFTS = (
    (7, 9.0),
    (14, 10.0),
    (22, 9.5),
)  # begin and length (h); nights end the day after, and shifts overlap


def county(seed, n_days, n_a_day, n_units, n_atoms=60, n_areas=3, n_patrol=5):
    """Incidents, duties, grades and ground; `n_units` in each shift."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0.0, 60.0, (2, n_atoms))
    km = np.abs(x[:, None] - x) + np.abs(y[:, None] - y)
    area = np.argsort(np.argsort(x)) * n_areas // n_atoms
    stations = np.array([rng.choice(np.flatnonzero(area == a)) for a in range(n_areas)])

    n = n_days * n_a_day
    at_s = np.sort(rng.uniform(0.0, n_days * DAY, n))
    grade = rng.choice(5, n, p=[0.25, 0.4, 0.2, 0.1, 0.05])

    def at_times(share, after_s, mean_s):
        return np.where(rng.uniform(size=n) < share, after_s + rng.exponential(mean_s, n), np.nan)

    incidents = Incidents.of(
        at_s=at_s,
        atom=rng.integers(0, n_atoms, n),
        grade=grade,
        scene_s=rng.lognormal(7.4, 0.6, n),
        support_scene_s=rng.exponential(1200.0, n),
        write_up_s=np.where(rng.uniform(size=n) < 0.8, rng.exponential(600.0, n), 0.0),
        n_officers=1 + rng.binomial(2, 0.2, n),
        needs=(rng.uniform(size=n) < 0.1).astype(int),
        travel_factor=rng.lognormal(0.0, 0.2, n),
        regrade_at_s=at_times(0.04, at_s, 1200.0),
        regrade_to=np.maximum(grade - 1, 0),
        cancel_at_s=at_times(0.05, at_s, 1800.0),
        appointment_s=np.where(grade == 4, at_s + rng.uniform(4 * H, 48 * H, n), np.nan),
        is_resolved=rng.uniform(size=n) < 0.05,
        is_arrest=rng.uniform(size=n) < 0.08,
        custody_s=rng.exponential(3600.0, n),
    )
    shifts = [
        (max(0.0, day * DAY + begin * H), day * DAY + (begin + length) * H, k)
        for day in range(-1, n_days)
        for begin, length in SHIFTS
        for k in range(n_units)
        if day * DAY + (begin + length) * H > 0.0
    ]
    start_s, end_s, k = np.array(shifts).T
    home = k.astype(int) % n_areas
    duties = Duties.of(
        start_s=start_s,
        end_s=end_s,
        base_atom=stations[home],
        area=home,
        patrol_atoms=np.stack([rng.choice(np.flatnonzero(area == a), n_patrol) for a in home]),
        crew=1 + (rng.uniform(size=len(k)) < 0.3),
        capabilities=(rng.uniform(size=len(k)) < 0.7).astype(int),
        meal_at_s=start_s + 3.5 * H,
        meal_s=2400.0,
        meal_until_s=start_s + 6.5 * H,
        is_abstracted=rng.uniform(size=len(k)) < 0.08,
    )
    grades = Grades.of(
        travel_factor=[0.75, 1.0, 1.0, 1.0, 1.0],
        border_s=[0.0, 600.0, 1e6, 1e6, np.inf],
        may_preempt=[True, True, False, False, False],
        may_preempt_on_scene=[True, False, False, False, False],
        may_interrupt_meal=[True, False, False, False, False],
        end_guard_s=[0.0, 0.0, 1800.0, 3600.0, 3600.0],
    )
    ground = Ground.of(
        np.stack([1.0 + km / 48.0 * 60.0 * slow for slow in (0.9, 1.1, 1.3)]),
        area,
        n_grades=5,
        reserve=np.repeat([[0], [0], [1], [1], [1]], n_areas, axis=1),
        band_of_hour=np.arange(24 * (n_days + 1)) % 24 // 8,
        suite_atoms=stations[[0, -1]],
        suite_desks=[1, 2],
    )
    return incidents, duties, grades, ground
