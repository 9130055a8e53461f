"""One call that reads a county."""

from optimizer.faults import Faults
from optimizer.inputs.attendance import read_attendance
from optimizer.inputs.barriers import read_barriers
from optimizer.inputs.births import read_births
from optimizer.inputs.blocks import read_blocks
from optimizer.inputs.counts import read_enrolment
from optimizer.inputs.county import County
from optimizer.inputs.desk import Desk
from optimizer.inputs.distances import read_distances
from optimizer.inputs.history import read_history
from optimizer.inputs.housing import read_housing
from optimizer.inputs.lines import read_roads
from optimizer.inputs.rates import read_drivers
from optimizer.inputs.residents import read_residents
from optimizer.inputs.schools import read_schools
from optimizer.inputs.sheet import note
from optimizer.inputs.zones import read_current_zones, read_plan
from optimizer.scenario.model import Scenario


def read(scenario: Scenario, faults: Faults) -> County | None:
    """Read every table and layer that a scenario uses.

    Parameters
    ----------
    scenario
        The question; its paths are relative to the working directory.
    faults
        Receives every mistake of every table.

    Returns
    -------
    The county, or None where this call added a fault.
    """
    before = len(faults)
    desk = Desk(scenario, faults)
    blocks = read_blocks(desk)
    schools = read_schools(desk, blocks)
    residents = read_residents(desk, blocks)
    births, housing, enrolment = read_births(desk, blocks), read_housing(desk), read_enrolment(desk, schools)
    drivers, history = read_drivers(desk, blocks), read_history(desk)
    today, plan = read_current_zones(desk, schools, blocks), read_plan(desk, blocks)
    attendance = read_attendance(desk, None if today is None else today.zones)
    roads = read_roads(desk, blocks) if scenario.travel.mode != "straight_line" else None
    barriers = read_barriers(desk, blocks)
    distances = read_distances(desk) if scenario.travel.mode == "matrix" else None
    if blocks is None or schools is None or len(faults) > before:
        return None
    if residents.by_age is not None and "students" in blocks.columns:
        blocks = blocks.drop(columns="students")
        desk.notes.append(note("left_out", "blocks", "students_column_unused", 1))
    return County(
        crs=blocks.crs,
        blocks=blocks,
        schools=schools,
        residents=residents.by_age,
        residents_date=residents.date,
        births=births,
        housing=housing,
        enrolment=enrolment,
        current_zones=None if today is None else today.zones,
        plan=plan,
        roads=roads,
        barriers=barriers,
        sources=tuple(desk.sources),
        notes=tuple(desk.notes),
        drivers=drivers,
        cut_blocks=None if today is None else today.cut,
        by_status=residents.by_status,
        distances=distances,
        attendance=attendance,
        history=history,
    )
