"""The check that a department runs before it connects: the platform's side of the contract, against any endpoint.

Each rule of docs/connecting-a-department.md is one check with a name; what a department does wrong has a name as well.
Judges answers with the readers that the platform itself uses (`adapters.http_answers`, `one_things.department_bodies`).
"""
