"""The mapping as its author writes it: the text, what companies share, help for writing it."""
