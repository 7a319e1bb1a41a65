"""Count letters of the log: by month, errand, kind, procedure, verdict, element that is wanting, fault."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from objection_docs.archive import Archive, schema

WANTING = ("missing", "blank", "vague")
#: The checks of letters that were entered unchecked.
_EXAMINED = "entries AS o USING (seq) CROSS JOIN entries AS x ON x.about = o.id AND x.errand = 'examine'"


@dataclass(frozen=True, slots=True)
class Counts:
    """`months`: "2026-03" (of Beijing) → what was counted in it, every month from the first to the last.

    What is counted: ("errand", "check"), ("kind", "complaint"), ("procedure", …), ("verdict", …) with their letters,
    as they read now; `elements`: (kind, element, status) and `faults`: code, each with the letters that have it.
    Elements are those that were required.
    """

    total: int
    months: dict[str, Counter]
    elements: Counter
    faults: Counter

    def by(self, name: str) -> Counter:
        """Letters by errand, kind, procedure or verdict, over all months."""
        counted = Counter()
        for month in self.months.values():
            counted.update({value: n for (column, value), n in month.items() if column == name})
        return counted


def count(archive: Archive, places: Iterable[int]) -> Counts:
    """Of the letters at `places`."""
    db = archive.db
    with schema.spoken(archive.path):
        db.execute("CREATE TEMP TABLE IF NOT EXISTS counted (seq INTEGER PRIMARY KEY)")
        db.execute("DELETE FROM counted")
        total = db.conn.executemany("INSERT INTO counted VALUES (?)", ((place,) for place in places)).rowcount
        months: dict[str, Counter] = {}
        columns = ("errand", "kind", "procedure", "verdict")
        rows = db.execute(
            f"SELECT strftime('%Y-%m', at, '+8 hours'), {', '.join(columns)}, count(*) "
            "FROM counted CROSS JOIN letters USING (seq) GROUP BY 1, 2, 3, 4, 5"
        )
        for month, *values, number in rows:
            for column, value in zip(columns, values, strict=True):
                months.setdefault(month, Counter())[column, value] += number
        statuses = ", ".join("?" * len(WANTING))
        elements = db.execute(
            "SELECT kind, element, status, count(*) FROM counted CROSS JOIN letters USING (seq) "
            f"CROSS JOIN element_states USING (seq) WHERE level = 'required' AND status IN ({statuses}) "
            "GROUP BY 1, 2, 3",
            WANTING,
        )
        elements = Counter({tuple(key): number for *key, number in elements})
        later = db.execute(
            "SELECT letters.kind, json_extract(state.value, '$[0]'), json_extract(state.value, '$[1]') AS status, "
            f"count(*) FROM counted CROSS JOIN letters USING (seq) CROSS JOIN {_EXAMINED}, "
            "json_each(x.details, '$.elements') AS state "
            f"WHERE json_extract(state.value, '$[2]') = 'required' AND status IN ({statuses}) GROUP BY 1, 2, 3",
            WANTING,
        )
        elements.update({tuple(key): number for *key, number in later})
        faults = db.execute(
            "SELECT json_extract(fault.value, '$.code'), count(DISTINCT counted.seq) "
            "FROM counted CROSS JOIN entries USING (seq), "
            "json_each(CASE WHEN report LIKE '{%' THEN report ELSE '{}' END, '$.faults') AS fault GROUP BY 1"
        )
        faults = Counter({str(code): number for code, number in faults})
        later = db.execute(
            f"SELECT fault.value, count(DISTINCT counted.seq) FROM counted CROSS JOIN {_EXAMINED}, "
            "json_each(x.details, '$.faults') AS fault GROUP BY 1"
        )
        faults.update({str(code): number for code, number in later})
    return Counts(total, _filled(months), elements, faults)


def _filled(months: dict[str, Counter]) -> dict[str, Counter]:
    """With the months in between in which nothing was entered."""
    filled = {}
    if months:
        year, month = map(int, min(months).split("-"))
        while (name := f"{year:04d}-{month:02d}") <= max(months):
            filled[name] = months.get(name, Counter())
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return filled
