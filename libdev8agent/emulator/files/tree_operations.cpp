// Directories and files of a share: see file_service.h.
#include <algorithm>

#include "core/strings.h"
#include "files/file_service.h"
#include "files/real_tree.h"

namespace dev8agent::emulator {
namespace {

constexpr std::int64_t kLargestFile = 64 * 1024 * 1024;  // of this emulator, which keeps files in memory

struct Range {
  std::size_t first;
  std::size_t last;
};

// "bytes=0-4" within `size` bytes; an open end is the last byte.
std::optional<Range> read_range(std::string_view text, std::size_t size) {
  if (!text.starts_with("bytes=")) return std::nullopt;
  const auto parts = split(text.substr(6), '-');
  if (parts.size() != 2 || size == 0) return std::nullopt;
  const auto first = to_number(parts[0]);
  const auto last = parts[1].empty() ? static_cast<std::int64_t>(size) - 1 : to_number(parts[1]).value_or(-1);
  if (!first || *first > last || static_cast<std::size_t>(*first) >= size) return std::nullopt;
  return Range{static_cast<std::size_t>(*first), std::min(static_cast<std::size_t>(last), size - 1)};
}

std::string parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? "" : path.substr(0, slash));
}

bool is_valid_path(std::string_view path) {
  if (path.empty() || path.size() > 2048) return false;
  return std::all_of(path.begin(), path.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 &&
           std::string_view("\"\\:|<>*?").find(c) == std::string_view::npos;
  });
}

std::string sent_range(const Exchange& exchange) {
  const std::string_view own = exchange.header("x-ms-range");
  return std::string(own.empty() ? exchange.header("Range") : own);
}

}  // namespace

HttpResponse FileService::tree_operation(const Call& call, Share& share) {
  if (share.directory.empty()) return entry_operation(call, share);
  share.entries = read_tree(share.directory, call.path);
  HttpResponse response = entry_operation(call, share);
  const bool writes = call.operation.ends_with("_Create") || call.operation.ends_with("_Delete") ||
                      call.operation == "File_UploadRange";
  const bool accepted = response.status == 201 || response.status == 202;
  const bool written = !writes || !accepted || write_tree(share.directory, call.path, share.entries);
  share.entries.clear();
  if (written) return response;
  return fail(call, 500, "InternalError", "The emulator cannot write to the directory of the share.");
}

HttpResponse FileService::entry_operation(const Call& call, Share& share) {
  if (call.operation == "Directory_ListFilesAndDirectoriesSegment") return list_directory(call, share);
  if (call.operation == "Directory_Create" || call.operation == "File_Create")
    return create_entry(call, share);
  auto found = share.entries.find(call.path);
  const bool wants_directory = call.operation.starts_with("Directory");
  if (found == share.entries.end() || found->second.is_directory != wants_directory) {
    return fail(call, 404, "ResourceNotFound", "The specified resource does not exist.");
  }
  if (call.operation == "File_UploadRange") return put_range(call, share, found->second);
  if (call.operation.ends_with("_Delete")) return delete_entry(call, share, found->second);
  return read_file(call, share, found->second);
}

HttpResponse FileService::create_entry(const Call& call, Share& share) {
  if (auto refused = refuse_entry(call, share)) return std::move(*refused);
  FileEntry entry;
  entry.is_directory = call.operation == "Directory_Create";
  entry.metadata = sent_metadata(call.exchange);
  if (!entry.is_directory) {
    const auto length = to_number(call.exchange.header("x-ms-content-length"));
    if (!length || *length > kLargestFile || call.exchange.header("x-ms-type") != "file") {
      return fail(call, 400, "InvalidHeaderValue",
                  "'x-ms-type' must be file and 'x-ms-content-length' a length.");
    }
    entry.content.assign(static_cast<std::size_t>(*length), '\0');
    entry.content_type = call.exchange.header("x-ms-content-type");
  }
  share.entries[call.path] = std::move(entry);
  return changed(call, share);
}

// A path that is not valid, has no parent, or is taken: a file alone replaces a file.
std::optional<HttpResponse> FileService::refuse_entry(const Call& call, const Share& share) {
  if (!is_valid_path(call.path)) {
    return fail(call, 400, "InvalidFileOrDirectoryPathName",
                "The specified file or directory path is not valid.");
  }
  const std::string parent = parent_of(call.path);
  auto above = share.entries.find(parent);
  if (!parent.empty() && (above == share.entries.end() || !above->second.is_directory)) {
    return fail(call, 404, "ParentNotFound", "The specified parent path does not exist.");
  }
  auto there = share.entries.find(call.path);
  if (there == share.entries.end()) return std::nullopt;
  if (call.operation == "File_Create" && !there->second.is_directory) return std::nullopt;
  return fail(call, 409, "ResourceAlreadyExists", "The specified resource already exists.");
}

HttpResponse FileService::changed(const Call& call, Share& share) {
  share.version = storage_.next_version();
  HttpResponse response = file_reply(201, call.exchange, guids_);
  add_version(share.version, call.exchange.moment.now, call.exchange.moment, response);
  response.headers.push_back({"x-ms-request-server-encrypted", "true"});
  return response;
}

HttpResponse FileService::put_range(const Call& call, Share& share, FileEntry& file) {
  const auto range = read_range(sent_range(call.exchange), file.content.size());
  const bool clears = same_name(call.exchange.header("x-ms-write"), "clear");
  const std::string& body = call.exchange.http.body;
  if (!range) return fail(call, 416, "InvalidRange", "The range specified is invalid for the current size.");
  const std::size_t length = range->last - range->first + 1;
  if (!clears && body.size() != length) {
    return fail(call, 400, "InvalidHeaderValue", "The body is not as long as the range.");
  }
  file.content.replace(range->first, length, clears ? std::string(length, '\0') : body);
  return changed(call, share);
}

// Download and get properties, of directories too.
HttpResponse FileService::read_file(const Call& call, const Share& share, const FileEntry& file) {
  const std::string wanted = sent_range(call.exchange);
  const auto range = read_range(wanted, file.content.size());
  if (!wanted.empty() && !range) {
    return fail(call, 416, "InvalidRange", "The range specified is invalid for the current size.");
  }
  HttpResponse response = file_reply(range ? 206 : 200, call.exchange, guids_);
  add_version(share.version, share.modified, call.exchange.moment, response);
  add_metadata(file.metadata, response);
  response.headers.push_back({"x-ms-type", file.is_directory ? "Directory" : "File"});
  if (file.is_directory) return response;
  response.headers.push_back(
      {"Content-Type", file.content_type.empty() ? "application/octet-stream" : file.content_type});
  response.headers.push_back({"Accept-Ranges", "bytes"});
  if (call.exchange.http.method == "HEAD") {
    response.headers.push_back({"Content-Length", std::to_string(file.content.size())});
    return response;
  }
  response.body = range ? file.content.substr(range->first, range->last - range->first + 1) : file.content;
  if (range) {
    response.headers.push_back({"Content-Range", "bytes " + std::to_string(range->first) + "-" +
                                                     std::to_string(range->last) + "/" +
                                                     std::to_string(file.content.size())});
  }
  return response;
}

HttpResponse FileService::delete_entry(const Call& call, Share& share, const FileEntry& entry) {
  if (entry.is_directory) {
    auto below = share.entries.lower_bound(call.path + "/");
    if (below != share.entries.end() && below->first.starts_with(call.path + "/")) {
      return fail(call, 409, "DirectoryNotEmpty", "The specified directory is not empty.");
    }
  }
  share.entries.erase(call.path);
  return file_reply(202, call.exchange, guids_);
}

HttpResponse FileService::list_directory(const Call& call, const Share& share) {
  const auto directory = share.entries.find(call.path);
  const bool missing = directory == share.entries.end() || !directory->second.is_directory;
  if (!call.path.empty() && missing) {
    return fail(call, 404, "ResourceNotFound", "The specified resource does not exist.");
  }
  const std::string base = call.path.empty() ? "" : call.path + "/";
  const std::string marker(call.exchange.url.parameter("marker").value_or(""));
  const auto most = to_number(call.exchange.url.parameter("maxresults").value_or("5000"));
  if (!most || *most < 1 || *most > 5000) {
    return fail(call, 400, "OutOfRangeQueryParameterValue", "'maxresults' must be 1 to 5000.");
  }
  std::string items;
  std::string next;
  std::int64_t count = 0;
  for (auto at = share.entries.lower_bound(base + marker); at != share.entries.end(); ++at) {
    if (!at->first.starts_with(base)) break;
    const std::string name = at->first.substr(base.size());
    if (name.empty() || name.find('/') != std::string::npos) continue;
    if (count++ == *most) {
      next = name;
      break;
    }
    const std::string kind = at->second.is_directory ? "Directory" : "File";
    items += "<" + kind + "><Name>" + escape_xml(name) + "</Name><Properties>";
    if (!at->second.is_directory) {
      items += "<Content-Length>" + std::to_string(at->second.content.size()) + "</Content-Length>";
    }
    items += "</Properties></" + kind + ">";
  }
  HttpResponse response = file_reply(200, call.exchange, guids_);
  response.headers.push_back({"Content-Type", "application/xml"});
  response.body = "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"" +
                  escape_xml(call.exchange.url.origin + "/") + "\" ShareName=\"" + call.share +
                  "\" DirectoryPath=\"" + escape_xml(call.path) + "\"><Entries>" + items + "</Entries>" +
                  (next.empty() ? "<NextMarker />" : "<NextMarker>" + escape_xml(next) + "</NextMarker>") +
                  "</EnumerationResults>";
  return response;
}

}  // namespace dev8agent::emulator
