"""The directory of departments as supervision shows it."""

from datetime import UTC, datetime, timedelta

from adapters.configuration.maintenance import away_until
from gateway.supervising.views import DepartmentCard
from one_things.clock import shanghai_date
from runtime.department_directory import LoadedDirectory

_SOON = timedelta(days=7)


def department_cards(directory: LoadedDirectory) -> dict[str, DepartmentCard]:
    """Each department by its code: name, kind, until when it is in maintenance, and days of its own soon."""
    now = datetime.now(UTC)
    today = shanghai_date(now)
    return {
        code: DepartmentCard(
            code=code,
            title=known.entry.title,
            kind=known.entry.kind.value,
            maintenance_until=away_until(known.entry.maintenance, now),
            office=known.entry.calendar.notices(today, today + _SOON),
        )
        for code, known in directory.departments.items()
    }
