#pragma once
// What was found of a machine, kept for later runs: settings of the tuner, by machine, device and schema, and the rate
// at which it copies memory. Takes: a key, what was found. Gives: what was saved. Owns: nothing; the file is
// $XDG_CACHE_HOME/headrace/tuned.json, or under $HOME/.cache. Threads: any; of two who save at once, one wins.
// Fails: never; what cannot be read or written is told in a note.
#include <cstdint>
#include <optional>
#include <string>

namespace headrace {
inline namespace v0 {

struct SavedSetting {
  int64_t workers = 0, chunk_bytes = 0;  ///< 0: no tuner has found it

  bool operator==(const SavedSetting&) const = default;
};

/// Return the path of the file; empty where there is no folder for it.
std::string SavedSettingsPath();

/// Return what is saved under `key`. `note` says so where the file is there and cannot be used.
std::optional<SavedSetting> LoadSetting(const std::string& path, const std::string& key, std::string* note);

/// Save under `key`, beside what others saved; the oldest of too many go. Return false where that is not possible.
bool SaveSetting(const std::string& path, const std::string& key, const SavedSetting& setting);

/// Return the bytes a second that one CPU of the model `cpu` copies, as `headrace bench` has saved them; 0: not known.
double LoadCopyRate(const std::string& path, const std::string& cpu);

/// Save it, where it is more than what is saved: a busy neighbour makes it less. Return false where it cannot be saved.
bool SaveCopyRate(const std::string& path, const std::string& cpu, double bytes_per_second);

}  // namespace v0
}  // namespace headrace
