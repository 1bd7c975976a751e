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
constexpr int kPageSize = 100;
constexpr int kMostPages = 10;

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
  if (only_user.empty()) return;
  listed_ = dev8agent::ListRequest{};
  listed_->user_id = only_user;
  listed_->page_size = kPageSize;
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
    request->page_size = kPageSize;
    listed_ = *request;
  }
  return dev8agent::Done{};
}

void EventSelection::start(std::function<void()> notify) {
  if (listed_) return list_page(1, "", std::move(notify));
  agent_.events.read(reader_, requests_, std::move(notify));
}

// Page after page; of what is found, those that were named, or all.
void EventSelection::list_page(int page, const std::string& cursor, std::function<void()> notify) {
  dev8agent::ListRequest request = *listed_;
  request.cursor = cursor;
  agent_.orchestrator.list(request).on_done([self = shared_from_this(), page,
                                             notify = std::move(notify)](const auto& result) {
    if (!result.ok()) {
      self->list_error_ = result.error();
      self->failed_ = true;
      return notify();
    }
    for (const dev8agent::Environment& environment : result->environments) {
      self->found_.push_back({environment.id, environment.cloud_region});
    }
    const bool more = page < kMostPages && !result->next_cursor.empty();
    if (more) return self->list_page(page + 1, result->next_cursor, notify);
    self->keep_named();
    if (!self->many_ && self->found_.empty()) {
      self->list_error_ = dev8agent::make_error(
          dev8agent::ErrorCode::kNotFound, "environment " + self->requests_.front().id + " does not exist");
      self->failed_ = true;
      return notify();
    }
    self->agent_.events.read(self->reader_, self->found_, notify);
  });
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
