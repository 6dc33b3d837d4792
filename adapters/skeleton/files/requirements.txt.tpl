cryptography>=44
fastapi>=0.115
httpx>=0.27
pydantic>=2.9
uvicorn>=0.32
