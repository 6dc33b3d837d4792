"""`python -m runtime.bench.bare worker|gateway`, with the environment of a role."""

import sys

from runtime.bench.bare.processes import serve, work
from runtime.process import leave, run_role
from runtime.settings_loading import load_settings

if __name__ == "__main__":
    if sys.argv[1] == "worker":
        run_role(work(load_settings()))
    else:
        serve(load_settings())
    leave(0)
