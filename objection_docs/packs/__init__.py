"""The data folders read into kinds, elements and procedures; an author's mistake is told by file and line."""
