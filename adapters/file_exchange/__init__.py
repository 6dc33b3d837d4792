"""Departments that exchange batches of files: what goes out under the port, what comes in as a source of decisions.

Everything lies in the drop folder itself: a worker that is killed has written an entry or has not.
"""
