"""The directory of departments as supervision shows it."""

from datetime import UTC, datetime

from adapters.configuration.maintenance import away_until
from gateway.supervising.views import DepartmentCard
from runtime.department_directory import LoadedDirectory


def department_cards(directory: LoadedDirectory) -> dict[str, DepartmentCard]:
    """Each department by its code: name, kind, and until when it is in maintenance."""
    now = datetime.now(UTC)
    return {
        code: DepartmentCard(
            code=code,
            title=known.entry.title,
            kind=known.entry.kind.value,
            maintenance_until=away_until(known.entry.maintenance, now),
        )
        for code, known in directory.departments.items()
    }
