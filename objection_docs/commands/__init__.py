"""What is typed after `objection-docs`, one group of commands a module; the errands themselves are the desks'."""
