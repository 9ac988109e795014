"""The configs that ask a service, against one that answers slowly, wrongly and now and then not.

Usage: services_test.py WEIR
"""

import collections
import csv
import http.server
import io
import json
import pathlib
import random
import sys
import threading
import time
import unittest
import urllib.parse

from program import ROOT, ProgramTest, weir

DATA = ROOT / "samples" / "data"


class Service(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.lock = threading.Lock()
        self.asked = []
        self.times = collections.Counter()
        self.running = collections.Counter()
        self.most_running = collections.Counter()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def begin(self, key):
        with self.lock:
            self.times[key] += 1
            self.running[key] += 1
            self.most_running[key] = max(self.most_running[key], self.running[key])
            return self.times[key]

    def end(self, key):
        with self.lock:
            self.running[key] -= 1


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.server.lock:
            self.server.asked.append((self.path, body))
        status, text = self.server.answer(self.server, self.path, body)
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_GET


class Services(ProgramTest):
    def serve(self, answer):
        service = Service(answer)
        self.addCleanup(service.server_close)
        self.addCleanup(service.shutdown)
        return service

    def run_config(self, name, *arguments):
        result = weir("run", "--quiet", f"configs/{name}.yaml", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_words_of_pages_are_counted_in_the_order_of_the_list(self):
        def answer(service, path, _):
            number = int(path.rsplit("/", 1)[1])
            time.sleep(random.Random(number).random() / 50)
            if number % 10 == 3:
                return 404, "gone"
            if number % 10 == 4 and service.begin(path) == 1:
                return 503, "later"
            return 200, " word\n" * number

        service = self.serve(answer)
        urls = [f"{service.url}/a%20b/{n}" for n in range(30)]
        listed = self.file("urls.txt", "".join(url + "\n" for url in urls))
        for threads in (1, 2, 8):
            service.times.clear()
            out = self.run_config("word-counts", f"--input={listed}", "--threads", str(threads))
            rows = list(csv.DictReader(io.StringIO(out)))
            self.assertEqual([row["url"] for row in rows], urls)
            for number, row in enumerate(rows):
                gone = number % 10 == 3
                self.assertEqual(row["words"], "" if gone else str(number))
                self.assertEqual("404" in row["problem"], gone, row)
        self.assertTrue(all(path.startswith("/a%20b/") for path, _ in service.asked))

    def test_a_customer_gets_its_events_in_order_one_at_a_time(self):
        events = [json.loads(line) for line in (DATA / "events.ndjson").read_text().splitlines()]

        def answer(service, _, body):
            event = json.loads(body)
            attempt = service.begin(event["customer"]) and service.begin(event["id"])
            time.sleep(random.Random(event["id"]).random() / 100)
            service.end(event["id"])
            service.end(event["customer"])
            if event["id"] % 20 == 7:
                return 400, "no"
            return (503, "later") if event["id"] % 9 == 2 and attempt == 1 else (200, "ok")

        service = self.serve(answer)
        refused = self.file("refused.ndjson")
        out = self.run_config("webhooks", f"--url={service.url}/hook", f"--refused={refused}")
        self.assertEqual(set(service.most_running.values()), {1})
        asked = [json.loads(body) for _, body in service.asked]
        for customer in "abcdef":
            got = list(dict.fromkeys(e["id"] for e in asked if e["customer"] == customer))
            self.assertEqual(got, [e["id"] for e in events if e["customer"] == customer])
        rows = list(csv.DictReader(io.StringIO(out)))
        self.assertEqual(sorted(int(row["id"]) for row in rows),
                         [e["id"] for e in events if e["id"] % 20 != 7])
        lost = [json.loads(line) for line in pathlib.Path(refused).read_text().splitlines()]
        self.assertEqual(sorted(e["id"] for e in lost),
                         [e["id"] for e in events if e["id"] % 20 == 7])
        self.assertTrue(all(e["error"]["kind"] == "http" and e["status"] == 400 for e in lost))

    def test_answers_stand_beside_their_rows_and_each_country_has_a_file(self):
        def answer(_, path, __):
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)["q"][0]
            number = int(query.split(",")[0].split()[-1])
            if query.endswith("Nowhere"):
                return 404, "{}"
            return 200, json.dumps({"lat": number / 2, "lon": -number,
                                    "country": ("DE", "PT", "FR")[number % 3]})

        service = self.serve(answer)
        with open(DATA / "places.csv", newline="", encoding="utf-8") as file:
            places = list(csv.DictReader(file))
        for threads in (1, 2, 8):
            folder = pathlib.Path(self.file(f"geo-{threads}"))
            folder.mkdir()
            self.run_config("geocode", f"--url={service.url}", "--rate=1000/s",
                            f"--folder={folder}", "--threads", str(threads))
            wanted = {}
            for number, place in enumerate(places):
                found = not place["address"].endswith("Nowhere")
                country = ("DE", "PT", "FR")[number % 3] if found else ""
                wanted.setdefault(country or "unknown", []).append(
                    (place["address"], "200" if found else "404", number / 2 if found else -1,
                     country))
            got = {}
            for path in folder.iterdir():
                with open(path, newline="", encoding="utf-8") as file:
                    got[path.stem] = [(row["address"], row["status"], float(row["geo_lat"] or -1),
                                       row["geo_country"]) for row in csv.DictReader(file)]
            self.assertEqual(got, wanted)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
