"""Servers that are measured, and clients that cost little beside them."""

import atexit
import os
import pathlib
import re
import selectors
import signal
import socket
import subprocess
import time
import urllib.request

from process import HERE

BUILD = pathlib.Path(os.environ.get("VARVE_BUILD", HERE.parent / ".build/release"))
VARVE = str(BUILD / "varve")


class Server:
    """A server that was started; `ready` says how many seconds it took until it answered."""

    def __init__(self, command, path, port=None, patience=120, **options):
        start = time.perf_counter()
        output = None if port else subprocess.PIPE
        self.process = subprocess.Popen(command, stdout=output or subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
                                        start_new_session=True, **options)
        # Also where a measurement fails.
        atexit.register(self.end)
        self.port = port or int(re.search(r"http://\S+?:(\d+)", self.process.stdout.readline())[1])
        self.address = f"http://127.0.0.1:{self.port}"
        while True:
            try:
                self.get(path)
                break
            except OSError:
                if time.perf_counter() - start > patience:
                    raise
                time.sleep(0.01)
        self.ready = time.perf_counter() - start

    def get(self, path, body=None):
        head = {"Content-Type": "application/json"} if body else {}
        request = urllib.request.Request(self.address + path, body, head)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read()

    def times(self, path):
        """Seconds to the first byte and to the last, and the bytes of the body."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            start = time.perf_counter()
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\n\r\n".encode())
            parts = [connection.recv(65536)]
            first = time.perf_counter() - start
            while parts[-1]:
                parts.append(connection.recv(65536))
            whole = time.perf_counter() - start
        head, _, body = b"".join(parts).partition(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(f"{path}: {head[:300]!r} {body[:300]!r}")
        return first, whole, len(body)

    def memory(self):
        """What it and its processes hold now, in MiB."""
        parents = {}
        for place in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(place.parent.name)] = int(place.read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
        family = {self.process.pid}
        while more := {child for child, parent in parents.items() if parent in family} - family:
            family |= more
        pages = sum(int(pathlib.Path(f"/proc/{one}/statm").read_text().split()[1]) for one in family)
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def cpu(self):
        """Seconds of processors used so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rate(self, path, seconds, connections=64):
        """Requests a second, by wrk."""
        command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", self.address + path]
        output = subprocess.run(command, text=True, check=True, stdout=subprocess.PIPE).stdout
        return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])

    def end(self):
        atexit.unregister(self.end)
        start = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        return time.perf_counter() - start


def serve(store):
    return Server([VARVE, "--store", str(store), "serve", "--port", "0"], "/health")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def load(port, plans):
    """Sends each plan's requests over a connection of its own, one after the other, and gives the seconds of each answer.

    One thread waits for all connections: clients with a thread each would measure themselves.
    """
    waiting = selectors.DefaultSelector()
    taken = [[] for _ in plans]
    rests = [list(reversed(plan)) for plan in plans]
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in plans]
    begun, answers = [0.0] * len(plans), [b""] * len(plans)

    def send(place):
        begun[place], answers[place] = time.perf_counter(), b""
        sockets[place].sendall(rests[place].pop())

    for place, connection in enumerate(sockets):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(connection, selectors.EVENT_READ, place)
        send(place)
    while waiting.get_map():
        for key, _ in waiting.select(60):
            place = key.data
            answers[place] += sockets[place].recv(65536)
            head, mark, body = answers[place].partition(b"\r\n\r\n")
            length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
            if not mark or not length or len(body) < int(length[1]):
                continue
            if b" 200 " not in head.split(b"\r\n")[0]:
                raise RuntimeError(answers[place][:300])
            taken[place].append(time.perf_counter() - begun[place])
            if rests[place]:
                send(place)
            else:
                waiting.unregister(sockets[place])
                sockets[place].close()
    return taken


def request(method, path, port, body=""):
    """A request as it goes through a socket."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n"
    return (head + "\r\n" + body).encode()
