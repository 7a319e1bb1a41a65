"""The letter that withdraws an objection, as a plugin of objection-docs."""
