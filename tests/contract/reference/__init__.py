"""A small department that keeps to the contract, and others that each break it in one way: what the kit is tried on."""
