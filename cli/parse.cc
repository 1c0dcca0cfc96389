#include "cli/parse.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "cli/commands.h"
#include "cli/flags.h"
#include "job/closest.h"
#include "source/remote_uri.h"

namespace headrace::cli {
namespace {

std::vector<const Flag*> FlagsOf(const Command& command) {
  std::vector<const Flag*> flags;
  for (const Flag& flag : Flags()) {
    if (flag.commands & command.id) flags.push_back(&flag);
  }
  return flags;
}

// Return the flag that `word` spells in full, without a value.
const Flag* FlagNamed(std::string_view word, const std::vector<const Flag*>& flags) {
  for (const Flag* flag : flags) {
    if (word == flag->name || (flag->letter != 0 && word.size() == 2 && word[0] == '-' && word[1] == flag->letter)) {
      return flag;
    }
  }
  return nullptr;
}

Status UnknownFlag(const Command& command, std::string_view word, const std::vector<const Flag*>& flags) {
  const std::string_view name = word.substr(0, word.find('='));
  for (const Flag& flag : Flags()) {
    if (flag.name == name) return Status::Invalid("`headrace ", command.name, "` does not take ", name);
  }
  std::vector<std::string_view> names(flags.size());
  std::transform(flags.begin(), flags.end(), names.begin(), [](const Flag* flag) { return flag->name; });
  const std::string_view nearest = ClosestName(name, names);
  return Status::Invalid("unknown flag ", name,
                         nearest.empty() ? "" : "\nfix: did you mean " + std::string(nearest) + "?");
}

// An argument as CLI11 leaves it alone: one that is all in brackets it would take for a list.
std::string AsArgument(const std::string& word) {
  return word.size() >= 2 && word.front() == '[' && word.back() == ']' ? "./" + word : word;
}

// Cut "-qv" into "-q" and "-v", and "-oFILE" into "-o" and "FILE". `awaiting` is set where the value is the next word.
Status CutLetters(const Command& command, const std::vector<const Flag*>& flags, const std::string& word,
                  std::vector<std::string>* normal, const Flag** awaiting) {
  for (size_t i = 1; i < word.size(); ++i) {
    const std::string letter = {'-', word[i]};
    const Flag* flag = FlagNamed(letter, flags);
    if (flag == nullptr && word[i] == '=' && i > 1) return Status::Invalid(word.substr(0, i), " takes no value");
    if (flag == nullptr) return UnknownFlag(command, i == 1 ? word : letter, flags);
    normal->push_back(letter);
    if (flag->value.empty()) continue;
    *awaiting = i + 1 == word.size() ? flag : nullptr;
    if (*awaiting == nullptr) normal->push_back(word.substr(i + 1));
    return Status::OK();
  }
  return Status::OK();
}

// Write each word as CLI11 reads it without surprises: `--flag=value` in two words, so that an empty value is a value.
Result<std::vector<std::string>> Normalize(const Command& command, const std::vector<const Flag*>& flags,
                                           std::span<const std::string> words) {
  std::vector<std::string> normal;
  const Flag* awaiting = nullptr;  // the flag whose value comes next
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (awaiting != nullptr) {
      awaiting = nullptr;
      normal.push_back(word);
    } else if (word == "--") {
      normal.push_back(word);
      while (++i < words.size()) normal.push_back(AsArgument(words[i]));
    } else if (const size_t equals = word.find('='); word.starts_with("--") && equals != std::string::npos) {
      const Flag* flag = FlagNamed(word.substr(0, equals), flags);
      if (flag == nullptr) return UnknownFlag(command, word, flags);
      if (flag->value.empty()) return Status::Invalid(flag->name, " takes no value");
      normal.emplace_back(flag->name);
      normal.push_back(word.substr(equals + 1));
    } else if (word.size() > 1 && word[0] == '-' && word[1] != '-') {
      ARROW_RETURN_NOT_OK(CutLetters(command, flags, word, &normal, &awaiting));
    } else {
      const Flag* flag = FlagNamed(word, flags);
      if (flag != nullptr && !flag->value.empty()) awaiting = flag;
      normal.push_back(AsArgument(word));
    }
  }
  if (awaiting != nullptr) return Status::Invalid(awaiting->name, " needs a value: ", FlagSpelling(*awaiting));
  return normal;
}

struct Occurrence {
  const Flag* flag;
  std::string value;
};

bool NamesFile(const Flag& flag) {
  return flag.value.starts_with("FILE") || flag.value == "DIR" || flag.name == "--output";
}

// Apply what was given: the flags that others override first, then the rest as they stand on the line.
Status Apply(std::vector<Occurrence> occurrences, Request* request) {
  std::stable_partition(occurrences.begin(), occurrences.end(), [](const Occurrence& o) { return o.flag->first; });
  for (const Occurrence& occurrence : occurrences) request->given.insert(occurrence.flag->name);
  for (const auto& [flag, value] : occurrences) {
    Status status = NamesFile(*flag) ? RefuseRemote(value, "file") : Status::OK();
    if (status.ok()) status = flag->apply(*request, value);
    if (status.ok()) continue;
    return status.WithMessage(flag->name, ": ", status.message());
  }
  return Status::OK();
}

Status ParseFlags(const Command& command, std::span<const std::string> words, Request* request) {
  const std::vector<const Flag*> flags = FlagsOf(command);
  ARROW_ASSIGN_OR_RAISE(std::vector<std::string> normal, Normalize(command, flags, words));

  CLI::App app;
  app.set_help_flag("");
  app.allow_extras();
  std::map<const CLI::Option*, const Flag*> flag_of;
  for (const Flag* flag : flags) {
    const std::string names =
        (flag->letter != 0 ? std::string("-") + flag->letter + "," : "") + std::string(flag->name);
    CLI::Option* option = flag->value.empty() ? app.add_flag_callback(names, [] {})
                                              : app.add_option(names, [](const CLI::results_t&) { return true; });
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    flag_of[option] = flag;
  }
  CLI::Option* arguments = nullptr;
  if (command.max_arguments > 0) {
    arguments = app.add_option("arguments", request->arguments);
  }
  try {
    std::reverse(normal.begin(), normal.end());  // as CLI11 wants them
    app.parse(std::move(normal));
  } catch (const CLI::ParseError& error) {
    return Status::Invalid(error.what());
  }
  for (const std::string& word : app.remaining()) {
    if (word == "--") continue;
    if (word.size() > 1 && word.front() == '-') return UnknownFlag(command, word, flags);
    return Status::Invalid("unexpected argument '", word, "'");
  }
  std::vector<Occurrence> occurrences;
  std::map<const CLI::Option*, size_t> seen;
  for (const CLI::Option* option : app.parse_order()) {
    if (option == arguments) continue;
    occurrences.push_back({flag_of.at(option), option->results()[seen[option]++]});
  }
  return Apply(std::move(occurrences), request);
}

}  // namespace

Status ParseCommandLine(const std::vector<std::string>& words, Request* request) {
  std::vector<std::string_view> names;
  for (const Command& command : Commands()) {
    names.push_back(command.name);
    const size_t space = command.name.find(' ');
    const size_t count = space == std::string_view::npos ? 1 : 2;
    if (words.size() < count || words[0] != command.name.substr(0, space)) continue;
    if (count == 2 && words[1] != command.name.substr(space + 1)) continue;
    request->command = &command;
    request->words.assign(words.begin() + static_cast<std::ptrdiff_t>(count), words.end());
    ARROW_RETURN_NOT_OK(ParseFlags(command, std::span(words).subspan(count), request));
    if (request->help) return Status::OK();
    const auto given = static_cast<int64_t>(request->arguments.size());
    if (given < command.min_arguments) return Status::Invalid("usage: headrace ", command.name, " ", command.arguments);
    if (given > command.max_arguments) {
      return Status::Invalid("unexpected argument '", request->arguments[static_cast<size_t>(command.max_arguments)],
                             "'");
    }
    return Status::OK();
  }
  std::string tried = words[0];
  if (words.size() > 1 && words[0] == "gen" && !words[1].starts_with('-')) tried += " " + words[1];
  if (tried == "gen") return Status::Invalid("gen needs the name of a data set\nfix: headrace gen milan -o DIR");
  if (tried.starts_with('-'))
    return Status::Invalid("the command comes first, then its flags: '", tried, "' is a flag");
  const std::string_view nearest = ClosestName(tried, names);
  return Status::Invalid("unknown command '", tried, "'",
                         nearest.empty() ? "" : "\nfix: did you mean `headrace " + std::string(nearest) + "`?");
}

}  // namespace headrace::cli
