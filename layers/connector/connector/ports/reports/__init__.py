"""What the month-end report needs besides the tables."""
