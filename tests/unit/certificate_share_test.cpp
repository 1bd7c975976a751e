// When the certificates' share is made and deleted: before the container, before the files.
#include "plan/certificate_share.h"

#include <doctest/doctest.h>

#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

Situation with_share(bool marked) {
  Situation at = sample_situation(std::nullopt, true);
  at.seen.share->has_certificates = marked;
  return at;
}

std::string first(Step step, const Situation& at) {
  return text_of(with_certificate_share(Next{step}, at));
}

}  // namespace

TEST_CASE("certificates: a deployment is preceded by the note on the files' share, then by their own share") {
  Situation at = with_share(false);
  CHECK(first(Step::kPutGroup, at) == "put group");
  at.keeps_certificates = true;
  CHECK(first(Step::kPutGroup, at) == "set metadata");
  at = with_share(true);
  at.keeps_certificates = true;
  CHECK(first(Step::kPutGroup, at) == "create certificate share");
  at.own.certificates_ready = true;
  CHECK(first(Step::kPutGroup, at) == "put group");
  // A stopped container is started as it is.
  CHECK(first(Step::kStartGroup, with_share(false)) == "start group");
}

TEST_CASE("certificates: their share is deleted before the files', from whatever is known of it") {
  CHECK(first(Step::kDeleteShare, with_share(false)) == "delete share");
  Situation at = with_share(true);
  CHECK(first(Step::kDeleteShare, at) == "delete certificate share");
  at.own.certificates_delete = Sent::kUnanswered;
  CHECK(first(Step::kDeleteShare, at) == "delete certificate share");
  at.own.certificates_delete = Sent::kAccepted;
  CHECK(first(Step::kDeleteShare, at) == "delete share");

  at = with_share(false);
  at.own.certificates_seen = true;  // in the tags of the group that this call has deleted
  CHECK(first(Step::kDeleteShare, at) == "delete certificate share");
  at = with_share(false);
  at.own.certificates_put = Sent::kUnanswered;
  CHECK(first(Step::kDeleteShare, at) == "delete certificate share");
  at.own.certificates_put = Sent::kRejected;
  CHECK(first(Step::kDeleteShare, at) == "delete share");
}

TEST_CASE("certificates: their share goes before files are marked as kept") {
  CHECK(first(Step::kKeepShare, with_share(false)) == "keep share");
  Situation at = with_share(true);
  CHECK(first(Step::kKeepShare, at) == "delete certificate share");
  CHECK(first(Step::kSnapshotShare, at) == "snapshot share");
  at.own.certificates_delete = Sent::kAccepted;
  CHECK(first(Step::kKeepShare, at) == "keep share");
}

TEST_CASE("certificates: their share goes with a container that had no files any more") {
  Situation at = sample_situation(std::nullopt, false);
  at.own.token.clear();  // a delete or sweep
  at.own.group_delete = Sent::kAccepted;
  CHECK(first(Step::kDone, at) == "done");
  at.own.certificates_seen = true;
  CHECK(first(Step::kDone, at) == "delete certificate share");
  at.own.certificates_delete = Sent::kAccepted;
  CHECK(first(Step::kDone, at) == "done");
  at.own.certificates_delete = Sent::kNo;
  at.own.group_delete = Sent::kNo;
  CHECK(first(Step::kDone, at) == "done");
  at.own.group_delete = Sent::kUnanswered;
  CHECK(first(Step::kDone, at) == "delete certificate share");
  at.own.token = kOwnToken;  // a roll-back deletes what its own call has made
  CHECK(first(Step::kDone, at) == "done");
  at = with_share(true);  // somebody has made the environment anew
  at.own.token.clear();
  at.own.group_delete = Sent::kAccepted;
  CHECK(first(Step::kDone, at) == "done");
}

TEST_CASE("certificates: the note is read from tags and metadata, and kept by their rewriting") {
  const Labels note = certificates_label();
  CHECK(certificates_in(note));
  CHECK_FALSE(certificates_in({}));
  CHECK(certificates_in(to_tags(sample_facts(), "token", note)));
  CHECK(certificates_in(to_metadata(sample_facts(), "token", note)));
  ContainerGroup group;
  group.tags = note;
  CHECK(see_group(group).has_certificates);
  FileShare share;
  share.metadata = note;
  CHECK(see_share(share).has_certificates);
}
