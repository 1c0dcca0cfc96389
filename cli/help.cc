#include "cli/help.h"

#include "cli/text.h"

namespace headrace::cli {
namespace {

constexpr size_t kWidth = 80;
constexpr size_t kFlagIndent = 24;

// One flag: its spelling at the left, its text in a column, beside it or below.
std::string FlagLines(const Flag& flag) {
  std::string doc(flag.doc);
  if (!flag.default_text.empty()) doc += " Default: " + std::string(flag.default_text) + ".";
  const std::string spelling = (flag.letter != 0 ? "  " : "      ") + FlagSpelling(flag);
  const std::string text = Wrapped(doc, kFlagIndent, kWidth);
  if (spelling.size() + 2 > kFlagIndent) return spelling + "\n" + text;
  return spelling + text.substr(spelling.size());
}

}  // namespace

std::vector<std::pair<Group, std::vector<const Flag*>>> GroupsOf(const Command& command) {
  std::vector<std::pair<Group, std::vector<const Flag*>>> groups;
  for (const Flag& flag : Flags()) {
    if (!(flag.commands & command.id)) continue;
    if (groups.empty() || groups.back().first != flag.group) groups.push_back({flag.group, {}});
    groups.back().second.push_back(&flag);
  }
  return groups;
}

std::string GeneralHelp() {
  std::string text = "Headrace: delimited text into typed columns (Parquet, Arrow).\n\nUsage:\n";
  std::vector<std::vector<std::string>> rows;
  for (const Command& command : Commands()) {
    if (command.hidden) continue;
    rows.push_back({"  headrace " + std::string(command.name), std::string(command.summary)});
  }
  text += AlignedTable(rows, "");
  text += "\n  headrace COMMAND --help   the flags of a command\n  headrace --version\n";
  text += "\nExample:\n  " + std::string(Commands()[0].examples.substr(0, Commands()[0].examples.find('\n'))) + "\n";
  return text;
}

std::string CommandHelp(const Command& command) {
  std::string text = "headrace " + std::string(command.name) + ": " + std::string(command.summary) + "\n\n";
  text += "Usage: headrace " + std::string(command.name);
  if (!command.arguments.empty()) text += " " + std::string(command.arguments);
  text += " [FLAG...]\n";
  for (const std::string_view paragraph : Paragraphs(command.doc)) {
    text += "\n" + (paragraph.starts_with(' ') ? std::string(paragraph) + "\n" : Wrapped(paragraph, 0, kWidth));
  }
  for (const auto& [group, flags] : GroupsOf(command)) {
    text += "\n" + std::string(GroupTitle(group)) + ":\n";
    for (const Flag* flag : flags) text += FlagLines(*flag);
  }
  text += "\nExamples:\n";
  for (std::string_view rest = command.examples; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    text += "  " + std::string(rest.substr(0, end)) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return text;
}

}  // namespace headrace::cli
