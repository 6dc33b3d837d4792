# The one image of all roles: `onething serve`, `worker`, `departments`, `migrate`.
FROM python:3.11-slim AS build
WORKDIR /source
COPY requirements-runtime.lock ./
RUN python -m venv /opt/onething \
    && /opt/onething/bin/python -m pip install --no-cache-dir --require-hashes --requirement requirements-runtime.lock
COPY . .
RUN /opt/onething/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
COPY --from=build /opt/onething /opt/onething
ENV PATH=/opt/onething/bin:$PATH PYTHONUNBUFFERED=1
RUN mkdir /var/lib/onething && chmod 1777 /var/lib/onething
USER nobody
WORKDIR /var/lib/onething
ENTRYPOINT ["onething"]
CMD ["--help"]
