"""The only steps with side effects: ask departments, fetch shared data, append events to the record.

Each may be killed at any line and run again; what goes out carries an idempotency key. No domain rule lives here.
"""
