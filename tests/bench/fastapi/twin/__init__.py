"""The measured routes of the shop in FastAPI, made as fast as this stack allows."""
