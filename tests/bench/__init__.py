"""The connector beside other tools, over the same fakes, with the same counters: `make bench`."""
