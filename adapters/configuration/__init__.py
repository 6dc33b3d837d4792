"""What a deployment writes down about each department: how it is reached, how much it bears, how it names things.

Pure: the models of `departments.yaml` and what makes no sense in it. Files, secrets and reloading are `runtime`'s.
"""
