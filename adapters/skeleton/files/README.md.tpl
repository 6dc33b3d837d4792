# The system of DEPARTMENT_CODE

{% if polled %}
Takes submissions of the one-thing platform, decides, and lists its decisions, which the platform fetches: this system calls nobody.
{% else %}
Takes submissions of the one-thing platform, decides, and sends its decisions back.
{% endif %}
It keeps the whole contract; your own rules go into `app/deciding.py`, and nothing else has to change.

```sh
python -m venv .venv && .venv/bin/pip install -r requirements-dev.txt
.venv/bin/pytest
.venv/bin/uvicorn app.main:app --port 8000
```

In a second terminal, with the platform's command:

```sh
onething adapter check http://127.0.0.1:8000 --department DEPARTMENT_CODE --token-file secrets/token \
    --key DEPARTMENT_CODE.1.pub.pem{% if polled %} --kind http-poll{% endif %} --serves deferred --serves reports --html report.html
```

When it ends with 0 you may connect: give the platform's operator `departments-entry.yaml` (with your address in it) and, on a safe way,
`secrets/token`. The private key in `secrets/` stays here.

| file | what it does |
|---|---|
| `app/deciding.py` | **yours**: what is decided, and what you hold |
{% if polled %}
| `app/main.py` | the endpoints: submissions, questions, undoing, materials that follow, look-ups, the list |
| `app/store.py` | SQLite: each key once, with its answer; decisions in the order in which they were made |
| `app/listing.py` | the list, page by page, each entry signed when it is shown |
{% else %}
| `app/main.py` | the endpoints: submissions, questions, undoing, materials that follow, look-ups |
| `app/store.py` | SQLite: each key once, with its answer; decisions that wait to be sent |
| `app/callbacks.py` | sends decisions, and repeats them until they are answered |
{% endif %}
| `app/signing.py` | the signature (RFC 9421, Ed25519) |

Money, signatures of parties and e-licences are not served here; the platform's page "Connecting a department" says what they take.

For production: an address with TLS in front, a clock that is right, a backup of `department.db`, one process (SQLite). Should you need several
processes, put PostgreSQL in the place of SQLite and keep the rule of `app/store.py`: look up, handle and write down in one transaction.
{% if polled %}
Positions then have to be given by one writer at a time: a sequence gives numbers before the commit, and who reads on in between misses a decision.
{% endif %}

```sh
mkdir data
docker build -t DEPARTMENT_CODE .
docker run -p 8000:8000 --user "$(id -u)" -v "$PWD/data:/data" -v "$PWD/secrets:/run/secrets:ro" DEPARTMENT_CODE
```
