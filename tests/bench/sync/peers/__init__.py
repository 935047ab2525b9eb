"""The engines a developer could pick instead of ours, each driven over the same workload: see README.md beside this."""
