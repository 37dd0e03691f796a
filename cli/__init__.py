"""The `huiban` command: starts and watches the processes, and everything one does from a terminal."""
