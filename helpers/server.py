"""The notebook server of `make lab`, without a wait of 40 milliseconds at every turn of a slider.

A turn is answered by several small messages. By default the server's connection holds the second one back until the
browser has acknowledged the first (Nagle's algorithm), and the browser's system delays that by 40 ms on Linux, hoping
for something to send along (RFC 1122, sections 4.2.3.2 and 4.2.3.4).
"""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class Connection(ZMQChannelsWebsocketConnection):
    """The usual connection between a page and its kernel; every message leaves at once."""

    def connect(self):
        """Connect, as the usual one does."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
