"""History: children in school in past years."""

import numpy as np
import pandas as pd

from optimizer.inputs.desk import Desk


def read_history(desk: Desk) -> pd.DataFrame | None:
    """Read the children in school in past years.

    Returns
    -------
    ``year, grade, students`` of the whole county, sorted; cells that are blank are left out. None without a table.
    """
    sheet = desk.sheet("history")
    if sheet is None:
        return None
    year, grade = sheet.whole("year", 1950, 2150, needed=True), sheet.whole("grade", needed=True)
    frame = pd.DataFrame({"year": year, "grade": grade, "students": sheet.whole("students")}).dropna().astype(np.int64)
    return frame.groupby(["year", "grade"])["students"].sum().reset_index()
