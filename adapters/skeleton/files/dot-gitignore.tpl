secrets/
department.db*
__pycache__/
