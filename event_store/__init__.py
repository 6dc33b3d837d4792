"""The permanent record on PostgreSQL: append, read, tail, verify, intake, keys, read models and their migrations.

SQL lives in ``sql/`` and ``migrations/``. Nothing here decides what a case may do, opens what is sealed or
names an algorithm; of ours it imports ``one_things`` and ``security``.
"""
