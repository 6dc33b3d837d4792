"""What departments hold about a home, by the number of its certificate of title."""

from typing import Final

from adapters.sandbox.datasets.making import DataSet, address, always, count, lettered, reference, the_number

PROPERTY: Final[dict[tuple[str, str], DataSet]] = {
    ("real-estate-registry", "title-register"): {
        "certificate_number": the_number,
        "owner_name": lettered("测试申请人*"),
        "address": address,
        "area_square_metres": count(60, 180),
        "mortgage_reference": reference("mortgage"),
        "seized": always(False),
        "sealed_up": always(False),
    },
}
