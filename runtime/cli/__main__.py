"""`python -m runtime.cli`: the same as the command `onething`."""

from runtime.cli import main

main()
