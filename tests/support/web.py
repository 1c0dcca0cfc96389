"""A web server that misbehaves on demand, and one that stands before another."""
import http.client
import http.server
import re
import threading
import time


class Server:
    """Serves on a free port of this machine until closed. `requests` has (method, path, headers) of each;
    headers are found in either case."""

    def __init__(self, handler):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *words):
                pass

            def answer(self):
                outer.requests.append((self.command, self.path, self.headers))
                try:
                    handler(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            do_GET = do_HEAD = do_PUT = do_POST = answer

        self.requests = []
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.block_on_close = False
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def url(self, path="", host="127.0.0.1", scheme="http"):
        return f"{scheme}://{host}:{self.port}/{path}"

    def close(self):
        self.http.shutdown()
        self.http.server_close()


def drop(request):
    """End the connection as a network does."""
    request.close_connection = True
    request.connection.close()


def hang(request, seconds=60):
    time.sleep(seconds)
    request.close_connection = True


def send(request, status, body=b"", headers=(), length=True):
    request.send_response(status)
    if length:
        request.send_header("Content-Length", str(len(body)))
    for name, value in headers:
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)


def range_of(request, size):
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range") or "")
    return (int(found[1]), min(int(found[2] or size - 1), size - 1)) if found else None


def send_file(request, data, etag='"v1"', headers=(), ranges=True, cut=None):
    """Answer as a good server does; `cut`: end the connection after so many bytes of the body."""
    headers = [("ETag", etag)] * bool(etag) + list(headers)
    wanted = request.headers.get("If-Match")
    if wanted is not None and wanted != etag:
        return send(request, 412)
    part = range_of(request, len(data)) if ranges else None
    if part and part[0] >= len(data):
        return send(request, 416, headers=[*headers, ("Content-Range", f"bytes */{len(data)}")])
    body = data[part[0]:part[1] + 1] if part else data
    request.send_response(206 if part else 200)
    if part:
        request.send_header("Content-Range", f"bytes {part[0]}-{part[1]}/{len(data)}")
    request.send_header("Content-Length", str(len(body)))
    for name, value in headers:
        request.send_header(name, value)
    request.end_headers()
    if cut is not None and cut < len(body):
        request.wfile.write(body[:cut])
        request.wfile.flush()
        return drop(request)
    request.wfile.write(body)
    return None


def send_chunks(request, data, step=10_000, end=True):
    request.send_response(200)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    for begin in range(0, len(data), step):
        piece = data[begin:begin + step]
        request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    if not end:
        return drop(request)
    return request.wfile.write(b"0\r\n\r\n")


def forward(request, port):
    """Let the server at `port` answer."""
    body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
    behind = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    behind.request(request.command, request.path, body, dict(request.headers.items()))
    answer = behind.getresponse()
    data = answer.read()
    request.send_response(answer.status)
    for name, value in answer.getheaders():
        if name.lower() not in ("transfer-encoding", "connection", "server", "date"):
            request.send_header(name, value)
    if "content-length" not in {name.lower() for name, _ in answer.getheaders()}:
        request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(data)
    behind.close()
