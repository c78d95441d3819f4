"""What is sent to the operations function, by the command or by hand."""
