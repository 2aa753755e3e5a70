"""The contract: one row model a table, and the files they are kept in."""
