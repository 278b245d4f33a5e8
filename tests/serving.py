"""A server that says one thing, whatever is asked."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer


class Serving:
    """Says the same bytes to whoever calls, once a connection, whatever is asked."""

    def __init__(self, said: bytes, context: ssl.SSLContext | None = None) -> None:
        class Handler(BaseHTTPRequestHandler):
            def handle(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                while self.rfile.readline(65537).strip():
                    pass
                self.wfile.write(said)

        class Server(HTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                """A client that hangs up is no news here."""

        self._server = Server(("127.0.0.1", 0), Handler)
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> int:
        self._thread.start()
        return int(self._server.server_address[1])

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
