"""The rules of dispatch a second time, in plain Python on SimPy: a process for each duty, meal and assignment.

Written to be read beside the rules as `constabulary.response.dispatch` states them, and run by the tests and the
benchmark. Instants are absolute, so that both models do the same sums in the same order.
"""

# No annotations from the future here: the tests run this file by its path.
import math
from collections import Counter
from heapq import heappush
from types import SimpleNamespace

import simpy

NONE = math.nan
BEGIN, DONE, MEAL, END, DIARY, RECORDED = range(6)  # what comes first at one instant


class Clock(simpy.Environment):
    def until(self, at, what, number):
        """An event at an absolute instant; those of one instant come by what they are, then by number."""
        event = simpy.Event(self)
        event._ok, event._value = True, None
        heappush(self._queue, (at, 10 + what * 10**8 + number, next(self._eid), event))
        return event


def rows(table, **more):
    columns = {
        name: getattr(table, name).tolist() for name in table.__dataclass_fields__ if name != "defaults"
    }
    return [
        SimpleNamespace(number=n, **dict(zip(columns, values, strict=True)), **more)
        for n, values in enumerate(zip(*columns.values(), strict=True))
    ]


class Dispatch:
    def __init__(self, incidents, duties, grades, ground, rules):
        self.clock, self.rules, self.count = Clock(), rules, Counter()
        self.minutes, self.bands = ground.minutes.tolist(), ground.band_of_hour.tolist()
        self.reserve = ground.reserve.tolist()
        self.grades = rows(grades)
        self.incidents = rows(
            incidents,
            **dict.fromkeys(
                ("ready_s", "assigned_s", "arrived_s", "full_s", "cleared_s", "custody_wait_s"), NONE
            ),
            **dict.fromkeys(("is_closed", "is_waiting", "first", "is_left"), False),
            **dict.fromkeys(("officers", "there", "n_there", "n_sent", "support_left_s"), 0),
            duty=-1,
        )
        self.units = rows(
            duties, state="off", meal_left_s=0.0, late_s=0.0, meal_spent_s=0.0, free_spent_s=0.0
        )
        self.area = ground.area_of_atom.tolist()
        for incident in self.incidents:
            incident.area = self.area[incident.atom]
            incident.first_left_s = incident.scene_s
            incident.wanted = incident.n_officers if rules.several_units else 1
            incident.on_way = []
        for unit in self.units:
            unit.men = unit.crew if rules.crew_counts else 1
        self.on_duty, self.free, self.waiting = {}, {}, []
        self.n_free = [0] * ground.n_areas
        self.suites = [
            SimpleNamespace(atom=atom, desks=simpy.Resource(self.clock, desks))
            for atom, desks in zip(ground.suite_atoms.tolist(), ground.suite_desks.tolist(), strict=True)
        ]
        for unit in self.units:
            self.clock.process(self.duty(unit))
        self.clock.process(self.arrivals())
        for incident in self.incidents:
            self.note(incident)
        self.clock.run()

    # The ground.

    def band(self):
        return self.minutes[self.bands[min(int(self.clock.now / 3600.0), len(self.bands) - 1)]]

    def each(self, incident):
        """Seconds that a minute of the table takes on the way to an incident."""
        return 60.0 * (self.grades[incident.grade].travel_factor * incident.travel_factor)

    def home(self, unit):
        if not self.rules.patrolling:
            return unit.base_atom
        turn = math.floor((self.clock.now - unit.start_s) / self.rules.patrol_s)
        return unit.patrol_atoms[turn % len(unit.patrol_atoms)]

    def where(self, unit):
        """The atom of a unit; on the way it is at the nearer end, by time."""
        now = self.clock.now
        if unit.state == "meal":
            return unit.base_atom
        if unit.state == "free":
            if now >= unit.back_s:
                return self.home(unit)
            return unit.from_atom if now < unit.half_s else unit.to_atom
        return unit.from_atom if unit.state == "way" and now < unit.half_s else unit.to_atom

    # Duties and meals.

    def duty(self, unit):
        yield self.clock.until(unit.start_s, BEGIN, unit.number)
        if unit.is_abstracted and self.rules.abstractions:
            self.count["abstracted"] += 1
            return
        self.on_duty[unit.number] = unit
        if self.rules.meals and not math.isnan(unit.meal_at_s):
            unit.meal_left_s = unit.meal_s
        if unit.meal_left_s > 0.0:
            self.clock.process(self.meal_due(unit))
        self.release(unit, self.home(unit))
        yield self.clock.until(unit.end_s, END, unit.number)
        if unit.state == "free":
            self.bind(unit)
        elif unit.state == "meal":
            unit.meal_spent_s += self.clock.now - unit.since_s
            unit.meal_left_s = 0.0
            self.count["meals_taken"] += 1
            unit.process.interrupt()
        else:
            return
        self.go_off(unit)

    def go_off(self, unit):
        unit.state = "off"
        del self.on_duty[unit.number]
        if unit.meal_left_s > 0.0:
            self.count["meals_missed"] += 1

    def meal_due(self, unit):
        yield self.clock.until(max(unit.meal_at_s, unit.start_s), MEAL, unit.number)
        if unit.state == "free":
            self.begin_meal(unit)

    def begin_meal(self, unit):
        self.bind(unit)
        unit.state, unit.since_s, unit.until_s = "meal", self.clock.now, self.clock.now + unit.meal_left_s
        unit.process = self.clock.process(self.meal(unit))

    def meal(self, unit):
        try:
            yield self.clock.until(unit.until_s, DONE, unit.number)
        except simpy.Interrupt:
            return
        unit.meal_spent_s += self.clock.now - unit.since_s
        unit.meal_left_s = 0.0
        self.count["meals_taken"] += 1
        self.release(unit, unit.base_atom)

    # Being free.

    def release(self, unit, atom):
        now = self.clock.now
        if now >= unit.end_s:
            if now > unit.end_s:
                self.count["late_finishes"] += 1
                unit.late_s = now - unit.end_s
            self.go_off(unit)
            return
        home = self.home(unit)
        way_s = 0.0 if home == atom else self.band()[home][atom] * 60.0
        unit.state, unit.since_s, unit.from_atom, unit.to_atom = "free", now, atom, home
        unit.half_s, unit.back_s = now + 0.5 * way_s, now + way_s
        self.free[unit.number] = unit
        self.n_free[unit.area] += 1
        if not self.rules.returning and home != atom:
            self.clock.process(self.back(unit, now))
        self.look_for_work(unit)

    def back(self, unit, since_s):
        yield self.clock.until(unit.back_s, DONE, unit.number)
        if unit.state == "free" and unit.since_s == since_s:
            self.look_for_work(unit)

    def bind(self, unit):
        unit.free_spent_s += self.clock.now - unit.since_s
        del self.free[unit.number]
        self.n_free[unit.area] -= 1

    def look_for_work(self, unit):
        now = self.clock.now
        if now < unit.back_s and not self.rules.returning:
            return
        is_hungry = unit.meal_left_s > 0.0 and now >= unit.meal_at_s
        if is_hungry and now > unit.meal_until_s:
            self.count["meals_missed"] += 1
            unit.meal_left_s, is_hungry = 0.0, False
        best = None
        for incident in self.waiting:
            grade = self.grades[incident.grade]
            if (
                (not is_hungry or grade.may_interrupt_meal)
                and self.suits(unit, incident)
                and self.is_before_end(unit, grade)
                and not self.is_reserved(unit, incident)
            ):
                key = incident.grade, incident.ready_s + self.head_start_s(unit, incident), incident.number
                if best is None or key < best[0]:
                    best = key, incident
        if best:
            self.send(unit, best[1])
            self.wait_or_not(best[1])
        elif is_hungry:
            self.begin_meal(unit)

    # Choosing a unit.

    def head_start_s(self, unit, incident):
        if unit.area == incident.area:
            return 0.0
        return self.grades[incident.grade].border_s if self.rules.cross_border else math.inf

    def suits(self, unit, incident):
        return (
            incident.needs & unit.capabilities == incident.needs
            and self.head_start_s(unit, incident) < math.inf
        )

    def is_before_end(self, unit, grade):
        return unit.end_s - self.clock.now >= (grade.end_guard_s if self.rules.end_guard else 0.0)

    def is_reserved(self, unit, incident):
        return self.rules.reserves and self.n_free[unit.area] <= self.reserve[incident.grade][unit.area]

    def soonest(self, incident, units):
        """The unit that is soonest there, own units' head start counted; of two alike the lower number."""
        row, each = self.band()[incident.atom], self.each(incident)
        return min(
            units,
            key=lambda unit: (row[self.where(unit)] * each + self.head_start_s(unit, incident), unit.number),
            default=None,
        )

    def free_unit(self, incident):
        grade = self.grades[incident.grade]
        suiting = [
            unit
            for unit in self.free.values()
            if self.suits(unit, incident) and (self.rules.returning or self.clock.now >= unit.back_s)
        ]
        in_time = [unit for unit in suiting if self.is_before_end(unit, grade)]
        units = [unit for unit in in_time if not self.is_reserved(unit, incident)]
        if not units:
            self.count["waited_for_end_guard"] += len(in_time) < len(suiting)
            self.count["waited_for_reserve"] += 0 < len(in_time) == len(suiting)
        return self.soonest(incident, units)

    def unit_at_meal(self, incident):
        grade = self.grades[incident.grade]
        return self.soonest(
            incident,
            [
                unit
                for unit in self.on_duty.values()
                if unit.state == "meal" and self.suits(unit, incident) and self.is_before_end(unit, grade)
            ],
        )

    def unit_to_call_away(self, incident):
        grade = self.grades[incident.grade]
        states = ["way"] * (grade.may_preempt and self.rules.preempt_en_route)
        states += ["scene"] * (grade.may_preempt_on_scene and self.rules.preempt_on_scene)
        units = [
            unit
            for unit in self.on_duty.values()
            if unit.state in states
            and unit.incident.grade > incident.grade
            and self.grades[unit.incident.grade].may_be_preempted
            and self.suits(unit, incident)
            and self.is_before_end(unit, grade)
        ]
        worst = max((unit.incident.grade for unit in units), default=None)
        return self.soonest(incident, [unit for unit in units if unit.incident.grade == worst])

    # Incidents.

    def arrivals(self):
        for incident in self.incidents:
            yield self.clock.until(incident.at_s, RECORDED, incident.number)
            if incident.is_closed or (self.rules.appointments and incident.appointment_s > incident.at_s):
                continue
            if incident.is_resolved and self.rules.resolving:
                self.count["resolved"] += 1
                incident.is_closed = True
            else:
                incident.ready_s = self.clock.now
                self.seek_units(incident)

    def note(self, incident):
        """Put an incident's appointment, regrading and cancellation into the calendar."""
        for what, (holds, at_s, do) in enumerate(
            (
                (
                    self.rules.appointments and incident.appointment_s > incident.at_s,
                    incident.appointment_s,
                    self.appointment,
                ),
                (self.rules.regrading, incident.regrade_at_s, self.regrade),
                (self.rules.cancelling, incident.cancel_at_s, self.cancel),
            )
        ):
            if holds and not math.isnan(at_s):
                event = self.clock.until(at_s, DIARY, what * 10**6 + incident.number)
                event.callbacks.append(lambda _, do=do: self.unless_too_late(incident, do))

    def unless_too_late(self, incident, do):
        if not incident.is_closed and incident.duty < 0:
            do(incident)

    def appointment(self, incident):
        self.count["appointments"] += 1
        incident.ready_s = self.clock.now
        self.seek_units(incident)

    def regrade(self, incident):
        self.count["regraded"] += 1
        incident.grade = incident.regrade_to
        if incident.is_waiting:
            self.stop_waiting(incident)
            self.seek_units(incident)

    def cancel(self, incident):
        self.count["cancelled"] += 1
        incident.is_closed = True
        self.stop_waiting(incident)
        self.turn_back(incident)

    def seek_units(self, incident):
        displaced = None
        while incident.officers < incident.wanted:
            grade = self.grades[incident.grade]
            unit = self.free_unit(incident)
            if unit is None and grade.may_interrupt_meal:
                unit = self.unit_at_meal(incident)
            if unit is None and incident.officers == 0:
                unit = self.unit_to_call_away(incident)
                displaced = unit and unit.incident
            if unit is None:
                break
            self.send(unit, incident)
        self.wait_or_not(incident)
        if displaced:
            self.seek_units(displaced)

    def wait_or_not(self, incident):
        if incident.officers >= incident.wanted:
            self.stop_waiting(incident)
        elif not incident.is_waiting:
            self.count["waited"] += 1
            incident.is_waiting = True
            self.waiting.append(incident)

    def stop_waiting(self, incident):
        if incident.is_waiting:
            incident.is_waiting = False
            self.waiting.remove(incident)

    # Assignments.

    def send(self, unit, incident):
        now = self.clock.now
        atom = self.where(unit)
        if unit.state == "free":
            self.count["sent_on_way_back"] += now < unit.back_s
            self.count["sent_on_patrol"] += now >= unit.back_s and atom != unit.base_atom
            self.bind(unit)
        elif unit.state == "meal":
            self.count["meals_interrupted"] += 1
            unit.meal_spent_s += now - unit.since_s
            unit.meal_left_s = unit.until_s - now
            unit.process.interrupt()
        else:
            self.call_away(unit)
        self.count["sent"] += 1
        self.count["sent_across_border"] += unit.area != incident.area
        self.count["sent_crew_of_several"] += unit.men > 1
        self.count["sent_in_support"] += incident.officers > 0
        incident.officers += unit.men
        incident.n_sent += 1
        incident.on_way.append(unit)
        way_s = self.band()[incident.atom][atom] * self.each(incident)
        unit.state, unit.incident, unit.since_s = "way", incident, now
        unit.until_s = now + self.rules.turnout_s + way_s
        unit.from_atom, unit.to_atom, unit.half_s = atom, incident.atom, now + 0.5 * (unit.until_s - now)
        unit.process = self.clock.process(self.attend(unit, incident))

    def call_away(self, unit):
        incident = unit.incident
        incident.officers -= unit.men
        unit.process.interrupt()
        if unit.state == "way":
            self.count["preempted_en_route"] += 1
            incident.on_way.remove(unit)
            return
        self.count["preempted_on_scene"] += 1
        incident.there -= unit.men
        incident.n_there -= 1
        left_s = unit.until_s - self.clock.now
        if unit.is_first:
            incident.first, incident.is_left = False, True
            incident.first_left_s = left_s if self.rules.resume else incident.scene_s
        elif self.rules.resume:
            incident.support_left_s += left_s

    def turn_back(self, incident):
        turned = sorted(incident.on_way, key=lambda one: one.number)
        incident.on_way.clear()
        for unit in turned:
            self.count["turned_back"] += 1
            unit.process.interrupt()
            unit.from_atom = self.where(unit)
            unit.state = "turned back"
        for unit in turned:
            self.release(unit, unit.from_atom)

    def attend(self, unit, incident):
        try:
            yield self.clock.until(unit.until_s, DONE, unit.number)
            self.arrive(unit, incident)
            yield self.clock.until(unit.until_s, DONE, unit.number)
        except simpy.Interrupt:
            return
        incident.there -= unit.men
        incident.n_there -= 1
        unit.state = "bound"
        if unit.is_first:
            incident.is_closed = True
            self.stop_waiting(incident)
        if incident.is_closed and incident.n_there == 0:
            incident.cleared_s = self.clock.now
        if not unit.is_first:
            self.release(unit, incident.atom)
            return
        self.turn_back(incident)
        if incident.is_arrest and self.rules.arrests:
            yield from self.custody(unit, incident)
        if incident.write_up_s > 0.0:
            yield self.clock.until(self.clock.now + incident.write_up_s, DONE, unit.number)
        self.release(unit, unit.to_atom)

    def arrive(self, unit, incident):
        now = self.clock.now
        incident.on_way.remove(unit)
        if incident.duty < 0:
            incident.duty, incident.assigned_s, incident.arrived_s = unit.number, unit.since_s, now
        incident.there += unit.men
        incident.n_there += 1
        if incident.there >= incident.wanted and math.isnan(incident.full_s):
            incident.full_s = now
        unit.state, unit.is_first = "scene", not incident.first
        if unit.is_first:
            incident.first = True
            if incident.is_left:
                self.count["work_resumed" if self.rules.resume else "work_restarted"] += 1
            unit.until_s = now + incident.first_left_s
        else:
            unit.until_s = now + (incident.support_left_s or incident.support_scene_s)
            incident.support_left_s = 0.0

    def custody(self, unit, incident):
        self.count["arrests"] += 1
        ways = self.band()
        suite = min(self.suites, key=lambda one: ways[one.atom][incident.atom])
        unit.to_atom = suite.atom
        reached_s = self.clock.now + ways[suite.atom][incident.atom] * 60.0
        yield self.clock.until(reached_s, DONE, unit.number)
        with suite.desks.request() as desk:
            self.count["custody_waits"] += not desk.triggered
            yield desk
            incident.custody_wait_s = self.clock.now - reached_s
            yield self.clock.until(self.clock.now + incident.custody_s, DONE, unit.number)


def simulate(incidents, duties, grades, ground, rules):
    """What becomes of each incident and duty, as objects; and the counters."""
    run = Dispatch(incidents, duties, grades, ground, rules)
    return run.incidents, run.units, run.count
