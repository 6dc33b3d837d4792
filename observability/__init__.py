"""What operators see of a running system: traces, metrics and logs, with dashboards and a collector's configuration.

Imports nothing of ours; every part but `one_things` may use it. No personal data passes, see `personal_data`.
"""
