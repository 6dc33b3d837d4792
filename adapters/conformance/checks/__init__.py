"""The checks, one module per part of the contract; `adapters.conformance.suite` has them in their order."""
