"""The use cases, a folder for each function. They know the domain and ports, never a technology."""
