"""What the bench runs: our binary and its own programs, pinned to a core each, on a copy of the large demo company."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = HERE.parent / ".work" / "bench"
SERVER_CORE, LOAD_CORE = "0", "1"
TICK = os.sysconf("SC_CLK_TCK")


def build():
    """The paths of our binary and of the bench's own programs, release build."""
    out = subprocess.run(
        ["cargo", "build", "--release", "--bins", "--examples", "--message-format=json-render-diagnostics"],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    ).stdout  # fmt: skip
    artifacts = [json.loads(line) for line in out.splitlines()]
    return {a["target"]["name"]: a["executable"] for a in artifacts if a.get("executable")}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    """A program of ours on the server's core, stopped by pid when the block ends."""

    def __init__(self, *command, env=None):
        self.command, self.env = command, {**os.environ, **(env or {})}

    def __enter__(self):
        with open(WORK / "server.log", "ab") as log:
            self.started = time.perf_counter()
            self.process = subprocess.Popen(
                ["taskset", "-c", SERVER_CORE, *self.command], env=self.env, stdout=log, stderr=log, cwd=WORK
            )
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def until_answers(self, port, path="/health"):
        """Waits for an answer, whichever it is; how many seconds it took from the start."""
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), 1) as s:
                    s.settimeout(600)
                    s.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
                    if s.recv(16).startswith(b"HTTP/1.1 "):
                        return time.perf_counter() - self.started
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"{self.command[0]} ended at once; see {WORK / 'server.log'}")
                time.sleep(0.001)

    def cpu(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def status(self, *names):
        """Those lines of its status, in MB."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        facts = dict(line.split(":", 1) for line in text.splitlines())
        return tuple(int(facts[name].split()[0]) // 1024 for name in names)

    def memory(self):
        """Resident now, what of it is the process's own (the rest are pages of mapped files), and the most ever."""
        now, own, most = self.status("VmRSS", "RssAnon", "VmHWM")
        return f"{now} MB", f"{own} MB its own, {most} MB at most"


def most_of(pid):
    """The most that a process had resident, in MB; nothing where it ended meanwhile."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    most = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(most[0].split()[1]) // 1024 if most else 0


class Watched:
    """The most memory of its own that a process has, the most in all, and the most that one of its children has, while
    the block runs."""

    EVERY = 0.005

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        # Sets VmHWM back to what is resident now (proc(5)).
        Path(f"/proc/{self.server.process.pid}/clear_refs").write_text("5")
        self.own, self.child, self.over = 0, 0, threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def watch(self):
        while not self.over.wait(self.EVERY):
            (own,) = self.server.status("RssAnon")
            self.own = max(self.own, own)
            for children in Path(f"/proc/{self.server.process.pid}/task").glob("*/children"):
                for child in children.read_text().split():
                    self.child = max(self.child, most_of(child))

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        (self.most,) = self.server.status("VmHWM")


def serve(binary, database, port):
    return Process(
        binary, "serve", "--listen", f"127.0.0.1:{port}", "--demo", "large",
        env={"AXANTA_DATABASE_URL": f"sqlite://{database}"},
    )  # fmt: skip


class Desk:
    """The commands of our binary on a database; a running server heeds them within a second."""

    HEEDED = 1.3

    def __init__(self, programs, database):
        self.binary, self.env = programs["axanta-mcp"], {**os.environ, "AXANTA_DATABASE_URL": f"sqlite://{database}"}

    def run(self, *words):
        done = subprocess.run([self.binary, *words], env=self.env, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()

    def key(self, login="demo", scope="read"):
        """A key with the highest limit there is, which one era's rounds alone come close to."""
        return self.run("key", "generate", login, "--name", "bench", "--scope", scope, "--rate-limit", "1000000")

    def policy(self, model, *how, allow="read"):
        self.run("policy", "set", model, "--allow", allow, *how)

    def heeded(self):
        time.sleep(self.HEEDED)


def demo_company(binary):
    """The large demo company, made once and kept; every run works on a copy. Seconds it took, if made now."""
    kept = WORK / "large.db"
    took = None
    if not kept.exists():
        making = WORK / "making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        port = free_port()
        with serve(binary, making / "axanta.db", port) as server:
            took = server.until_answers(port)
        (making / "axanta.db").rename(kept)
    copy = WORK / "axanta.db"
    for file in WORK.glob("axanta.db*"):
        file.unlink()
    shutil.copy(kept, copy)
    return copy, took
