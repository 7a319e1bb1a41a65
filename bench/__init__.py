"""Speed and memory, each figure beside the library underneath or its limit, measured in one run: `python -m bench`."""
