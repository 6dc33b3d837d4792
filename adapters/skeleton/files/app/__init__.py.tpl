"""The system of DEPARTMENT_CODE, connected to the one-thing platform.

`deciding` is yours to fill; everything else keeps the contract: `main` the endpoints, `store` what was taken,
{% if polled %}
`listing` the decisions that are fetched, `signing` their signatures.
{% else %}
`callbacks` the decisions that are sent, `signing` their signatures.
{% endif %}
"""
