# For the platform's file of departments. The operator puts the credential (secrets/token) where `token` says.
departments:
  DEPARTMENT_CODE:
    title: {zh: DEPARTMENT_CODE, en: DEPARTMENT_CODE}
{% if polled %}
    kind: http-poll
{% endif %}
    contract: 2
    url: http://127.0.0.1:8000
    token: {file: secrets/token}
    keys:
      DEPARTMENT_CODE.1: |
PUBLIC_KEY_AS_PEM
