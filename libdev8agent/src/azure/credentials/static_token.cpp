// make_static_credential(): a token that the program brings along.
#include "azure/credentials/outcome.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

class StaticCredential final : public TokenCredential {
 public:
  explicit StaticCredential(Secret token) : token_(std::move(token)) {}
  std::string_view name() const override { return "Static"; }

  void fetch(CredentialContext context, std::string, TimePoint, Completion completion) override {
    if (token_.empty()) {
      return azure::fail(context, std::move(completion),
                         azure::credential_error("the static token is empty"));
    }
    // Its expiry is unknown.
    auto token = std::make_shared<AccessToken>(AccessToken{token_.copy(), WallTime::max(), WallTime::max()});
    context.scheduler.post([token, completion = std::move(completion)] { completion(std::move(*token)); });
  }

 private:
  Secret token_;
};

}  // namespace

std::shared_ptr<TokenCredential> make_static_credential(Secret token) {
  return std::make_shared<StaticCredential>(std::move(token));
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
