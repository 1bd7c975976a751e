// TlsIdentity: the certificate and key that the listener shows to new connections. SIGHUP replaces them while
// connections come and go. Any thread.
//
//   if (const auto context = agent.tls.context()) session = TlsSession::make(*context, descriptor);
#pragma once

#include <memory>
#include <mutex>

#include "tls_context.h"

namespace dev8agentd {

class TlsIdentity {
 public:
  // A null `context`: the listener speaks plain HTTP, and always will.
  explicit TlsIdentity(std::shared_ptr<const TlsContext> context) : context_(std::move(context)) {}

  // What new connections are served with. Never becomes null when it was not at the start.
  std::shared_ptr<const TlsContext> context() const {
    std::lock_guard lock(mutex_);
    return context_;
  }
  // "https" or "http".
  const char* scheme() const { return context() ? "https" : "http"; }

  // New connections get `context`, which is not null. Open ones keep theirs.
  void replace(std::shared_ptr<const TlsContext> context) {
    std::lock_guard lock(mutex_);
    context_ = std::move(context);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsContext> context_;
};

}  // namespace dev8agentd
