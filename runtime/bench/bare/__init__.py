"""The other side of the benchmark: the least that carries the same errand through on Temporal, as a yardstick.

No record, no model, no encryption, no signatures, no plan, no faults foreseen. Never a way to run a real case.
"""
