#pragma once
// A small HTTP/1.1 server of one page, for metrics: GET /metrics, one connection at a time, in a thread of its own.
// Takes: an address, then texts. Gives: the newest text to whoever asks. Owns: the socket and the thread.
// Threads: Set from any. Fails: Listen, with the address and the system's reason; later never.
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "headrace/status.h"

namespace headrace {
inline namespace v0 {

class TextServer {
 public:
  /// Listen on "HOST:PORT", "[IPV6]:PORT", ":PORT" or "PORT"; without a host on the loopback. HOST is a number or
  /// localhost. Port 0: the system chooses.
  static Result<std::unique_ptr<TextServer>> Listen(const std::string& address);
  ~TextServer();  ///< does not wait for clients
  TextServer(const TextServer&) = delete;
  TextServer& operator=(const TextServer&) = delete;

  /// The page from now on.
  void Set(std::string text);
  /// "127.0.0.1:9400", with the port that it is.
  const std::string& address() const { return address_; }

 private:
  TextServer() = default;
  void Serve();
  void Answer(int client);
  bool WaitFor(int descriptor, short events, int milliseconds) const;

  std::string address_;
  int listening_ = -1;
  int stop_[2] = {-1, -1};  // a pipe: readable once the thread is to end
  std::mutex mutex_;
  std::string text_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace v0
}  // namespace headrace
