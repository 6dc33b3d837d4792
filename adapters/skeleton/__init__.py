"""A department's system to begin with: `write` puts it into a folder, where it runs, passes the check, and is theirs.

What stands in `files/` becomes the department's own code: it uses public libraries only and imports nothing of ours.
"""
