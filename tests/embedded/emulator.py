"""One embedded AWS: a ministack process of its own, on loopback, with IAM enforced."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.embedded.processes import LOCAL, end_group, sweep
from tests.embedded.template import ROOT

HOST = "127.0.0.1"
REGION = "eu-north-1"
ACCOUNT = "000000000000"
# The emulator takes the key "test" for the account's root; everything else goes through IAM.
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}

READY_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.05
PORT_TRIES = 5
LOGS_KEPT_SECONDS = 600.0


class EmbeddedError(Exception):
    """The embedded AWS could not do what it was asked; the message says where to look."""


@dataclass(frozen=True)
class Emulator:
    """A running emulator: where it answers, where it keeps its files, and the process to end."""

    port: int
    pid: int
    home: Path

    @property
    def endpoint_url(self) -> str:
        """The address that every AWS client is pointed at."""
        return f"http://{HOST}:{self.port}"

    def stop(self) -> None:
        """Ends the emulator with its Lambda workers and removes what it held; its log stays."""
        end_group(self.pid)
        sweep(self.home)


def start_emulator(port: int = 0, *, outlives_us: bool = False) -> Emulator:
    """Starts an emulator that knows nothing of earlier ones and waits until it answers.

    Args:
        port: The port to listen on; 0 takes any free one.
        outlives_us: Whether it goes on when this process ends. Otherwise it ends with it, however
            that happens.

    Raises:
        EmbeddedError: It is not installed, the port is taken, or it did not come up.
    """
    if port:
        return _start_on(port, outlives_us=outlives_us)
    for _ in range(PORT_TRIES - 1):
        # Between finding a free port and listening on it, someone else may take it.
        with suppress(EmbeddedError):
            return _start_on(free_port(), outlives_us=outlives_us)
    return _start_on(free_port(), outlives_us=outlives_us)


def free_port() -> int:
    """A port of the loopback interface on which no one listens right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_taken(port: int) -> bool:
    """Whether someone listens on this port of the loopback interface."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _start_on(port: int, *, outlives_us: bool) -> Emulator:
    if is_taken(port):
        message = f"port {port} is taken; name another (PORT=...)"
        raise EmbeddedError(message)
    _forget_ended_ones()
    home = LOCAL / f"aws-{port}"
    shutil.rmtree(home, ignore_errors=True)
    (home / "tmp").mkdir(parents=True)
    log = home / "emulator.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [_interpreter(), str(ROOT / "tests" / "embedded" / "server.py")],
            cwd=home,
            env=_environment(port, home, outlives_us=outlives_us),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    emulator = Emulator(port=port, pid=process.pid, home=home)
    try:
        _wait_until_ready(emulator, process, log)
    except BaseException:
        emulator.stop()
        raise
    process.returncode = 0  # it is ended by its id: no one is to be warned that it still runs
    return emulator


def _forget_ended_ones() -> None:
    """Removes the folders of emulators that ended a while ago, some of them without a goodbye."""
    for home in LOCAL.glob("aws-*"):
        with suppress(FileNotFoundError):  # someone else was quicker
            age = time.time() - home.stat().st_mtime
            if age > LOGS_KEPT_SECONDS and not is_taken(int(home.name.removeprefix("aws-"))):
                shutil.rmtree(home)


def _interpreter() -> str:
    """The emulator's Python. It runs the functions too, so its minor version is the layers' one."""
    minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
    interpreter = ROOT / ".venv-aws" / "bin" / minor
    if not interpreter.exists():
        message = f"{interpreter.relative_to(ROOT)} is missing; run `make setup`"
        raise EmbeddedError(message)
    return str(interpreter)


def _environment(port: int, home: Path, *, outlives_us: bool) -> dict[str, str]:
    """The whole environment. Functions inherit it, so nothing of this machine is in it."""
    environment = {
        "PATH": os.defpath,
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "AUTH": "true",  # IAM is enforced
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "STATE_DIR": str(home / "state"),
        "S3_DATA_DIR": str(home / "s3"),
        "IOT_MTLS_ENABLED": "false",  # would listen on every interface
    }
    if not outlives_us:
        environment["EMBEDDED_PARENT"] = str(os.getpid())
    return environment


def _wait_until_ready(emulator: Emulator, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _answers(emulator.port):
        if process.poll() is not None:
            message = f"the embedded AWS ended while it started; see {log}"
            raise EmbeddedError(message)
        if time.monotonic() > deadline:
            message = f"the embedded AWS did not answer within {READY_SECONDS:.0f} s; see {log}"
            raise EmbeddedError(message)
        time.sleep(LOOK_AGAIN_SECONDS)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=READY_SECONDS)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
