#!/usr/bin/env python3
"""run.py KERNEL ROM PROGRAM [ARGUMENT...]: run a static program of one thread on a processor with AVX-512, as Bochs
emulates it, with the variables HEADRACE_* and GTEST_* of the environment. Its output is passed on, its exit code is
that of this command; 125 where there is none: the program faulted, or its time was up."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

MODEL = "corei7_icelake_u"
BLOCK, WORD_BLOCKS, HEADS, SECTORS = 512, 8, 16, 63  # kernel.cc tells what is where
NO_END = 125
TIMEOUT_S = int(os.environ.get("HEADRACE_EMULATOR_TIMEOUT", "900"))

CONFIGURATION = """
cpu: model={model}, count=1, ips=50000000
memory: guest=512, host=512
romimage: file={rom}, address=0xffff0000
vgaromimage: file={vga}
optramimage1: file={kernel}, address=0x100000
ata0-master: type=disk, mode=flat, path={disk}, cylinders={cylinders}, heads={heads}, spt={sectors}
boot: disk
port_e9_hack: enabled=1
display_library: rfb, options="timeout=0"
plugin_ctrl: speaker=0, gameport=0, parallel=0
panic: action=fatal
log: {log}
"""


def write_disk(path, program, words, environment):
    """Write the disk and return its cylinders."""
    with open(program, "rb") as file:
        image = file.read()
    lines = words + [""] + environment
    text = "".join(line + "\n" for line in lines).encode() + b"\0"
    assert len(text) <= WORD_BLOCKS * BLOCK, "too many arguments"
    blocks = -(-len(image) // BLOCK)
    disk = blocks.to_bytes(8, "little").ljust(BLOCK, b"\0") + text.ljust(WORD_BLOCKS * BLOCK, b"\0") + image
    cylinder = HEADS * SECTORS * BLOCK
    cylinders = -(-len(disk) // cylinder)
    with open(path, "wb") as file:
        file.write(disk.ljust(cylinders * cylinder, b"\0"))
    return cylinders


def main():
    kernel, rom, program, *arguments = sys.argv[1:]
    environment = [f"{name}={value}" for name, value in os.environ.items()
                   if name.startswith(("HEADRACE_", "GTEST_")) and "\n" not in value]
    with tempfile.TemporaryDirectory() as folder:
        at = lambda name: os.path.join(folder, name)
        stripped = at("program")
        subprocess.run([shutil.which("strip") or "strip", "-o", stripped, program], check=True)
        cylinders = write_disk(at("disk"), stripped, [os.path.basename(program)] + arguments, environment)
        with open(at("bochsrc"), "w") as file:
            file.write(CONFIGURATION.format(
                model=MODEL, rom=os.path.abspath(rom), kernel=os.path.abspath(kernel), disk=at("disk"), cylinders=cylinders,
                heads=HEADS, sectors=SECTORS, vga="/usr/share/bochs/VGABIOS-lgpl-latest", log=at("log")))
        with open(at("commands"), "w") as file:
            file.write("c\nq\n")  # Debian's Bochs has a debugger, which waits for them
        sys.exit(run(["bochs-bin", "-q", "-f", at("bochsrc"), "-rc", at("commands")]))


def run(command):
    """Run Bochs, pass on what the program writes, and return the program's exit code."""
    # Standard error is of Bochs alone; what the program writes there is on standard output.
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          errors="replace") as bochs:
        timer = threading.Timer(TIMEOUT_S, bochs.kill)
        timer.start()
        try:
            return pass_on(bochs.stdout)
        finally:
            timer.cancel()
            bochs.kill()


def pass_on(lines):
    """The program's output begins behind the debugger's first line; the kernel has the last word."""
    for line in lines:
        if "(unk. ctxt)" in line:
            break
    for line in lines:
        sys.stdout.write(line)
        sys.stdout.flush()
        if line.startswith("emulator: "):
            ended = re.fullmatch(r"emulator: exit (\d+)\n", line)
            return int(ended[1]) if ended else NO_END
    print(f"emulator: no end after {TIMEOUT_S} s")
    return NO_END


if __name__ == "__main__":
    main()
