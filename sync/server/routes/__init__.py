"""Routes: thin, one file per noun. They know HTTP; `sync.server.service` knows what is asked."""
