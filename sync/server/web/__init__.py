"""Pages that customers see: stopping messages (`/c/{token}`) the room of a video appointment (`/call/{token}`),
the products of a message (`/p/{token}`), registering on her own phone (`/join/{token}`), linking her LINE account (`/line/{nonce}`)."""
