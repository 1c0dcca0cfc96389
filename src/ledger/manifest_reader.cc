// Reads a manifest as it streams by: no tree of values is built, whatever the file holds.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "ledger/manifest.h"
#include "os/input_file.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kMaxDepth = 32;
constexpr size_t kMaxManifestBytes = size_t{1} << 30;  // some ten million pieces
constexpr int64_t kAbsent = -1;

template <class T>
std::optional<T> ParseHex(std::string_view text) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  const bool whole = text.size() == 2 * sizeof(T) && error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional<T>(value) : std::nullopt;
}

// A path of an output must stay inside the output: a manifest may come from anywhere.
bool StaysInside(std::string_view path) {
  if (path.empty() || path.front() == '/') return false;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    if (path.substr(begin, end - begin) == "..") return false;
    begin = end + 1;
  }
  return true;
}

// What a parser of JSON tells, put where it belongs.
class ManifestHandler : public nlohmann::json_sax<nlohmann::json> {
 public:
  Manifest manifest;
  int64_t format = kAbsent;
  std::string fault;

  // Every number is there, and what refers to something refers to what is there.
  std::string Check() const {
    if (format == kAbsent) return "it has no format";
    if (format != 1) return "its format is " + std::to_string(format) + ", and this program reads format 1";
    for (const int64_t rows :
         {manifest.rows_read, manifest.rows_written, manifest.rows_rejected, manifest.rows_skipped}) {
      if (rows < 0) return "rows_read, rows_written, rows_rejected or rows_skipped is missing or negative";
    }
    for (const ManifestInput& input : manifest.inputs) {
      if (input.path.empty() || input.size < 0) return "an input has no path or no size";
    }
    for (const OutputReport& output : manifest.outputs) {
      if (output.rows < 0 || output.bytes < 0) return "an output has no rows or no bytes";
      if (!StaysInside(output.path)) return "an output lies outside the output";
      if (!output.checksum.starts_with("crc32c:") || !ParseHex<uint32_t>(output.checksum.substr(7))) {
        return "an output has no checksum";
      }
    }
    return CheckPieces();
  }

  bool key(string_t& name) override {
    if (depth_ == 1) section_ = name;
    key_ = std::move(name);
    return true;
  }
  bool start_object(size_t) override {
    if (depth_ == 2 && section_ == "inputs") manifest.inputs.push_back({"", kAbsent, 0});
    if (depth_ == 2 && section_ == "outputs") manifest.outputs.push_back({"", kAbsent, kAbsent, ""});
    if (depth_ == 2 && section_ == "units") {
      manifest.pieces.push_back({kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, 0});
    }
    return Open(/*is_object=*/true);
  }
  bool end_object() override { return Close(); }
  bool start_array(size_t) override { return Open(/*is_object=*/false); }
  bool end_array() override { return Close(); }

  bool number_integer(number_integer_t number) override { return Number(number); }
  bool number_unsigned(number_unsigned_t number) override {
    return Number(number > INT64_MAX ? kAbsent : static_cast<int64_t>(number));
  }
  bool number_float(number_float_t, const string_t&) override { return Other(); }
  bool boolean(bool) override { return Other(); }
  bool null() override { return Other(); }
  bool binary(binary_t&) override { return Other(); }
  bool string(string_t& text) override {
    if (IntField() != nullptr) return Other();
    return Text(text);
  }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) override {
    if (fault.empty()) fault = "it is not JSON at byte " + std::to_string(position);
    return false;
  }

 private:
  std::string CheckPieces() const {
    if (num_checksums_ != manifest.pieces.size()) return "a unit has no crc32c";
    for (const ManifestPiece& piece : manifest.pieces) {
      if (piece.unit < 0 || piece.offset < 0 || piece.bytes < 0 || piece.rows < 0) {
        return "a unit lacks a number, or has a negative one";
      }
      if (piece.file < 0 || static_cast<size_t>(piece.file) >= manifest.outputs.size()) {
        return "a unit's file is not one of the outputs";
      }
    }
    return "";
  }

  bool Open(bool is_object) {
    if (depth_ == kMaxDepth) return Fail("it is nested too deeply");
    const bool fits = depth_ == 0               ? is_object
                      : depth_ == 1 && IsList() ? !is_object
                      : depth_ == 2 && IsList() ? is_object
                                                : IntField() == nullptr;
    if (!fits) return FailKind();
    ++depth_;
    key_.clear();
    return true;
  }
  bool Close() {
    --depth_;
    key_.clear();
    return true;
  }

  bool IsList() const { return section_ == "inputs" || section_ == "outputs" || section_ == "units"; }

  // Where the number under the present key goes; nullptr: such a key is not known.
  int64_t* IntField() {
    if (depth_ == 1)
      return Find({{"format", &format},
                   {"rows_read", &manifest.rows_read},
                   {"rows_written", &manifest.rows_written},
                   {"rows_rejected", &manifest.rows_rejected},
                   {"rows_skipped", &manifest.rows_skipped}});
    if (depth_ != 3) return nullptr;
    if (section_ == "inputs" && !manifest.inputs.empty()) {
      ManifestInput& input = manifest.inputs.back();
      return Find({{"size", &input.size}, {"mtime_ns", &input.mtime_ns}});
    }
    if (section_ == "outputs" && !manifest.outputs.empty()) {
      OutputReport& output = manifest.outputs.back();
      return Find({{"rows", &output.rows}, {"bytes", &output.bytes}});
    }
    if (section_ == "units" && !manifest.pieces.empty()) {
      ManifestPiece& piece = manifest.pieces.back();
      return Find({{"unit", &piece.unit},
                   {"file", &piece.file},
                   {"offset", &piece.offset},
                   {"bytes", &piece.bytes},
                   {"rows", &piece.rows}});
    }
    return nullptr;
  }

  int64_t* Find(std::initializer_list<std::pair<std::string_view, int64_t*>> fields) const {
    for (const auto& [name, field] : fields) {
      if (name == key_) return field;
    }
    return nullptr;
  }

  bool Number(int64_t number) {
    if (int64_t* field = IntField()) {
      *field = number;
      return true;
    }
    return Other();
  }

  bool Text(const std::string& text) {
    if (depth_ == 1 && key_ == "output") manifest.output = text;
    if (depth_ == 1 && IsList()) return Other();
    if (depth_ != 3) return true;
    std::string* path = nullptr;
    if (section_ == "inputs" && !manifest.inputs.empty()) path = &manifest.inputs.back().path;
    if (section_ == "outputs" && !manifest.outputs.empty()) path = &manifest.outputs.back().path;
    if (path != nullptr && key_ == "path" && path->empty()) *path = text;
    if (path != nullptr && key_ == "path_hex") return HexPath(text, path);
    if (section_ == "outputs" && key_ == "checksum") manifest.outputs.back().checksum = text;
    if (section_ == "units" && key_ == "crc32c") return Checksum(text);
    return true;
  }

  bool HexPath(std::string_view hex, std::string* path) {
    path->clear();
    for (; hex.size() >= 2; hex.remove_prefix(2)) {
      const std::optional<uint8_t> byte = ParseHex<uint8_t>(hex.substr(0, 2));
      if (!byte.has_value()) break;
      *path += static_cast<char>(*byte);
    }
    if (hex.empty()) return true;
    return Fail("'path_hex' is not hexadecimal");
  }

  bool Checksum(std::string_view hex) {
    const std::optional<uint32_t> crc32c = ParseHex<uint32_t>(hex);
    if (!crc32c.has_value() || manifest.pieces.empty()) {
      return Fail("'crc32c' is not eight hexadecimal digits");
    }
    manifest.pieces.back().crc32c = *crc32c;
    ++num_checksums_;
    return true;
  }

  // A value that is nothing to us: passed over, but not in the place of one that is.
  bool Other() {
    const bool in_place_of_one = IntField() != nullptr || depth_ == 0 || (depth_ <= 2 && IsList());
    return in_place_of_one ? FailKind() : true;
  }

  bool FailKind() { return Fail("'" + (key_.empty() ? section_ : key_) + "' has a value of the wrong kind"); }

  bool Fail(std::string what) {
    fault = std::move(what);
    return false;
  }

  size_t depth_ = 0;  // open containers
  size_t num_checksums_ = 0;
  std::string section_, key_;
};

}  // namespace

Result<Manifest> ParseManifest(const std::string& text, const std::string& path) {
  ManifestHandler handler;
  handler.manifest.rows_read = handler.manifest.rows_written = kAbsent;
  handler.manifest.rows_rejected = handler.manifest.rows_skipped = kAbsent;
  const bool parsed = nlohmann::json::sax_parse(text, &handler);
  const std::string fault = parsed ? handler.Check() : handler.fault;
  if (parsed && fault.empty()) return std::move(handler.manifest);
  return Status::Invalid("the manifest cannot be used: ", fault.empty() ? "it is not JSON" : fault, "\nat ", path);
}

Result<Manifest> ReadManifest(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto file, InputFile::Open(path));
  std::string text;
  std::string buffer(size_t{1} << 20, '\0');
  while (text.size() <= kMaxManifestBytes) {
    ARROW_ASSIGN_OR_RAISE(const int64_t bytes, file->ReadAt(static_cast<int64_t>(text.size()), buffer.data(),
                                                            static_cast<int64_t>(buffer.size())));
    if (bytes == 0) return ParseManifest(text, path);
    text.append(buffer, 0, static_cast<size_t>(bytes));
  }
  return Status::Invalid("this is too large for a manifest\nat ", path);
}

}  // namespace v0
}  // namespace headrace
