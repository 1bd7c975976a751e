// ReadLag: see read_lag.h.
#include "read_lag.h"

#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

constexpr std::string_view kCollection = "/containergroups";

// Where the collection of container groups ends in a path: after "/containerGroups".
std::optional<std::size_t> collection_end(std::string_view lower_path) {
  const auto at = lower_path.find(kCollection);
  if (at == lower_path.npos) return std::nullopt;
  return at + kCollection.size();
}

// Where the name of the group ends: "start" and the like follow.
std::size_t name_end(std::string_view lower_path, std::size_t collection) {
  if (collection >= lower_path.size()) return collection;
  return std::min(lower_path.find('/', collection + 1), lower_path.size());
}

}  // namespace

void ReadLag::before(const Exchange& exchange, const Read& read) {
  if (remembered_.count() == 0 || exchange.service != Service::kResourceManager) return;
  if (exchange.http.method == "GET") return;
  const std::string path = lower(exchange.url.path);
  const auto collection = collection_end(path);
  if (!collection) return;
  const TimePoint now = exchange.moment.now;
  while (!past_.empty() && now - past_.front().replaced_at > remembered_) past_.pop_front();
  for (const std::size_t end : {name_end(path, *collection), *collection}) {
    HttpRequest request = exchange.http;
    request.method = "GET";
    request.body.clear();
    request.url = exchange.url.origin + exchange.url.path.substr(0, end) + "?" + exchange.url.raw_query;
    HttpResponse shown = read(request);
    // The writer may not be allowed to read.
    if (shown.status == 200 || shown.status == 404)
      past_.push_back({path.substr(0, end), now, std::move(shown)});
  }
}

std::optional<HttpResponse> ReadLag::answer(const Exchange& exchange, std::chrono::milliseconds age) const {
  if (exchange.service != Service::kResourceManager || exchange.http.method != "GET") return std::nullopt;
  const std::string key = lower(exchange.url.path);
  for (const Past& past : past_) {
    if (past.key == key && past.replaced_at > exchange.moment.now - age) return past.response;
  }
  return std::nullopt;
}

}  // namespace dev8agent::emulator
