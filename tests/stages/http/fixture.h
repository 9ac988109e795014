#pragma once

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/kit/stage_kit.h"
#include "tests/machine/checkout.h"
#include "tests/machine/folder.h"
#include "weir/plugin.h"

namespace weir::http_test {

/// The stage types of the plugin, loaded as the program loads it.
inline const Registry& types() {
  static const Registry result = [] {
    const std::string path = build_dir() + "/lib/weir/http.so";
    void* const plugin = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!plugin) throw std::runtime_error(::dlerror());
    const auto* info =
        static_cast<const weir::detail::PluginInfo*>(::dlsym(plugin, "weir_plugin_info"));
    if (!info || info->abi != WEIR_ABI) throw std::runtime_error(path + " is no plugin");
    Registry registry;
    info->register_stages(registry);
    return registry;
  }();
  return result;
}

using Options = std::vector<std::pair<std::string, Node>>;

/// The options of a stage that asks `url`.
inline Node with(const std::string& url, Options more = {}) {
  more.emplace_back("url", kit::scalar(url));
  return kit::map(std::move(more));
}

/// tests/stages/http/server.py as a child process; ends with the object.
class Server {
 public:
  explicit Server(bool tls = false) {
    // Whatever proxy the machine has, it is not between a test and its server.
    ::setenv("no_proxy", "127.0.0.1", 1);
    std::string command = "exec python3 '" + source_dir() + "/tests/stages/http/server.py'";
    if (tls) {
      folder_.emplace();
      command += " '" + folder_->path().string() + "'";
    }
    int to_server[2];
    int from_server[2];
    REQUIRE(::pipe2(to_server, O_CLOEXEC) == 0);
    REQUIRE(::pipe2(from_server, O_CLOEXEC) == 0);
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      ::dup2(to_server[0], STDIN_FILENO);
      ::dup2(from_server[1], STDOUT_FILENO);
      ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(to_server[0]);
    ::close(from_server[1]);
    input_ = to_server[1];
    FILE* const output = ::fdopen(from_server[0], "r");
    const int found = std::fscanf(output, "%d", &port_);
    std::fclose(output);
    REQUIRE(found == 1);
    scheme_ = tls ? "https" : "http";
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    ::close(input_);
    ::waitpid(pid_, nullptr, 0);
  }

  std::string url(const std::string& path) const {
    return scheme_ + "://127.0.0.1:" + std::to_string(port_) + path;
  }
  std::string certificate() const { return *folder_ / "cert.pem"; }

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  int port_ = 0;
  std::string scheme_;
  std::optional<Folder> folder_;
};

}  // namespace weir::http_test
