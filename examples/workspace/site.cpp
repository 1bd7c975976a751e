// Routes over cpp-httplib: see site.h.
#include "site.h"

#include <httplib.h>
#include <openssl/crypto.h>
#include <sys/random.h>

#include <fstream>
#include <iostream>
#include <mutex>
#include <set>

#include "page.h"

namespace workspace {
namespace {

constexpr const char* kHtml = "text/html; charset=utf-8";
constexpr const char* kCookie = "workspace-session=";
constexpr std::size_t kLongestNote = 1000;
constexpr std::size_t kMostBytes = 16384;  // of a request's body

std::string random_token() {
  unsigned char bytes[24];
  if (getrandom(bytes, sizeof(bytes), 0) != static_cast<ssize_t>(sizeof(bytes))) return "";
  std::string token;
  for (const unsigned char byte : bytes) {
    token += "0123456789abcdef"[byte >> 4];
    token += "0123456789abcdef"[byte & 15];
  }
  return token;
}

bool same_secret(const std::string& one, const std::string& other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::string cookie_of(const httplib::Request& request) {
  const std::string cookies = request.get_header_value("Cookie");
  const auto begin = cookies.find(kCookie);
  if (begin == std::string::npos) return "";
  const auto value = begin + std::string(kCookie).size();
  return cookies.substr(value, cookies.find(';', value) - value);
}

void to_front(httplib::Response& response) {
  response.set_redirect("/", 303);
}

}  // namespace

struct Site::Impl {
  explicit Impl(SiteOptions wanted) : options(std::move(wanted)) {
    server.set_payload_max_length(kMostBytes);
    server.set_keep_alive_timeout(1);  // a stop waits for connections that are kept
    server.set_default_headers(
        {{"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"},
         {"X-Content-Type-Options", "nosniff"},
         {"Cache-Control", "no-store"}});
    const auto route = [this](auto handler) {
      return [this, handler](const httplib::Request& request, httplib::Response& response) {
        (this->*handler)(request, response);
      };
    };
    server.Get("/", route(&Impl::front));
    server.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("alive\n", "text/plain");
    });
    server.Post("/login", route(&Impl::login));
    server.Post("/notes", route(&Impl::add_note));
  }

  bool known(const httplib::Request& request) {
    const std::lock_guard lock(mutex);
    return sessions.count(cookie_of(request)) > 0;
  }

  void front(const httplib::Request& request, httplib::Response& response) {
    if (!known(request)) return response.set_content(login_page(options.title, false), kHtml);
    options.on_use();
    response.set_content(notes_page(options.title, notes(), options.variable_names), kHtml);
  }

  void login(const httplib::Request& request, httplib::Response& response) {
    const std::string token = random_token();
    if (token.empty() || !same_secret(request.get_param_value("password"), options.password)) {
      std::cout << "workspace: refused a password" << std::endl;
      response.status = 401;
      return response.set_content(login_page(options.title, true), kHtml);
    }
    std::cout << "workspace: somebody has logged in" << std::endl;
    {
      const std::lock_guard lock(mutex);
      sessions.insert(token);
    }
    response.set_header("Set-Cookie", kCookie + token + "; Path=/; HttpOnly; SameSite=Strict");
    to_front(response);
  }

  void add_note(const httplib::Request& request, httplib::Response& response) {
    if (!known(request)) return to_front(response);
    options.on_use();
    const std::string note = request.get_param_value("note");
    if (note.empty() || note.size() > kLongestNote || note.find('\n') != std::string::npos) {
      response.status = 400;
      return response.set_content("A note is a line of 1 to 1000 bytes.\n", "text/plain");
    }
    const std::lock_guard lock(mutex);
    std::ofstream file(options.notes_file, std::ios::app);
    if (!(file << note << '\n' << std::flush)) {
      std::cerr << "workspace: cannot write " << options.notes_file << std::endl;
      response.status = 500;
      return response.set_content("The note cannot be kept.\n", "text/plain");
    }
    std::cout << "workspace: kept a note" << std::endl;
    to_front(response);
  }

  std::vector<std::string> notes() {
    const std::lock_guard lock(mutex);
    std::vector<std::string> lines;
    std::ifstream file(options.notes_file);
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

  SiteOptions options;
  std::mutex mutex;  // guards the sessions and the file
  std::set<std::string> sessions;
  httplib::Server server;
};

Site::Site(SiteOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Site::~Site() = default;

// cpp-httplib sets SO_REUSEPORT, with which nobody else can listen here for a minute after the last
// connection.
bool Site::bind(const std::string& address, int port) {
  impl_->server.set_socket_options(
      [](socket_t socket) { httplib::set_socket_opt(socket, SOL_SOCKET, SO_REUSEADDR, 1); });
  return impl_->server.bind_to_port(address, port);
}

void Site::serve() {
  impl_->server.listen_after_bind();
}

void Site::stop() {
  impl_->server.stop();
}

}  // namespace workspace
