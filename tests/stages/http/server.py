"""An HTTP server for the tests of http.fetch, on a port of the loopback that the system chooses.

Prints its port and serves until its standard input ends. `server.py FOLDER`: over TLS, with a
certificate of its own that it writes to FOLDER/cert.pem first.

    /echo?...          the request: method, path, headers and body, as JSON
    /status/N          status N; ?times=K: only the first K times for this path, then 200;
                       ?retry_after=X: with that header, where X may be `date`, an hour from now
    /redirect?to=URL   302 to URL; &status=N: with another status
    /loop              302 to itself
    /big?size=N        N bytes; &chunked: without saying so before; &gzip: packed
    /long_error?size=N status 500 with N bytes
    /slow              an answer when /release is asked
    /headers           odd headers
    /half              less than it announces
    /drop              nothing at all
    /reset?id=X        every third request of a connection is taken and the connection reset
    /asked             how often /reset was asked, how often for the same id at most, and how often
                       it reset the connection
    /refuse            417 to the first request for this path and query, then 200
    /count             how many connections and requests there were, and now are in /slow
"""

import collections
import datetime
import email.utils
import gzip
import http.server
import json
import pathlib
import socket
import ssl
import struct
import subprocess
import sys
import threading
import urllib.parse


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        self.ids = collections.Counter()
        self.released = threading.Event()

    def count(self, name, more=1):
        with self.lock:
            self.counts[name] += more
            return self.counts[name]

    def handle_error(self, request, client_address):
        pass  # A client that goes away is part of the tests.


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def setup(self):
        super().setup()
        self.server.count("connections")
        self.turns = 0

    def log_message(self, *_):
        pass

    def serve(self):
        self.server.count("requests")
        size = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(size)
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        name = url.path.split("/")[1]
        getattr(self, "serve_" + name, self.serve_status)(url.path)
        self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = serve

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def serve_echo(self, _):
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.body.decode("utf-8", "replace")
        said = {"method": self.command, "path": self.path, "headers": headers, "body": body}
        self.answer(200, json.dumps(said).encode())

    def serve_status(self, path):
        status = int(path.split("/")[2]) if path.startswith("/status/") else 404
        times = int(self.query.get("times", "1000000"))
        if self.server.count(self.path) > times:
            return self.answer(200, b"at last")
        headers = []
        if "retry_after" in self.query:
            value = self.query["retry_after"]
            if value == "date":
                then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
                value = email.utils.format_datetime(then, usegmt=True)
            headers.append(("Retry-After", value))
        return self.answer(status, b"\n  what is wrong\nmore", headers)

    def serve_redirect(self, _):
        status = int(self.query.get("status", "302"))
        self.answer(status, b"this way", [("Location", self.query["to"])])

    def serve_loop(self, _):
        self.answer(302, b"", [("Location", "/loop")])

    def serve_big(self, _):
        body = b"x" * int(self.query["size"])
        if "gzip" in self.query:
            return self.answer(200, gzip.compress(body), [("Content-Encoding", "gzip")])
        if "chunked" not in self.query:
            return self.answer(200, body)
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for begin in range(0, len(body), 10_000):
            piece = body[begin:begin + 10_000]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        return self.wfile.write(b"0\r\n\r\n")

    def serve_long_error(self, _):
        self.answer(500, b"x" * int(self.query["size"]))

    def serve_slow(self, _):
        self.server.count("slow")
        self.server.released.wait()
        self.server.count("slow", -1)
        self.answer(200, b"slow")

    def serve_release(self, _):
        self.server.released.set()
        self.answer(200)

    def serve_headers(self, _):
        latin1 = "caf\u00e9"  # http.server writes headers in Latin-1.
        self.answer(200, b"", [("X-Odd", 'a"b\\c\td'), ("X-Two", "1"), ("x-two", "2"),
                               ("X-Latin", latin1), ("X-Empty", "")])

    def serve_half(self, _):
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def serve_drop(self, _):
        self.close_connection = True

    def serve_reset(self, _):
        with self.server.lock:
            self.server.ids[self.query["id"]] += 1
        self.turns += 1
        if self.turns % 3:
            return self.answer(200, b"taken")
        self.server.count("resets")
        # Closed at once, with what was not sent: the client gets a reset, not an end.
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True

    def serve_asked(self, _):
        with self.server.lock:
            said = {"asked": self.server.ids.total(), "most": max(self.server.ids.values()),
                    "resets": self.server.counts["resets"]}
        self.answer(200, json.dumps(said).encode())

    def serve_refuse(self, _):
        self.answer(417 if self.server.count(self.path) == 1 else 200)

    def serve_count(self, _):
        with self.server.lock:
            counts = dict(self.server.counts)
        self.answer(200, json.dumps(counts).encode())


def secure(server, folder):
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj",
         "/CN=weir test", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    # The handshake belongs to the connection's thread: a client that refuses it holds nobody up.
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)


def main():
    server = Server()
    if len(sys.argv) > 1:
        secure(server, pathlib.Path(sys.argv[1]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
