#!/usr/bin/env python3
"""Adaptive `workers` against the best fixed number, through http.fetch and a server on loopback.

The server answers after 4 ms while no more than 10 calls are under way, and after
4 + 1.5 (n - 10)^1.3 ms with more; `halves`: only 5 from the middle on; `jitter`: times a random
factor. One run each; records a second, and the share of the best fixed number.

Usage: adaptive.py WEIR [--calls N]
"""

import argparse
import asyncio
import random
import subprocess
import tempfile
import threading
import time
from pathlib import Path

FIXED = [6, 8, 10, 12, 20]
POLICIES = ["gradient", "aimd, target: 10ms", "aimd, target: 20ms"]
SERVICES = ["steady", "halves", "jitter"]


class Service(asyncio.Protocol):
    """Just enough HTTP/1.1: requests without a body, one after the other on a connection."""

    kind, calls, under_way, answered = "steady", 0, 0, 0
    random = random.Random(7)

    def connection_made(self, transport):
        self.transport, self.rest = transport, b""

    def data_received(self, data):
        self.rest += data
        while b"\r\n\r\n" in self.rest:
            self.rest = self.rest.split(b"\r\n\r\n", 1)[1]
            Service.under_way += 1
            asyncio.get_running_loop().call_later(self.seconds(), self.answer)

    def seconds(self):
        late = Service.kind == "halves" and Service.answered >= Service.calls / 2
        beyond = Service.under_way - (5 if late else 10)
        wait = 0.004 + (0.0015 * beyond**1.3 if beyond > 0 else 0)
        return wait * (Service.random.lognormvariate(-0.125, 0.5) if Service.kind == "jitter" else 1)

    def answer(self):
        Service.under_way -= 1
        Service.answered += 1
        self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")


def serve(ready):
    async def main():
        server = await asyncio.get_running_loop().create_server(Service, "127.0.0.1", 0)
        ready.append(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def run(weir, folder, port, kind, workers, calls):
    Service.kind, Service.calls, Service.answered = kind, calls, 0
    pipeline = Path(folder) / "adaptive.yaml"
    pipeline.write_text(f"""name: adaptive
stages:
  - uses: generate
    with: {{ count: {calls}, format: text }}
  - name: ask
    uses: http.fetch
    with:
      url: 'http://127.0.0.1:{port}/'
      connections: 200
    workers: {workers}
  - uses: file.write
    with: {{ path: "{folder}/out.txt" }}
""")
    begin = time.perf_counter()
    subprocess.run([weir, "run", "--quiet", str(pipeline)], check=True)
    return calls / (time.perf_counter() - begin)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("weir")
    options.add_argument("--calls", type=int, default=6000)
    options = options.parse_args()
    ready = []
    threading.Thread(target=serve, args=(ready,), daemon=True).start()
    while not ready:
        time.sleep(0.01)
    print("| service | workers | calls a second | to the best fixed |\n|---|---|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for kind in SERVICES:
            widths = [(str(n), str(n)) for n in FIXED]
            widths += [(p, f"{{ min: 1, max: 200, policy: {p} }}") for p in POLICIES]
            rates = {name: run(options.weir, folder, ready[0], kind, text, options.calls)
                     for name, text in widths}
            best = max(rates[str(n)] for n in FIXED)
            for name, rate in rates.items():
                print(f"| {kind} | {name} | {rate:,.0f} | {rate / best:.2f} |", flush=True)


if __name__ == "__main__":
    main()
