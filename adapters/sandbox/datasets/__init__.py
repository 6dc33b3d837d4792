"""What the simulated departments hold about a company, a person or a home, as data: one module for each life.

A data set is a table of fields and how each is made up from the number it is held under. Nothing here is stored, and
nothing is known of anybody: names begin with 测试 or 模拟, references with SIM.
"""

from typing import Final

from adapters.sandbox.datasets.enterprises import ENTERPRISES
from adapters.sandbox.datasets.making import DataSet
from adapters.sandbox.datasets.people import PEOPLE
from adapters.sandbox.datasets.property import PROPERTY

DATASETS: Final[dict[tuple[str, str], DataSet]] = {**ENTERPRISES, **PEOPLE, **PROPERTY}
"""By department and name of the data set."""

__all__ = ["DATASETS", "DataSet"]
