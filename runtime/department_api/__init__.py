"""The contract with departments as files for machines: schemas, OpenAPI, examples, signature vectors.

``python -m runtime.department_api`` renews docs/department-api; a test compares the two.
"""
