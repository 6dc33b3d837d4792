FROM python:3.13-slim
WORKDIR /service
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY app app
USER 1000
ENV DEPARTMENT_DATABASE=/data/department.db \
    DEPARTMENT_TOKEN_FILE=/run/secrets/token \
    DEPARTMENT_KEY_FILE=/run/secrets/DEPARTMENT_CODE.1.pem
VOLUME /data
EXPOSE 8000
CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000"]
