"""Cases: what the log holds of one, read as its procedures' events, limits and next steps."""
