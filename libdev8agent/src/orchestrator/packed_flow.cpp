// What a create knows while it waits.
#include "orchestrator/packed_flow.h"

#include <utility>

namespace dev8agent::internal {
namespace {

// In both directions. The bindings name every member, so that a new one does not compile until it is listed
// here.
template <class Archive, class Parts>
void visit(Archive& archive, Parts& parts) {
  auto& [context, region, secrets, other_location, operation, recalled, failures, group_delete_repeats,
         tags_not_kept, rewrite, certificates, keeps_snapshots, deleted_share, beginning] = parts;
  auto& [url, retry_after, polls, least_delay, request_id, failure, polls_when_read] = operation;
  archive(other_location), archive(recalled), archive(failures), archive(group_delete_repeats);
  archive(tags_not_kept), archive(keeps_snapshots), archive(deleted_share);
  archive(retry_after), archive(polls), archive(least_delay), archive(request_id);
  archive(polls_when_read);
  // Held beside the bytes, or by the create.
  static_cast<void>(context), static_cast<void>(region), static_cast<void>(secrets), static_cast<void>(url);
  // Empty: see take(). A create that waits has given its place among those that begin back.
  static_cast<void>(rewrite), static_cast<void>(certificates), static_cast<void>(failure);
  static_cast<void>(beginning);
}

}  // namespace

std::optional<PackedFlow> PackedFlow::take(FlowStatePtr& state, Rare<plan::Facts>& wanted) {
  const bool is_shared = state.use_count() > 1;
  const bool has_rest = state->rewrite || state->certificates || state->operation.failure;
  if (is_shared || has_rest || !plan::can_be_packed(*state)) return std::nullopt;
  PackedFlow packed(*state, wanted);
  state.reset();
  wanted.reset();
  return packed;
}

PackedFlow::PackedFlow(FlowState& state, const Rare<plan::Facts>& wanted)
    : region_(state.region), operation_url_(std::move(state.operation.url)) {
  plan::Packer packer;
  visit(packer, std::as_const(static_cast<FlowParts&>(state)));
  packer(wanted);
  plan::pack(packer, state);
  bytes_ = packer.take();
}

FlowStatePtr PackedFlow::restore(FlowContext context, std::shared_ptr<EnvironmentSecrets> secrets,
                                 Rare<plan::Facts>& wanted, plan::WithGroup with_group) && {
  auto state = std::make_shared<FlowState>();
  plan::Unpacker unpacker(bytes_);
  visit(unpacker, static_cast<FlowParts&>(*state));
  unpacker(wanted);
  plan::unpack(unpacker, *state, with_group);
  state->context = std::move(context);
  state->region = region_;
  state->secrets = std::move(secrets);
  state->operation.url = std::move(operation_url_);
  return state;
}

}  // namespace dev8agent::internal
