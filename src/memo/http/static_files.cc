#include "memo/http/static_files.h"

#include <sodium.h>
#include <zlib.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace scv::memo {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFilesMax = 2000;
constexpr std::size_t kBytesMax = std::size_t{32} << 20;

// Nothing inline, nothing from elsewhere; what the app needs and no more.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

struct TypeRow {
  std::string_view extension;
  std::string_view type;
  bool compress;
};
constexpr std::array<TypeRow, 14> kTypes = {{
    {".html", "text/html; charset=utf-8", true},
    {".js", "text/javascript; charset=utf-8", true},
    {".mjs", "text/javascript; charset=utf-8", true},
    {".css", "text/css; charset=utf-8", true},
    {".json", "application/json", true},
    {".webmanifest", "application/manifest+json", true},
    {".svg", "image/svg+xml", true},
    {".txt", "text/plain; charset=utf-8", true},
    {".map", "application/json", true},
    {".png", "image/png", false},
    {".jpg", "image/jpeg", false},
    {".ico", "image/x-icon", false},
    {".woff2", "font/woff2", false},
    {".webp", "image/webp", false},
}};

const TypeRow* FindType(std::string_view path) {
  for (const TypeRow& row : kTypes) {
    if (path.ends_with(row.extension)) return &row;
  }
  return nullptr;
}

std::string EtagOf(const std::string& contents) {
  std::array<unsigned char, 16> digest{};
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(contents.data()), contents.size(),
                     nullptr, 0);
  std::array<char, 33> text{};
  sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
  return "\"" + std::string(text.data()) + "\"";
}

// Empty when zlib fails or nothing is won.
std::string Gzip(const std::string& contents) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return {};
  }
  std::string out(deflateBound(&stream, contents.size()), '\0');
  // zlib's interface takes a mutable pointer and does not write through it.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(contents.data()));
  stream.avail_in = static_cast<uInt>(contents.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END || out.size() >= contents.size()) return {};
  return out;
}

Result<std::string> ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Fail(ErrorKind::kNotFound, "cannot read " + path.string());
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

Result<std::unique_ptr<StaticFiles>> StaticFiles::Load(const std::string& directory) {
  auto files = std::make_unique<StaticFiles>();
  std::error_code error;
  std::size_t bytes = 0;
  for (auto it = fs::recursive_directory_iterator(directory, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (!it->is_regular_file(error) || error) continue;
    SCV_ASSIGN(std::string contents, ReadFile(it->path()));
    bytes += contents.size();
    if (bytes > kBytesMax || files->files_.size() >= kFilesMax) {
      return Fail(ErrorKind::kInvalid,
                  "the web app in " + directory + " is over 2,000 files or 32 MiB");
    }
    const std::string path = "/" + fs::relative(it->path(), directory, error).generic_string();
    SCV_TRY(files->AddFile(path, std::move(contents)));
  }
  if (error || !files->files_.contains("/index.html")) {
    return Fail(ErrorKind::kNotFound,
                "there is no index.html in " + directory + "; build the web app: ./scv build");
  }
  return files;
}

Result<void> StaticFiles::AddFile(const std::string& path, std::string contents) {
  const TypeRow* row = FindType(path);
  File& file = files_[path];
  file.type = row != nullptr ? row->type : "application/octet-stream";
  file.page = path.ends_with(".html");
  // The build puts a hash of the contents into the name of every file below /assets/.
  file.immutable = path.starts_with("/assets/");
  file.etag = EtagOf(contents);
  file.plain = std::make_shared<const std::string>(std::move(contents));
  if (row == nullptr || !row->compress) std::call_once(file.once, [] {});
  return {};
}

std::optional<Response> StaticFiles::Find(const Request& request) const {
  const std::string_view path = request.path();
  auto found = files_.find(path == "/" ? std::string_view("/index.html") : path);
  if (found == files_.end()) {
    const bool page = request.header(Header::kAccept).find("text/html") != std::string_view::npos;
    if (!page) return std::nullopt;
    found = files_.find(std::string_view("/index.html"));
  }
  return Serve(found->second, request);
}

Response StaticFiles::Serve(const File& file, const Request& request) {
  std::call_once(file.once, [&file] {
    std::string gzip = Gzip(*file.plain);
    if (!gzip.empty()) file.gzip = std::make_shared<const std::string>(std::move(gzip));
  });
  Response response;
  response.Add("ETag", file.etag);
  response.Add("Cache-Control",
               file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  response.Add("Vary", "Accept-Encoding");
  if (file.page) {
    response.Add("Content-Security-Policy", kPolicy);
    response.Add("Referrer-Policy", "same-origin");
    response.Add("Cross-Origin-Opener-Policy", "same-origin");
  }
  if (request.header(Header::kIfNoneMatch).find(file.etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  response.content_type = file.type;
  const bool gzip_wanted =
      request.header(Header::kAcceptEncoding).find("gzip") != std::string_view::npos;
  if (gzip_wanted && file.gzip) {
    response.Add("Content-Encoding", "gzip");
    response.shared_body = file.gzip;
  } else {
    response.shared_body = file.plain;
  }
  return response;
}

}  // namespace scv::memo
