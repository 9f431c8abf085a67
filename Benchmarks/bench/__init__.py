"""Benchmarks of the whole product: each beside a peer or a limit that is measured in the same run."""
