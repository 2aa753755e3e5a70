"""Which epoch of a protocol carries the I–V, and which samples are measured."""
