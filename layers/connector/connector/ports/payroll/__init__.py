"""What the export of payroll runs asks of Rippling, of Visma's journal, and of its own memory."""
