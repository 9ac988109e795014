"""http.fetch as the program runs it: who waits for a connection, and what is kept of an answer.

Usage: http_fetch_test.py WEIR
"""

import collections
import http.server
import json
import pathlib
import sys
import threading
import time
import unittest
import urllib.parse

from program import ProgramTest, weir

ANSWER_TIME = 0.05


class Handler(http.server.BaseHTTPRequestHandler):
    """/busy/N answers 503 with N times a letter as a header; /to/PORT/N redirects there; all other
    paths are answered after ANSWER_TIME."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def setup(self):
        super().setup()
        with self.server.lock:
            self.server.open += 1
            self.server.most_open = max(self.server.most_open, self.server.open)

    def finish(self):
        with self.server.lock:
            self.server.open -= 1
        super().finish()

    def answer(self, status, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path.split("/")
        if path[1] == "busy":
            return self.answer(503, [("X-Why", "w" * int(path[2]))])
        if path[1] == "later":
            with self.server.lock:
                self.server.asked.append(path[1])
            return self.answer(503, [("Retry-After", path[2])])
        if path[1] == "once":
            with self.server.lock:
                self.server.asked.append(path[1])
                first = len(self.server.asked) == 1
            return self.answer(503 if first else 200, [("Retry-After", path[2])])
        if path[1] == "to":
            return self.answer(302, [("Location", f"http://127.0.0.1:{path[2]}/{path[3]}")])
        with self.server.lock:
            self.server.asked.append(path[1])
            self.server.now += 1
            self.server.most = max(self.server.most, self.server.now)
        time.sleep(ANSWER_TIME)
        with self.server.lock:
            self.server.now -= 1
        return self.answer(200)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.asked = []
        self.now = self.most = self.open = self.most_open = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass


class Fetch(ProgramTest):
    def setUp(self):
        super().setUp()
        self.server = self.serve()

    def serve(self):
        server = Server()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def fetch(self, options, keys, count, behind="", path="{n}"):
        yaml = f"""
stages:
  - uses: generate
    with: {{ count: {count}, format: text, text: "{{n}}" }}
  - uses: set
    with: {{ fields: {{ n: tonumber(record.text) }} }}
  - uses: http.fetch
    with:
      url: http://127.0.0.1:{self.server.server_address[1]}/{path}
{options}
{keys}
  - uses: json.format
  - uses: file.write
    with: {{ path: "-" }}
{behind}"""
        done = weir("run", self.file("p.yaml", yaml), env={"no_proxy": "127.0.0.1"})
        return [json.loads(line) for line in done.stdout.splitlines()], done

    def test_the_timeout_begins_with_the_connection(self):
        """40 calls of 50 ms over two connections take a second: more than three timeouts."""
        rows, done = self.fetch("      into: page\n      connections: 2",
                                "    workers: 40\n    timeout: 300ms\n    on_error: keep", 40)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([row["n"] for row in rows], list(range(40)), done.stderr)
        self.assertTrue(all(row.get("page") == "ok" for row in rows), done.stderr)
        self.assertEqual((self.server.most, self.server.most_open), (2, 2))

    def test_the_line_is_in_order(self):
        rows, done = self.fetch("      into: page\n      connections: 1", "    workers: 12", 12)
        self.assertEqual(len(rows), 12, done.stderr)
        self.assertEqual(self.server.asked, [str(n) for n in range(12)])

    def test_a_redirect_stands_in_the_other_hosts_line(self):
        other = self.serve()
        port = other.server_address[1]
        rows, done = self.fetch("      into: page\n      connections: 2",
                                "    workers: 20\n    timeout: 300ms", 20, path=f"to/{port}/{{n}}")
        self.assertEqual([row.get("page") for row in rows], ["ok"] * 20, done.stderr)
        self.assertEqual(other.most, 2)

    def test_who_is_given_up_leaves_the_line(self):
        rows, done = self.fetch("      into: page\n      connections: 1",
                                "    workers: 40\n    deadline: 250ms\n    on_deadline: skip", 40)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(len(rows), range(1, 8), done.stderr)
        self.assertEqual([row["n"] for row in rows], list(range(len(rows))))
        self.assertLess(len(self.server.asked), 20)

    def replicas(self, urls, keys):
        """What one record gets that asks these urls, and the run."""
        urls = ", ".join(f"'http://127.0.0.1:{server.server_address[1]}/{path}'"
                         for server, path in urls)
        yaml = f"""
stages:
  - uses: generate
    with: {{ count: 1, format: text, text: q }}
  - uses: http.fetch
    with: {{ url: [{urls}], into: page, status_into: status }}
    on_error: keep
{keys}
  - uses: json.format
  - uses: file.write
    with: {{ path: "-" }}
"""
        done = weir("run", self.file("p.yaml", yaml), env={"no_proxy": "127.0.0.1"})
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout), done

    def test_a_replica_that_was_not_asked_is_asked_at_once(self):
        """No backoff, and no Retry-After of another one, holds up the next replica."""
        servers = [self.serve() for _ in range(4)]
        paths = ["later/3600", "later/0", "later/3600", "{record.text}"]
        start = time.monotonic()
        row, _ = self.replicas(zip(servers, paths),
                               "    retry: { attempts: 4, backoff: 1h, jitter: none }")
        self.assertEqual((row["page"], row["status"]), ("ok", 200))
        self.assertEqual([server.asked for server in servers], [["later"]] * 3 + [["q"]])
        self.assertLess(time.monotonic() - start, 1800)

    def test_all_replicas_asked_the_backoff_counts_again(self):
        servers = [self.serve(), self.serve()]
        start = time.monotonic()
        row, done = self.replicas([(servers[0], "later/0"), (servers[1], "later/0")],
                                  "    retry: { attempts: 3, backoff: 300ms, jitter: none }")
        # Two attempts have failed, so that the backoff has doubled.
        self.assertGreaterEqual(time.monotonic() - start, 0.6)
        self.assertEqual([len(server.asked) for server in servers], [2, 1])
        self.assertEqual((row["page"], row["status"]), ("ok", 503))
        self.assertIn("status 503", done.stderr)

    def test_hedges_ask_the_other_replicas(self):
        servers = [self.serve() for _ in range(3)]
        row, _ = self.replicas([(server, "{record.text}") for server in servers],
                               "    hedge: { after: 1ms, extra: 3, budget: 100% }\n"
                               "    workers: 4")
        self.assertEqual(row["status"], 200)
        asked = sorted(len(server.asked) for server in servers)
        self.assertGreaterEqual(sum(asked), 2)
        self.assertLessEqual(asked[-1], 2)

    def test_how_long_an_answer_may_ask_to_wait(self):
        retry = "    retry: { attempts: 2, backoff: 1ms, max_backoff: 10ms%s }"
        row, done = self.replicas([(self.server, "once/1")], retry % "")
        self.assertEqual((row["status"], self.server.asked), (503, ["once"]))
        self.assertIn("asked to wait 1s", done.stderr)
        other = self.serve()
        row, done = self.replicas([(other, "once/1")], retry % ", max_retry_after: 1s")
        self.assertEqual((row["status"], other.asked), (200, ["once", "once"]))

    def test_an_answer_is_told_of_a_kept_record(self):
        rows, done = self.fetch("      status_into: status\n      headers_into: headers\n"
                                "      into: page", "    on_error: keep", 2, path="busy/3")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([row["status"] for row in rows], [503, 503])
        self.assertEqual(rows[0]["headers"]["x-why"], "www")
        self.assertEqual(rows[0]["page"], "ok")

    def test_and_of_a_dead_letter(self):
        box = self.file("box.ndjson")
        rows, done = self.fetch("      status_into: status",
                                "    retry: { attempts: 2, backoff: 1ms }\n"
                                "    on_error: { to: box }", 2, path="busy/3", behind=f"""
  - name: box
    uses: json.format
  - uses: file.write
    with: {{ path: {box} }}
""")
        self.assertEqual(rows, [], done.stderr)
        letters = [json.loads(line) for line in pathlib.Path(box).read_text().splitlines()]
        self.assertEqual([letter["status"] for letter in letters], [503, 503], done.stderr)
        self.assertEqual(collections.Counter(letter["error"]["attempts"] for letter in letters),
                         {2: 2})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
