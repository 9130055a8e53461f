"""Ways to school that were measured elsewhere."""

import pandas as pd

from optimizer.inputs.desk import Desk
from optimizer.policy import WALK_M_PER_MIN


def read_distances(desk: Desk) -> pd.DataFrame | None:
    """Read ``block_id, school_id, metres``, each pair once; ``minutes`` count 80 m each.

    A pair that is missing cannot be assigned. A block without any row is a fault: the table was made for other blocks.
    """
    sheet = desk.sheet("distances")
    if sheet is None:
        if desk.entry("distances") is None:
            todo = "Add distances.csv (block_id, school_id, distance_m)"
            desk.faults.add(desk.scenario.inputs or "scenario", "", "`travel: {mode: matrix}` has no table distances", todo)
        return None
    known = sheet.known("block_id", desk.blocks, "the blocks") & sheet.known("school_id", desk.schools, "the schools")
    sheet.ids("block_id")
    sheet.once(["block_id", "school_id"])
    column, unit = ("distance_m", 1.0) if "distance_m" in sheet else ("minutes", WALK_M_PER_MIN)
    if column not in sheet:
        sheet.missing("distance_m", ", or give `minutes`")
        return None
    metres = sheet.decimal(column) * unit
    sheet.tell(metres < 0, lambda _: f"{column} is less than 0", "Correct it, or delete the row: a missing pair is not assigned")
    frame = pd.DataFrame({"block_id": sheet.text("block_id"), "school_id": sheet.text("school_id"), "metres": metres})[known]
    left_out = sorted(set(desk.blocks or ()) - desk.shapeless - set(frame["block_id"]))
    if left_out:
        more = f" and {len(left_out) - _MOST_NAMED} more" if len(left_out) > _MOST_NAMED else ""
        what = f"no way to any school is given for {', '.join(left_out[:_MOST_NAMED])}{more}"
        sheet.fault(what, "Add their rows, at least those of the nearest schools")
    return frame.dropna().sort_values(["block_id", "school_id"], ignore_index=True)


_MOST_NAMED = 10
