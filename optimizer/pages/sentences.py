"""What a scenario asks and what its run proved, in sentences."""

from optimizer.inputs.county import Note
from optimizer.inputs.notes import NOTES
from optimizer.pages import attendance, names
from optimizer.pages.facts import applicable, class_steps, enumerate_names, span
from optimizer.pages.templates import number, percent
from optimizer.pages.texts import Texts
from optimizer.problem import NO_RULE
from optimizer.run import Case, Run


def scenario(case: Case, texts: Texts) -> list[str]:
    """Return the question in plain sentences: who, when, what plan, which rules, prices and wishes."""
    asked, problem = case.scenario, case.problem
    return [
        texts(
            "scenario.span",
            level=texts(f"level.{asked.level}"),
            years=span(problem.years),
            blocks=number(len(problem.blocks)),
            sites=len(problem.sites),
        ),
        texts(f"scenario.plan.{_plan_kind(case)}"),
        *_children(case, texts),
        *attendance.said(case, texts),
        texts(f"scenario.travel.{asked.travel.mode}"),
        *_rules(case, texts),
        *_prices(case, texts),
        *_wishes(case, texts),
    ]


def certificate(run: Run, texts: Texts) -> str:
    """Return what was proved about the plan, in one sentence."""
    proof, stopped = run.certificate, texts(f"stopped.{run.stopped}")
    if proof is None:
        return texts("certificate.given")
    if proof.objective <= proof.bound:
        return texts("certificate.optimal", stopped=stopped)
    places = 1 if proof.gap >= 0.001 else 3
    said = texts("certificate.gap", gap=percent(proof.gap, places), metres=number(proof.gap_m, 1), stopped=stopped)
    if proof.unavoidable > 0:
        said += texts("certificate.unavoidable", share=percent(proof.unavoidable / proof.objective))
    return said + (texts("certificate.tail") if _hold(run.case, texts) else "")


def notes(case: Case, texts: Texts) -> list[tuple[str, list[str]]]:
    """Return what was repaired, assumed and left out: the kind's heading and its sentences, kinds in that order."""
    found: list[tuple[str, list[str]]] = []
    for kind in ("repaired", "assumed", "left_out"):
        said = [note(item, texts) for item in case.notes if item.kind == kind]
        if said:
            found.append((texts(f"note.{kind}"), said))
    return found


def note(item: Note, texts: Texts) -> str:
    """Return the sentence of one note; a key that no catalog knows is printed as it is."""
    said = NOTES.get(item.what)
    listed = texts("list.comma").join(item.names)
    if item.count > len(item.names) > 1:
        listed = texts("list.more", names=listed, rest=item.count - len(item.names))
    if said is None:
        return f"{item.what}: {item.count} {listed}".strip()
    return said[texts.lang].format(count=number(item.count), names=listed)


def _children(case: Case, texts: Texts) -> list[str]:
    """Return who follows the zones, and which course the population takes."""
    if case.county.residents is None and len(case.problem.grades) == 1:
        return [texts("scenario.no_ages")]
    variants = [names.variant(texts, name) for name in case.problem.variants]
    course = texts("scenario.variant", variant=variants[0])
    if case.scenario.projection.draws is not None:
        course = texts("scenario.draws", draws=len(variants), seed=case.scenario.projection.seed)
    elif len(variants) > 1:
        course = texts("scenario.variants", variants=enumerate_names(texts, variants))
    return [texts(f"scenario.rollout.{case.scenario.rollout}", first=case.problem.years[0]), course, *_hold(case, texts)]


def _hold(case: Case, texts: Texts) -> list[str]:
    """Return how crowding counts where it does not count as the mean over the variants."""
    projection = case.scenario.projection
    if projection.hold == "mean" or len(case.problem.variants) == 1 or case.scenario.plan != "optimise":
        return []
    return [texts(f"scenario.hold.{projection.hold}", share=percent(projection.tail, 0))]


def _plan_kind(case: Case) -> str:
    plan = case.scenario.plan
    return plan if plan in ("optimise", "current_zones") else "file"


def _rules(case: Case, texts: Texts) -> list[str]:
    problem, steps = case.problem, class_steps(case.problem)
    sizes = sorted({int(size) for size in problem.size_limit if size != NO_RULE})
    walks = sorted({int(limit) for limit in problem.walk_limit if limit != NO_RULE})
    said = [texts("scenario.class_size", limit=steps[0], big=steps[1] + 1, huge=steps[2] + 1)] if steps else []
    if len(sizes) > 1:
        said.append(texts("scenario.school_sizes", size=number(sizes[-1]), least=number(sizes[0])))
    elif sizes:
        said.append(texts("scenario.school_size", size=number(sizes[0])))
    if walks:
        said.append(texts("scenario.walk_limit", metres=texts("list.or").join(number(limit) for limit in walks)))
    return said


def _prices(case: Case, texts: Texts) -> list[str]:
    problem, prices = case.problem, case.problem.prices
    meant = {figure.key for figure in applicable(problem)}
    seated = ((problem.rooms == NO_RULE) & (problem.seats != NO_RULE)).any()
    listed = {
        "oversized": int(prices.step_price[0]) if class_steps(problem) else 0,
        "over_seats": prices.seat_price if seated else 0,
        "school_size": prices.size_price if "over_size" in meant else 0,
        "beyond_limit": prices.beyond_price if "beyond_limit" in meant else 0,
        "change": prices.change_price if "moved" in meant else 0,
    }
    used = [texts(f"scenario.price.{key}", metres=number(price)) for key, price in listed.items() if price]
    return [texts("scenario.prices", prices=texts("list.semicolon").join(used))] if used else []


def _wishes(case: Case, texts: Texts) -> list[str]:
    wishes = case.scenario.wishes
    label = names.schools(case.county, case.county.schools.index.astype(str))
    said = []
    for kind in ("lock", "forbid"):
        for wish in getattr(wishes, kind):
            hard = texts("wish.hard") if wish.weight_m is None else texts("wish.soft", metres=number(wish.weight_m))
            blocks = enumerate_names(texts, wish.blocks)
            said.append(texts(f"wish.{kind}", blocks=blocks, school=label.get(wish.school, wish.school), hard=hard))
    if isinstance(wishes.keep_together, str):
        said.append(texts("wish.together_column", column=wishes.keep_together))
    elif wishes.keep_together:
        said.append(texts("wish.together", count=len(wishes.keep_together)))
    if wishes.max_distance_m is not None:
        said.append(texts("wish.max_distance", metres=number(wishes.max_distance_m)))
    if wishes.max_minutes is not None:
        said.append(texts("wish.max_minutes", minutes=wishes.max_minutes))
    if wishes.close:
        said.append(texts("wish.close", schools=enumerate_names(texts, [label.get(school, school) for school in wishes.close])))
    for rooms in wishes.rooms:
        year = rooms.year or case.problem.years[0]
        said.append(texts("wish.rooms", school=label.get(rooms.school, rooms.school), add=f"{rooms.add:+d}", year=year))
    return said
