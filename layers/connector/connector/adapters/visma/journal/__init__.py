"""The journal of a Visma.net company: what a payroll batch needs of it, and no more.

A batch is entered on hold and never changed or released: no path that does either is known here.
"""
