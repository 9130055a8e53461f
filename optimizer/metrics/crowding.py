"""How full schools and classes are."""

import numpy as np
import pandas as pd

from optimizer.problem import NO_RULE, Ints, Plan, Problem


def loads(problem: Problem, plan: Plan) -> Ints:
    """Return the students who sit at each site.

    Returns
    -------
    ``[S, T, G, V]``: those who stay, and the students of the blocks whose zone has that grade at the site.
    """
    load = problem.stay.copy()
    for grade in range(len(problem.grades)):
        site = problem.site_of[plan.zone, grade]
        np.add.at(load[:, :, grade, :], site, problem.students[:, :, grade, :])
    return load


def _classes(problem: Problem, plan: Plan) -> Ints:
    """Classes ``[S, T, G, V]``; 0 where the site has no rooms rule, and in grades that it does not teach.

    A cohort's classes are one number a site for all its years: those of a teaching point's cohort do not go on to the grades that
    its parent school teaches.
    """
    taught = np.asarray((problem.stay > 0).any(axis=(1, 3)))
    taught[problem.site_of, np.arange(len(problem.grades))] = True
    classes = np.where(taught[:, None, :, None], plan.classes[:, problem.cohort, :], 0)
    return np.where((problem.rooms == NO_RULE)[:, :, None, None], 0, classes)


def by_grade(problem: Problem, plan: Plan) -> pd.DataFrame:
    """Return students and classes by school, year, grade and variant.

    A cohort of ``n`` students in ``c`` classes makes ``n mod c`` classes of ``ceil(n / c)`` and the rest of ``floor(n / c)``.
    Students for whom the rooms leave no class at all are counted as one class.

    Returns
    -------
    Columns ``variant, year, school_id, grade, students, classes, largest_class, classes_over, classes_big, classes_huge,
    children_over``: classes above the class limit, above the second and the third step (56+, 66+ in the policy cn-2017), and
    the children who sit in classes above the limit. Class columns are 0 for sites with seats only. Rows without students and
    classes are left out.
    """
    students, classes = loads(problem, plan), _classes(problem, plan)
    formed = np.where((problem.rooms != NO_RULE)[:, :, None, None] & (students > 0), np.maximum(classes, 1), 0)
    small = students // np.maximum(formed, 1)
    n_big = students - small * formed
    limit, big, huge = (int(size) for size in problem.prices.step_size[:3])

    def over(size: int) -> Ints:
        return np.where(small + 1 > size, n_big, 0) + np.where(small > size, formed - n_big, 0)

    children = np.where(small + 1 > limit, n_big * (small + 1), 0) + np.where(small > limit, (formed - n_big) * small, 0)
    s, t, g, v = np.nonzero((students > 0) | (classes > 0))
    at = (s, t, g, v)
    return (
        pd.DataFrame(
            {
                "variant": np.array(problem.variants, dtype=object)[v],
                "year": np.array(problem.years)[t],
                "school_id": np.array(problem.sites, dtype=object)[s],
                "grade": np.array(problem.grades, dtype=object)[g],
                "students": students[at],
                "classes": classes[at],
                "largest_class": np.where(formed > 0, small + (n_big > 0), 0)[at],
                "classes_over": np.where(formed > 0, over(limit), 0)[at],
                "classes_big": np.where(formed > 0, over(big), 0)[at],
                "classes_huge": np.where(formed > 0, over(huge), 0)[at],
                "children_over": np.where(formed > 0, children, 0)[at],
            }
        )
        .sort_values(["variant", "year", "school_id", "grade"], kind="stable")
        .reset_index(drop=True)
    )


def by_school(problem: Problem, grades: pd.DataFrame) -> pd.DataFrame:
    """Return students, rooms and seats by school, year and variant; a school without students has a row too.

    Parameters
    ----------
    grades
        What `by_grade` returns.

    Returns
    -------
    Columns ``variant, year, school_id, students, classes, rooms, seats, seats_free, over_seats, over_size, largest_class,
    classes_over, classes_big, classes_huge, children_over``. ``rooms`` and ``seats`` are empty (Int64) where no such rule is;
    ``seats`` of a school with rooms is rooms times the class limit. ``seats_free`` is never negative; ``over_seats`` are the
    students beyond the seats, ``over_size`` those beyond the school's size limit.
    """
    keys = ["variant", "year", "school_id"]
    every = pd.MultiIndex.from_product([sorted(problem.variants), problem.years, problem.sites], names=keys)
    sums = ["students", "classes", "classes_over", "classes_big", "classes_huge", "children_over"]
    found = grades.groupby(keys).agg(dict.fromkeys(sums, "sum") | {"largest_class": "max"})
    frame = found.reindex(every, fill_value=0).reset_index()
    site = pd.Index(problem.sites).get_indexer(pd.Index(frame["school_id"]))
    year = pd.Index(problem.years).get_indexer(pd.Index(frame["year"]))
    rooms, seats, size = problem.rooms[site, year], problem.seats[site, year], problem.size_limit[site]
    limit = int(problem.prices.step_size[0])
    seats = np.where(rooms != NO_RULE, rooms * limit, seats)
    students = frame["students"].to_numpy()
    frame["rooms"] = pd.array(rooms, dtype="Int64")
    frame.loc[rooms == NO_RULE, "rooms"] = pd.NA
    frame["seats"] = pd.array(seats, dtype="Int64")
    frame.loc[seats == NO_RULE, "seats"] = pd.NA
    frame["seats_free"] = np.where(seats == NO_RULE, 0, np.maximum(seats - students, 0))
    frame["over_seats"] = np.where(seats == NO_RULE, 0, np.maximum(students - seats, 0))
    frame["over_size"] = np.where(size == NO_RULE, 0, np.maximum(students - size, 0))
    order = ["students", "classes", "rooms", "seats", "seats_free", "over_seats", "over_size", "largest_class"]
    return frame[[*keys, *order, "classes_over", "classes_big", "classes_huge", "children_over"]]


def class_sizes(problem: Problem, grades: pd.DataFrame) -> pd.DataFrame:
    """Return how many classes of each size a school has, the mean per year over years and weighted variants.

    Parameters
    ----------
    grades
        What `by_grade` returns.

    Returns
    -------
    Columns ``school_id, size, classes``, sorted; schools without rooms have no classes. Students without any class sit in one.
    """
    some = grades[(grades["largest_class"] > 0)]
    formed = np.maximum(some["classes"].to_numpy(), 1)
    small, larger = np.divmod(some["students"].to_numpy(), formed)
    share = (
        some["variant"].map(dict(zip(problem.variants, problem.weight, strict=True))).to_numpy(dtype=np.float64) / problem.divisor
    )
    school = some["school_id"].to_numpy()
    frame = pd.DataFrame(
        {
            "school_id": np.concatenate([school, school]),
            "size": np.concatenate([small + 1, small]),
            "classes": np.concatenate([larger * share, (formed - larger) * share]),
        }
    )
    return frame[(frame["classes"] > 0) & (frame["size"] > 0)].groupby(["school_id", "size"]).sum().reset_index()
