"""What the vendors publish of their answers, as tables made from their specifications."""
