"""What is remembered of exported payroll runs, in the `PeopleTable`: it outlives the stack."""
