"""`python -m twin.serve SERVICE PORT PROCESSES`: uvicorn in several processes, each with a socket of
its own at the port, so that the kernel spreads connections over them. (`uvicorn --workers` shares
one socket: the first process to wake takes most of a burst.)"""

import multiprocessing
import multiprocessing.connection
import signal
import socket
import sys

import uvicorn


def run(service: str, port: int) -> None:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", port))
    settings = {"loop": "uvloop", "http": "httptools", "log_level": "warning", "access_log": False, "backlog": 2048}
    uvicorn.Server(uvicorn.Config(f"twin.{service}:app", **settings)).run([listener])


def main() -> None:
    service, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=run, args=(service, port)) for _ in range(count)]
    for process in processes:
        process.start()

    def end(*_):
        for process in processes:
            process.terminate()

    signal.signal(signal.SIGTERM, end)
    # If one process ends, all end: otherwise the run would measure half a twin.
    multiprocessing.connection.wait([process.sentinel for process in processes])
    end()
    for process in processes:
        process.join()
    sys.exit(max(abs(process.exitcode or 0) for process in processes))


if __name__ == "__main__":
    main()
