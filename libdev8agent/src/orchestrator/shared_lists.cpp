// One question at a time for each resource group.
#include "orchestrator/shared_lists.h"

#include <utility>

#include "base/text.h"

namespace dev8agent::internal {
namespace {

SharedListPtr make_shared_list(azure::GroupList list) {
  auto shared = std::make_shared<SharedList>(SharedList{std::move(list)});
  for (const ContainerGroup& group : shared->list.groups)
    shared->by_name.emplace(to_lower(group.name), &group);
  return shared;
}

// Also leaves the id of the last answer in `id`, which must outlive it.
class AnswerNoted : public PassingListener {
 public:
  AnswerNoted(CallListenerPtr to, std::string& id) : PassingListener(std::move(to)), id_(id) {}
  void on_answer(const std::string& azure_request_id) override {
    id_ = azure_request_id;
    PassingListener::on_answer(azure_request_id);
  }

 private:
  std::string& id_;
};

}  // namespace

class SharedLists::Want {
 public:
  Want(SharedLists& lists, std::string key) : lists_(lists), key_(std::move(key)) { ++latest().wanted; }
  Want(const Want&) = delete;
  ~Want() {
    if (--latest().wanted == 0) lists_.latest_.erase(key_);
  }
  Latest& latest() { return lists_.latest_[key_]; }

 private:
  SharedLists& lists_;
  std::string key_;
};

Task<Result<SharedListPtr>> SharedLists::next(CallPtr call, std::string resource_group) {
  const TimePoint began_at = scheduler_.now();
  const std::string key = to_lower(resource_group);
  Want want(*this, key);
  auto hold = co_await locks_.acquire(call, key);
  if (!hold.ok()) co_return hold.error();
  if (want.latest().asked_at >= began_at) {
    call->tell_answer(want.latest().azure_request_id);
    co_return want.latest().answer;
  }
  // The others who ask in this turn of the loop join.
  auto turned = co_await pause(call, {});
  if (!turned.ok()) co_return turned.error();
  const TimePoint asked_at = scheduler_.now();
  std::string answered_as;
  auto asking = std::make_shared<Call>(*call);
  asking->listener = std::make_shared<AnswerNoted>(call->listener, answered_as);
  auto listed = co_await groups_.list(asking, std::move(resource_group));
  if (!listed.ok()) {
    // What ends this call alone says nothing to the others.
    const ErrorCode code = listed.error().code;
    if (code == ErrorCode::kTimeout || code == ErrorCode::kCancelled) co_return listed.error();
    want.latest().answer = listed.error();
  } else {
    want.latest().answer = make_shared_list(std::move(*listed));
  }
  want.latest().asked_at = asked_at;
  want.latest().azure_request_id = answered_as;
  co_return want.latest().answer;
}

}  // namespace dev8agent::internal
