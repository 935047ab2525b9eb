"""Serves the app over the sample shop, to look at: `python -m tests.ui.serve [port]`."""

import sys

import uvicorn

from clienteling.app import create_asgi
from sync.settings import TabletSettings
from tests.ui.fake import FakeDevice
from tests.ui.sample import NOW


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8650
    app = create_asgi(TabletSettings(), FakeDevice(), lambda: NOW)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", ws="websockets-sansio")


if __name__ == "__main__":
    main()
