#include "os/text_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>

#include "os/input_file.h"
#include "os/start_thread.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kMaxRequestBytes = 8 << 10;
constexpr int kClientMilliseconds = 2000;  // for a client to ask and to take the answer

struct HostAndPort {
  std::string host = "127.0.0.1", port;
};

bool IsPort(const std::string& text) {
  return !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string::npos &&
         std::stoi(text) <= 65535;
}

Result<HostAndPort> Split(const std::string& address) {
  HostAndPort split;
  const size_t colon = address.rfind(':');
  split.port = colon == std::string::npos ? address : address.substr(colon + 1);
  if (colon != std::string::npos && colon > 0) split.host = address.substr(0, colon);
  if (split.host.size() > 2 && split.host.front() == '[' && split.host.back() == ']') {
    split.host = split.host.substr(1, split.host.size() - 2);
  }
  if (split.host == "localhost") split.host = "127.0.0.1";
  if (IsPort(split.port) && split.host != "*") return split;  // "*" would be the loopback to getaddrinfo
  return Status::Invalid("'", address, "' is no address to listen on\nfix: use HOST:PORT, as in 127.0.0.1:9400");
}

Status CannotListen(const std::string& address, const std::string& reason) {
  return Status::IOError("cannot listen on '", address, "': ", reason,
                         "\nfix: take another address of this machine, or another port; 0 is one that is free");
}

std::string AddressOf(int descriptor) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size);
  char host[INET6_ADDRSTRLEN] = "", port[8] = "";
  ::getnameinfo(reinterpret_cast<sockaddr*>(&bound), size, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
  return bound.ss_family == AF_INET6 ? "[" + std::string(host) + "]:" + port : std::string(host) + ":" + port;
}

std::string Response(std::string_view status, std::string_view type, std::string_view body, bool with_body) {
  std::string text = "HTTP/1.1 " + std::string(status) + "\r\nContent-Type: " + std::string(type) +
                     "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n";
  if (status.starts_with("405")) text += "Allow: GET, HEAD\r\n";
  text += "\r\n";
  return with_body ? text.append(body) : text;
}

std::string ResponseTo(std::string_view request, const std::string& page) {
  constexpr std::string_view kPlain = "text/plain; charset=utf-8";
  const std::string_view line = request.substr(0, request.find("\r\n"));
  const size_t first = line.find(' '), second = line.rfind(' ');
  if (first == std::string_view::npos || second <= first || !line.substr(second).starts_with(" HTTP/1.")) {
    return Response("400 Bad Request", kPlain, "not HTTP/1\n", true);
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1);
  if (method != "GET" && method != "HEAD") {
    return Response("405 Method Not Allowed", kPlain, "only GET and HEAD\n", true);
  }
  const bool with_body = method == "GET";
  if (target.substr(0, target.find('?')) != "/metrics") {
    return Response("404 Not Found", kPlain, "the page is /metrics\n", with_body);
  }
  return Response("200 OK", "text/plain; version=0.0.4; charset=utf-8", page, with_body);
}

}  // namespace

Result<std::unique_ptr<TextServer>> TextServer::Listen(const std::string& address) {
  ARROW_ASSIGN_OR_RAISE(const HostAndPort split, Split(address));
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(split.host.c_str(), split.port.c_str(), &hints, &found); error != 0) {
    return CannotListen(address, ::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, ::freeaddrinfo);
  std::unique_ptr<TextServer> server(new TextServer());
  server->listening_ = ::socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, found->ai_protocol);
  const int yes = 1;
  if (server->listening_ < 0 || ::setsockopt(server->listening_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      ::bind(server->listening_, found->ai_addr, found->ai_addrlen) != 0 || ::listen(server->listening_, 16) != 0 ||
      ::pipe2(server->stop_, O_CLOEXEC) != 0) {
    return CannotListen(address, std::strerror(errno));
  }
  server->address_ = AddressOf(server->listening_);
  if (!StartThread(&server->thread_, [raw = server.get()] { raw->Serve(); })) return NoMoreThreads();
  return server;
}

TextServer::~TextServer() {
  if (stop_[1] >= 0) ::close(stop_[1]);  // the other end becomes readable
  if (thread_.joinable()) thread_.join();
  if (stop_[0] >= 0) ::close(stop_[0]);
  if (listening_ >= 0) ::close(listening_);
}

void TextServer::Set(std::string text) {
  std::lock_guard<std::mutex> lock(mutex_);
  text_ = std::move(text);
}

// Wait until the descriptor is ready; false where the time is over or the server ends.
bool TextServer::WaitFor(int descriptor, short events, int milliseconds) const {
  pollfd polled[2] = {{descriptor, events, 0}, {stop_[0], POLLIN, 0}};
  int ready = 0;
  do {
    ready = ::poll(polled, 2, milliseconds);
  } while (ready < 0 && errno == EINTR);
  return ready > 0 && polled[1].revents == 0 && polled[0].revents != 0;
}

void TextServer::Serve() {
  while (true) {
    if (!WaitFor(listening_, POLLIN, -1)) return;
    const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0) {
      // Too many descriptors, or the client has gone: not at once again.
      if (WaitFor(-1, 0, 100)) return;
      continue;
    }
    Answer(client);
    ::close(client);
  }
}

void TextServer::Answer(int client) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::milliseconds(kClientMilliseconds);
  const auto left = [until] {
    return static_cast<int>(
        std::max<int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count()));
  };
  std::string request;
  char bytes[2048];
  while (request.find("\r\n\r\n") == std::string::npos) {
    if (request.size() >= kMaxRequestBytes || !WaitFor(client, POLLIN, left())) return;
    const ssize_t got = ::recv(client, bytes, sizeof bytes, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return;
    if (got > 0) request.append(bytes, static_cast<size_t>(got));
  }
  std::string page;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    page = text_;
  }
  const std::string response = ResponseTo(request, page);
  for (size_t sent = 0; sent < response.size();) {
    if (!WaitFor(client, POLLOUT, left())) return;
    const ssize_t more = ::send(client, response.data() + sent, response.size() - sent, MSG_NOSIGNAL);
    if (more < 0 && errno != EAGAIN && errno != EINTR) return;
    if (more > 0) sent += static_cast<size_t>(more);
  }
  ::shutdown(client, SHUT_WR);
}

}  // namespace v0
}  // namespace headrace
