-r requirements.txt
pytest>=8
