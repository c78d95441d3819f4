"""The use cases. They talk to the domain and to ports, never to a technology."""
