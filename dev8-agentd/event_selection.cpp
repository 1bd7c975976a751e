// Which environments a caller means.
#include "event_selection.h"

#include <algorithm>
#include <set>
#include <utility>

#include "dev8agent/wire.h"
#include "http_text.h"

namespace dev8agentd {
namespace {

using dev8agent::EventsRequest;

constexpr std::size_t kMostIds = 100;

// Which environments join: those of the user and of the ids, where they are named.
EventReader::Follows follows(const std::string& user_id, const std::vector<EventsRequest>& named) {
  std::set<std::string> ids;
  for (const EventsRequest& request : named) ids.insert(request.id);
  return [user_id, ids](const dev8agent::ListedEnvironment& environment) {
    return (user_id.empty() || environment.user_id == user_id) &&
           (ids.empty() || ids.contains(environment.id));
  };
}

}  // namespace

// Readers share one watch of an environment, so whose it is is looked up for each of them, in a list.
void EventSelection::select(EventsRequest environment, const std::string& only_user) {
  requests_ = {std::move(environment)};
  reader_ = std::make_shared<EventReader>(std::move(cursor_));
  if (!only_user.empty()) listed_user_ = only_user;
}

dev8agent::Status EventSelection::select(const std::string& user_id, const std::string& environment_ids) {
  const auto& settings = agent_.orchestrator.settings();
  many_ = true;
  std::string_view rest = environment_ids;
  while (!rest.empty()) {
    const std::string_view id = take_until(rest, ',');
    if (!dev8agent::parse_get(id, {}, settings).ok()) {
      return dev8agent::invalid_request({{"environmentId", "must be environments' ids"}});
    }
    const bool known =
        std::any_of(requests_.begin(), requests_.end(), [&](const auto& other) { return other.id == id; });
    if (!known) requests_.push_back({std::string(id), ""});
  }
  if (requests_.size() > kMostIds) {
    return dev8agent::invalid_request({{"environmentId", "must be at most 100 ids"}});
  }
  reader_ = std::make_shared<EventReader>(std::move(cursor_), follows(user_id, requests_));
  if (!user_id.empty() || requests_.empty()) {
    auto request = parse_list(
        {.user_id = user_id, .cloud_region = "", .status = "", .page = "", .page_size = ""}, settings);
    if (!request.ok()) return request.error();
    listed_user_ = request->user_id;
  }
  return dev8agent::Done{};
}

void EventSelection::start(std::function<void()> notify) {
  if (!listed_user_) return agent_.events.read(reader_, requests_, std::move(notify));
  agent_.environments.find(*listed_user_,
                           [self = shared_from_this(), notify = std::move(notify)](
                               const EnvironmentFinder::Found& found) { self->on_found(found, notify); });
}

// Of what is found, those that were named, or all.
void EventSelection::on_found(const EnvironmentFinder::Found& found, std::function<void()> notify) {
  if (found.ok()) found_ = *found;
  keep_named();
  if (!found.ok()) {
    list_error_ = found.error();
  } else if (!many_ && found_.empty()) {
    list_error_ = dev8agent::make_error(dev8agent::ErrorCode::kNotFound,
                                        "environment " + requests_.front().id + " does not exist");
  }
  if (!list_error_) return agent_.events.read(reader_, found_, std::move(notify));
  failed_ = true;
  notify();
}

void EventSelection::keep_named() {
  if (requests_.empty()) return;
  std::erase_if(found_, [&](const EventsRequest& found) {
    return std::none_of(requests_.begin(), requests_.end(),
                        [&](const auto& named) { return named.id == found.id; });
  });
}

std::optional<dev8agent::Error> EventSelection::error() const {
  if (list_error_) return list_error_;
  const auto& error = reader_->error;
  const bool absent = error && error->code == dev8agent::ErrorCode::kNotFound;
  return many_ && absent ? std::nullopt : error;
}

}  // namespace dev8agentd
