#!/usr/bin/env python3
"""nvrtc_check.py [--arch sm_90] [--ptx DIR] [-I DIR]... FILE.cu...: compiles kernels with NVRTC, which
needs neither GPU nor driver. For an sm_ architecture the code is also assembled. --ptx keeps the PTX as
DIR/FOLDER-FILE.ptx. The exit status is 1 if any file fails. NVRTC is found by LD_LIBRARY_PATH."""
import argparse
import ctypes
import os
import re
import sys


def output(nvrtc, program, what):
    """One of a program's outputs; empty where it has none."""
    size = ctypes.c_size_t()
    if getattr(nvrtc, f"nvrtcGet{what}Size")(program, ctypes.byref(size)):
        return b""
    text = ctypes.create_string_buffer(size.value)
    getattr(nvrtc, f"nvrtcGet{what}")(program, text)
    return text.raw.rstrip(b"\0")


def compile_file(nvrtc, path, options):
    """The result code, the log and the PTX."""
    with open(path, "rb") as file:
        source = file.read()
    program = ctypes.c_void_p()
    nvrtc.nvrtcCreateProgram(ctypes.byref(program), source, path.encode(), 0, None, None)
    encoded = [option.encode() for option in options]
    array = (ctypes.c_char_p * len(encoded))(*encoded)
    code = nvrtc.nvrtcCompileProgram(program, len(encoded), array)
    log = output(nvrtc, program, "ProgramLog").decode(errors="replace").rstrip()
    ptx = b"" if code else output(nvrtc, program, "PTX")
    nvrtc.nvrtcDestroyProgram(ctypes.byref(program))
    return code, log, ptx


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arch", default="sm_90")
    parser.add_argument("--ptx", metavar="DIR")
    parser.add_argument("-I", action="append", default=[], metavar="DIR")
    parser.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    nvrtc = ctypes.CDLL("libnvrtc.so.13")
    failed = False
    for path in arguments.files:
        folder = os.path.dirname(path) or "."
        options = ["--std=c++17", "--gpu-architecture=" + arguments.arch, "-I" + folder]
        options += ["-I" + folder for folder in arguments.I]
        code, log, ptx = compile_file(nvrtc, path, options)
        kernels = len(re.findall(rb"\.entry\s+(\w+)", ptx))
        told = f"FAILED ({code})" if code else f"{kernels} kernels for {arguments.arch}"
        print(f"{path}: {told}")
        if log:
            print(log)
        if arguments.ptx and not code:
            os.makedirs(arguments.ptx, exist_ok=True)
            op = os.path.basename(os.path.dirname(os.path.abspath(folder)))
            name = f"{op}-{os.path.basename(path)[:-3]}.ptx"
            with open(os.path.join(arguments.ptx, name), "wb") as file:
                file.write(ptx)
        failed |= code != 0
    sys.exit(failed)


if __name__ == "__main__":
    main()
