"""The records of one scope at rest: tables, sealing, rows and the index of people. The server builds a whole file of them
(a snapshot), a device adds to it page by page, and both must write the same."""
