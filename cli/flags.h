#pragma once
// The flags, as data: each owns its name, value form, text and parsing. Parser, help, manual page, completion and
// docs are made from this one table.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/request.h"
#include "headrace/status.h"

namespace headrace::cli {

enum class Group : uint8_t { kColumns, kDialect, kRows, kFaults, kOutput, kSample, kSpeed, kTelling };

struct Flag {
  std::string_view name;   ///< "--workers"
  char letter;             ///< of the short form; 0: none
  std::string_view value;  ///< form of the value, such as "lf|cr" or "FILE"; empty: a switch
  Group group;
  uint32_t commands;              ///< CommandSet bits
  std::string_view doc;           ///< sentences
  std::string_view default_text;  ///< as the help shows it; empty: not shown
  Status (*apply)(Request& request, std::string_view value);
  bool first = false;  ///< applied before the others, which may override what it sets
};

std::span<const Flag> Flags();
std::string_view GroupTitle(Group group);

/// Return the words that complete the flag's value: the lower-case alternatives of its form.
std::vector<std::string_view> ValueWords(const Flag& flag);

/// Return "-o, --output FORM" as lists of flags show it.
std::string FlagSpelling(const Flag& flag);

}  // namespace headrace::cli
