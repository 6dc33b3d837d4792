"""Becomes another program that dies with its parent, run as a script: `tether.py PARENT SIGNAL USER GROUP PROGRAM …`.

The wish to die has to be made in the child itself, after it has changed its user and before it becomes the program.
Doing that between fork and exec of a process with threads is unsafe, so this little step in between does it. It
imports nothing of ours. USER and GROUP are numbers, or `-` to stay who we are.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int, death_signal: int, user: str, group: str, command: list[str]) -> None:
    """Change the user, tie our life to `parent`, become `command`."""
    os.umask(0o077)  # what a server of the city writes is for its own user
    if user != "-":
        os.setgroups([])
        os.setgid(int(group))
        os.setuid(int(user))
    if sys.platform == "linux":
        # Elsewhere there is no such wish: a server left over is stopped at the next start.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:  # it was killed before the wish was heard
        raise SystemExit(1)
    os.execv(command[0], command)  # noqa: S606 - our own supervisor names the program


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5:])
