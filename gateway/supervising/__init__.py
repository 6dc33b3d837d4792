"""Supervision of departments (督办): what lies with each, how fast and how well it decides, how its system answers.

Read from the read models; nothing here changes anything.
"""
