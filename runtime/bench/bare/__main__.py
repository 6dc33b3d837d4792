"""`python -m runtime.bench.bare worker|gateway`, with the environment of a role."""

import asyncio
import sys

from runtime.bench.bare.processes import serve, work
from runtime.settings_loading import load_settings

if __name__ == "__main__":
    if sys.argv[1] == "worker":
        asyncio.run(work(load_settings()))
    else:
        serve(load_settings())
