"""The general ledger of a company as the services see it; nothing here can write to one."""
