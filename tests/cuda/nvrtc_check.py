#!/usr/bin/env python3
"""nvrtc_check.py [--arch sm_90] [-I DIR]... FILE.cu...: compiles and assembles kernels with NVRTC, which
needs neither GPU nor driver, and tells the registers of a thread of each, and what does not fit into
them and is spilled to memory. The exit status is 1 if a file fails, or a kernel spills more than a few
bytes. NVRTC is found by LD_LIBRARY_PATH."""
import argparse
import ctypes
import os
import re
import sys

# Bytes of a thread that a kernel may spill.
FEW = 16

KERNEL = re.compile(
    r"Compiling entry function '(\w+)'.*?(\d+) bytes spill stores, (\d+) bytes spill loads.*?"
    r"Used (\d+) registers",
    re.DOTALL,
)


def compile_file(nvrtc, path, options):
    """The result code and the log."""
    with open(path, "rb") as file:
        source = file.read()
    program = ctypes.c_void_p()
    nvrtc.nvrtcCreateProgram(ctypes.byref(program), source, path.encode(), 0, None, None)
    encoded = [option.encode() for option in options]
    array = (ctypes.c_char_p * len(encoded))(*encoded)
    code = nvrtc.nvrtcCompileProgram(program, len(encoded), array)
    size = ctypes.c_size_t()
    nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(program, log)
    nvrtc.nvrtcDestroyProgram(ctypes.byref(program))
    return code, log.value.decode(errors="replace")


def told(log):
    """What is worth reading of a log beside the assembler's counts."""
    lines = [line for line in log.splitlines() if not line.startswith("ptxas")]
    return "\n".join(lines).strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arch", default="sm_90")
    parser.add_argument("-I", action="append", default=[], metavar="DIR")
    parser.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    nvrtc = ctypes.CDLL("libnvrtc.so.13")
    failed = False
    for path in arguments.files:
        folder = os.path.dirname(path) or "."
        options = ["--std=c++17", "--gpu-architecture=" + arguments.arch, "--ptxas-options=-v"]
        options += ["-I" + folder for folder in [folder, *arguments.I]]
        code, log = compile_file(nvrtc, path, options)
        if code:
            print(f"{path}: FAILED ({code})\n{log}")
            failed = True
            continue
        kernels = KERNEL.findall(log)
        counts = ", ".join(f"{name} {registers}" for name, _, _, registers in kernels)
        print(f"{path}, registers: {counts}")
        if told(log):
            print(told(log))
        spilling = [kernel for kernel in kernels if kernel[1:3] != ("0", "0")]
        for name, stores, loads, _ in spilling:
            print(f"  {name} spills: {stores} bytes stored, {loads} loaded")
        if not kernels:
            print("  no kernel was assembled")
        failed |= any(int(kernel[1]) > FEW for kernel in spilling) or not kernels
    sys.exit(failed)


if __name__ == "__main__":
    main()
