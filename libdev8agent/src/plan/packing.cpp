// Each member is listed once, in a visit function, for both directions. The bindings name every member, so
// that a new one does not compile until it is listed here.
#include "plan/packing.h"

namespace dev8agent::internal::plan {
namespace {

constexpr std::size_t kMostTexts = 255;   // a number is one byte
constexpr std::size_t kShortestText = 3;  // characters; a shorter one is no longer than its number

// Of tags and metadata.
const std::vector<std::string>& names() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> found;
    for (const Labels& labels : {to_tags({}, "token"), to_metadata({}, "token")})
      for (const auto& [name, value] : labels) found.push_back(name);
    return found;
  }();
  return all;
}

template <class Archive, class Group>
void visit_group(Archive& archive, Group& group) {
  auto& [name, location, zone, tags, provisioning_state, state, fqdn, private_ip, image, cpu, memory_gb,
         events, container_state, container_detail, exit_code, restarts, started_at, finished_at, containers,
         sidecars, mounts] = group;
  archive(name), archive(location), archive(zone), archive(tags), archive(provisioning_state), archive(state);
  archive(fqdn), archive(private_ip), archive(image), archive(cpu), archive(memory_gb);
  archive(container_state), archive(container_detail), archive(exit_code), archive(restarts);
  archive(started_at), archive(finished_at), archive(containers);
  static_cast<void>(events), static_cast<void>(sidecars), static_cast<void>(mounts);  // empty
}

template <class Archive, class Share>
void visit_share(Archive& archive, Share& share) {
  auto& [name, quota_gib, metadata, last_modified, metadata_read] = share;
  archive(name), archive(quota_gib), archive(metadata), archive(last_modified), archive(metadata_read);
}

template <class Archive, class Spec>
void visit_spec(Archive& archive, Spec& spec) {
  auto& [user_id, name, cpu_cores, memory_gb, storage_gb, base_image, idle_stop_minutes, image, variables,
         git_repository, labels, zone] = spec;
  archive(user_id), archive(name), archive(cpu_cores), archive(memory_gb), archive(storage_gb);
  archive(base_image), archive(idle_stop_minutes), archive(image), archive(variables);
  archive(git_repository), archive(labels), archive(zone);
}

// Facts have a base, which rules out one list of all members.
template <class Archive, class AnyFacts>
void visit_facts(Archive& archive, AnyFacts& facts) {
  using Spec = std::conditional_t<std::is_const_v<AnyFacts>, const EnvironmentSpec, EnvironmentSpec>;
  visit_spec(archive, static_cast<Spec&>(facts));
  archive(facts.id), archive(facts.region), archive(facts.created_at), archive(facts.layout);
}

// What visit_situation() leaves out: group and share.
template <class Archive, class Seen>
void visit_seen(Archive& archive, Seen& seen) {
  auto& [group, share, group_asked_at, share_asked_at, azure_now, absence, content, latest_run,
         other_regions_clear] = seen;
  static_cast<void>(group), static_cast<void>(share);
  auto& [first_asked, last_asked, not_listed_asked, provider_said_at] = absence;
  archive(group_asked_at), archive(share_asked_at), archive(azure_now);
  archive(first_asked), archive(last_asked), archive(not_listed_asked), archive(provider_said_at);
  archive(content), archive(latest_run), archive(other_regions_clear);
}

template <class Archive, class Own>
void visit_own(Archive& archive, Own& own) {
  auto& [token, share_put, share_restore, share_takeover, share_delete, certificates_put, certificates_delete,
         group_put, group_redeploy, group_start, group_stop, group_restart, group_delete, snapshot,
         taken_from, replaced_token, update_refused, deleted_unseen, certificates_ready, certificates_seen,
         runs_already, share_unread, merged, stored, share_checks, earlier_tokens, run_before, stopped_run,
         deployed_after, events_since, group_written_at, late_until] = own;
  archive(token), archive(share_put), archive(share_restore), archive(share_takeover), archive(share_delete);
  archive(certificates_put), archive(certificates_delete), archive(group_put), archive(group_redeploy);
  archive(group_start), archive(group_stop), archive(group_restart), archive(group_delete);
  archive(snapshot), archive(taken_from), archive(replaced_token), archive(update_refused);
  archive(deleted_unseen), archive(certificates_ready), archive(certificates_seen), archive(runs_already);
  archive(share_unread), archive(merged), archive(stored), archive(share_checks), archive(earlier_tokens);
  archive(run_before), archive(stopped_run), archive(deployed_after), archive(events_since);
  archive(group_written_at), archive(late_until);
}

template <class Archive, class At>
void visit_situation(Archive& archive, At& at) {
  auto& [id, seen, own, ready, deleted, keeps_files, keeps_certificates, deployment_error, now,
         reobservations, maker_succeeded] = at;
  auto& [wanted, answered, asked_since, failure] = ready;
  static_cast<void>(deleted), static_cast<void>(deployment_error);  // can_be_packed(): empty
  archive(id), archive(wanted), archive(answered), archive(asked_since), archive(failure);
  archive(keeps_files), archive(keeps_certificates), archive(now), archive(reobservations);
  archive(maker_succeeded);
  visit_seen(archive, seen);
  visit_own(archive, own);
}

}  // namespace

PackedTexts::PackedTexts() : texts_(names().begin(), names().end()) {}

std::optional<unsigned char> PackedTexts::find(std::string_view text) const {
  const auto place = std::find(texts_.begin(), texts_.end(), text);
  if (place == texts_.end()) return std::nullopt;
  return static_cast<unsigned char>(place - texts_.begin());
}

void PackedTexts::note(std::string_view text) {
  if (text.size() >= kShortestText && texts_.size() < kMostTexts) texts_.push_back(text);
}

void Packer::integer(std::int64_t number) {
  auto left = static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63);
  for (; left >= 0x80; left >>= 7) out_ += static_cast<char>(left | 0x80);
  out_ += static_cast<char>(left);
}

void Packer::operator()(const std::string& text) {
  if (const auto earlier = texts_.find(text)) {
    (*this)(kEarlierText);
    (*this)(*earlier);
    return;
  }
  length(text.size());
  append(text.data(), text.size());
  texts_.note(text);
}

void Packer::operator()(const Facts& facts) {
  visit_facts(*this, facts);
}

void Unpacker::operator()(Facts& facts) {
  visit_facts(*this, facts);
}

unsigned char Unpacker::byte() {
  const char first = rest_.front();
  rest_.remove_prefix(1);
  return static_cast<unsigned char>(first);
}

std::int64_t Unpacker::integer() {
  std::uint64_t all = 0;
  unsigned char digit = 0x80;
  for (int shift = 0; digit >= 0x80; shift += 7) {
    digit = byte();
    all |= static_cast<std::uint64_t>(digit & 0x7f) << shift;
  }
  return static_cast<std::int64_t>(all >> 1) ^ -static_cast<std::int64_t>(all & 1);
}

std::string_view Unpacker::next_text() {
  const auto code = next<unsigned char>();
  if (code == kEarlierText) return texts_[next<unsigned char>()];
  const std::string_view text = rest_.substr(0, length(code));
  rest_.remove_prefix(text.size());
  texts_.note(text);
  return text;
}

bool can_be_packed(const ContainerGroup& group) {
  return group.events.empty() && group.sidecars.empty() && group.mounts.empty();
}

bool can_be_packed(const Situation& at) {
  return (!at.seen.group || can_be_packed(at.seen.group->state)) && !at.deleted && !at.deployment_error;
}

void pack(Packer& packer, const Observation& seen) {
  packer(seen.share.has_value());
  if (seen.share) {
    // A token that was taken off is not read from the metadata again.
    packer(seen.share->token);
    visit_share(packer, seen.share->state);
  }
  const bool has_group = seen.group && can_be_packed(seen.group->state);
  packer(has_group);
  if (has_group) visit_group(packer, seen.group->state);
}

void unpack(Unpacker& unpacker, Observation& seen, WithGroup with_group) {
  if (unpacker.next<bool>()) {
    const std::string token = unpacker.next<std::string>();
    FileShare share;
    visit_share(unpacker, share);
    seen.share = see_share(std::move(share));
    seen.share->token = token;
  }
  if (unpacker.next<bool>() && with_group == WithGroup::kYes) {
    ContainerGroup group;
    visit_group(unpacker, group);
    seen.group = see_group(std::move(group));
  }
}

void pack(Packer& packer, const Situation& at) {
  visit_situation(packer, at);
  pack(packer, at.seen);
}

void unpack(Unpacker& unpacker, Situation& at, WithGroup with_group) {
  visit_situation(unpacker, at);
  unpack(unpacker, at.seen, with_group);
}

}  // namespace dev8agent::internal::plan
