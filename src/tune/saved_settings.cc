#include "tune/saved_settings.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "os/atomic_file.h"

namespace headrace {
inline namespace v0 {
namespace {

using nlohmann::ordered_json;

constexpr size_t kMostSettings = 200;
constexpr size_t kMostBytes = 1 << 20;  // of the file: more is not ours
constexpr int64_t kMostWorkers = 1024, kMostChunkBytes = int64_t{1} << 30;

constexpr const char* kCopyRates = "copy_bytes_per_second";

// The file; null where it is not what this program writes.
ordered_json Read(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return nullptr;  // a pipe would be waited for
  std::string text(std::min<uintmax_t>(std::filesystem::file_size(path, error), kMostBytes), '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  ordered_json all = ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!all.is_object() || !all.contains("format") || all["format"] != 1) return nullptr;
  if (!all.contains("settings") || !all["settings"].is_object()) return nullptr;
  if (!all.contains(kCopyRates) || !all[kCopyRates].is_object()) all[kCopyRates] = ordered_json::object();
  return all;
}

bool Exists(const std::string& path) {
  std::error_code error;
  return !path.empty() && std::filesystem::exists(path, error);
}

// 0 where the setting has no such key; nothing where it has no such value.
std::optional<int64_t> Within(const ordered_json& setting, const char* key, int64_t most) {
  if (!setting.is_object()) return std::nullopt;
  if (!setting.contains(key)) return 0;
  if (!setting[key].is_number_integer()) return std::nullopt;
  const auto value = setting[key].get<int64_t>();
  return value >= 1 && value <= most ? std::optional<int64_t>(value) : std::nullopt;
}

// Put a value under `key` of one part of the file, and leave the others as they are.
bool Save(const std::string& path, const char* part, const std::string& key, const ordered_json& value) {
  if (path.empty()) return false;
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (error) return false;
  ordered_json all = Exists(path) ? Read(path) : nullptr;
  if (all.is_null()) {  // a damaged file is written anew
    all = {{"format", 1}, {"settings", ordered_json::object()}, {kCopyRates, ordered_json::object()}};
  }
  ordered_json& entries = all[part];
  entries.erase(key);
  while (entries.size() >= kMostSettings) entries.erase(entries.begin());
  entries[key] = value;
  const std::string text = all.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  auto file = AtomicFile::Create(path, /*overwrite=*/true);
  return file.ok() && (*file)->Write(text.data(), static_cast<int64_t>(text.size())).ok() && (*file)->Sync().ok() &&
         (*file)->Publish().ok();
}

}  // namespace

std::string SavedSettingsPath() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') return std::string(cache) + "/headrace/tuned.json";
  const char* home = std::getenv("HOME");
  return home != nullptr && home[0] == '/' ? std::string(home) + "/.cache/headrace/tuned.json" : "";
}

std::optional<SavedSetting> LoadSetting(const std::string& path, const std::string& key, std::string* note) {
  if (!Exists(path)) return std::nullopt;
  const auto refuse = [&] {
    *note = "'" + path + "' is damaged, and was ignored";
    return std::nullopt;
  };
  const ordered_json all = Read(path);
  if (all.is_null()) return refuse();
  const ordered_json& settings = all["settings"];
  const auto found = settings.find(key);
  if (found == settings.end()) return std::nullopt;
  const auto workers = Within(*found, "workers", kMostWorkers);
  const auto chunk_bytes = Within(*found, "chunk_bytes", kMostChunkBytes);
  if (!workers || !chunk_bytes) return refuse();
  return SavedSetting{*workers, *chunk_bytes};
}

bool SaveSetting(const std::string& path, const std::string& key, const SavedSetting& setting) {
  ordered_json found = ordered_json::object();
  if (setting.workers > 0) found["workers"] = setting.workers;
  if (setting.chunk_bytes > 0) found["chunk_bytes"] = setting.chunk_bytes;
  return Save(path, "settings", key, found);
}

double LoadCopyRate(const std::string& path, const std::string& cpu) {
  const ordered_json all = Exists(path) ? Read(path) : nullptr;
  if (all.is_null() || !all[kCopyRates].contains(cpu)) return 0;
  const ordered_json& rate = all[kCopyRates][cpu];
  return rate.is_number() ? std::max(0.0, rate.get<double>()) : 0;
}

bool SaveCopyRate(const std::string& path, const std::string& cpu, double bytes_per_second) {
  return LoadCopyRate(path, cpu) >= bytes_per_second || Save(path, kCopyRates, cpu, bytes_per_second);
}

}  // namespace v0
}  // namespace headrace
