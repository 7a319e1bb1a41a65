"""Working days of the People's Republic: which days are off, moved working weekends included (chinesecalendar)."""

from datetime import date, timedelta


def is_workday(day: date) -> bool:
    """Whether `day` is a working day; beyond the years that the calendar knows, Monday to Friday."""
    import chinese_calendar

    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:  # the State Council announces a year's holidays in the November before
        return day.weekday() < 5


def add_workdays(start: date, number: int) -> date:
    """The last of `number` working days after `start`; the day of the event is not counted (民法典第二百零一条)."""
    day = start
    while number > 0:
        day += timedelta(days=1)
        number -= is_workday(day)
    return day


def known_years() -> tuple[int, int]:
    """The first and the last year whose holidays are known."""
    import chinese_calendar

    years = {day.year for day in chinese_calendar.constants.holidays}
    return min(years), max(years)
