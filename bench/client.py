"""The other end of the line: clients in a process of their own that send one request after the other.

python -m bench.client PORT PATH CLIENTS SECONDS RATE TYPE KEY < BODY    prints JSON: count, errors, seconds, latencies

RATE: requests a second of all clients together; 0: each sends the next one as soon as it has its answer.
"""

import http.client
import json
import random
import sys
import threading
import time


def main() -> None:
    port, path, clients, seconds, rate, kind, key = sys.argv[1:]
    pause = int(clients) / float(rate) if float(rate) else 0
    body = sys.stdin.buffer.read()
    headers = {"Content-Type": kind, "Authorization": f"Bearer {key}"}
    latencies, errors, until = [], [], time.monotonic() + float(seconds)

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
        due = time.monotonic() + pause * random.random()
        while due < until:
            time.sleep(max(0, due - time.monotonic()))
            began = time.monotonic()
            try:
                connection.request("POST", path, body, headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 201:
                    errors.append(answer.status)
            except OSError as error:
                errors.append(type(error).__name__)
                connection.close()
            latencies.append(time.monotonic() - began)
            due = max(due + pause, time.monotonic() - pause)

    threads = [threading.Thread(target=work) for _ in range(int(clients))]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.monotonic() - began
    json.dump(
        {"count": len(latencies), "errors": errors[:5], "seconds": taken, "latencies": sorted(latencies)}, sys.stdout
    )


if __name__ == "__main__":
    main()
