secrets/
department.db*
