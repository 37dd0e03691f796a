"""What crosses a process boundary: ids, the catalogue of reasons, a turn's request and answer. Standard library only."""
