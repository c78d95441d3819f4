"""What an operator rejected, and until when it stays so. Pure."""
