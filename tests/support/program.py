"""Runs the program under test and says what came of it. A sanitizer's report or a crash fails any test."""
import json
import os
import platform
import re
import signal
import subprocess
from dataclasses import dataclass, field

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.path.abspath(os.environ.get("HEADRACE_BIN") or os.path.join(ROOT, "build", "release", "headrace"))
FAULTY_BIN = os.path.abspath(
    os.environ.get("HEADRACE_FAULTY_BIN") or os.path.join(os.path.dirname(BIN), "headrace_faulty"))
SANITIZER_EXIT = 99
SANITIZED = bool(os.environ.get("ASAN_OPTIONS") or os.environ.get("TSAN_OPTIONS"))
TIMEOUT_S = 600 if SANITIZED else 120
CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGSYS, signal.SIGTRAP}


def simd_levels():
    """The levels that this machine can be forced to."""
    levels = ["plain"]
    if platform.machine() == "aarch64":
        return levels + ["neon"]
    try:
        with open("/proc/cpuinfo") as info:
            flags = info.read()
    except OSError:
        return levels
    has = lambda *names: all(re.search(rf"\b{name}\b", flags) for name in names)
    if has("avx2", "bmi1", "bmi2", "fma", "pclmulqdq"):
        levels.append("avx2")
        if has("avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd", "avx512vbmi", "avx512_vbmi2", "avx512_vpopcntdq"):
            levels.append("avx512")
    return levels


@dataclass
class Run:
    args: list
    code: int
    stdout: bytes
    stderr: str
    env: dict = field(default_factory=dict)

    def json(self):
        return json.loads(self.stdout)

    def command(self):
        """The run as a shell command, for a defect report."""
        quote = lambda text: "'" + text.replace("'", "'\\''") + "'" if re.search(r"[^\w./:=,-]", text) or not text else text
        env = "".join(f"{key}={quote(value)} " for key, value in self.env.items())
        return env + " ".join(quote(str(arg)) for arg in self.args)

    def __str__(self):
        return f"$ {self.command()}\nexit {self.code}\nstderr: {self.stderr[:3000]}"


def check_sound(run):
    crashed = run.code < 0 and -run.code in CRASHES
    reported = re.search(r"(Address|Thread|Leak|UndefinedBehavior)Sanitizer|runtime error:", run.stderr)
    assert not crashed and run.code != SANITIZER_EXIT and not reported, f"the program crashed\n{run}"


def command(args, binary=None):
    return [binary or BIN] + [str(arg) for arg in args]


def environment(extra=None):
    env = {key: value for key, value in os.environ.items() if not key.startswith("HEADRACE_") and key != "NO_COLOR"}
    env["XDG_CACHE_HOME"] = "/dev/null"  # settings that a run saves are not for the next test
    env.update(extra or {})
    return env


def run(*args, stdin=b"", env=None, cwd=None, timeout=None, binary=None, **popen):
    """Run the program with `args` and return a Run. `stdin` is bytes or an open file."""
    words = command(args, binary)
    stream = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
    done = subprocess.run(words, capture_output=True, env=environment(env), cwd=cwd, timeout=timeout or TIMEOUT_S,
                          check=False, **stream, **popen)
    result = Run(words, done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"), dict(env or {}))
    check_sound(result)
    return result


def start(*args, env=None, binary=None, **popen):
    """Start the program and return the Popen."""
    popen.setdefault("stdout", subprocess.PIPE)
    popen.setdefault("stderr", subprocess.PIPE)
    popen.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen(command(args, binary), env=environment(env), **popen)
