"""What happens in a simulated year, one verb a method; the files say by whom it is done."""
