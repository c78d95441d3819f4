"""How values look on their way to AWS and back."""
