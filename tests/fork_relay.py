"""A server's socket and a program → the program, forked there, on this process's own pipes.

It ends with the program. The program does not end with it, but with its stdin.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path

if __name__ == "__main__":
    place, *arguments = sys.argv[1:]
    request = {"arguments": arguments, "folder": str(Path.cwd()), "environ": dict(os.environ)}
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.connect(place)
        socket.send_fds(server, [json.dumps(request).encode()], [0, 1, 2])
        server.recv(20)  # its id
        sys.exit(int(server.recv(20)))
