"""Many cases at once against departments that do everything wrong, while our processes die: all ends as was decided.

`python -m tests.faults.many --cases 300 --seed 7` runs it by hand; `test_many_faults` runs a smaller one in the suite.
What was run, what it looks at and what it found: docs/departments.md, "All of it at once".
"""
