#pragma once
// The texts made from the tables of commands and flags.
#include <string>

#include "cli/commands.h"
#include "cli/flags.h"

namespace headrace::cli {

std::string GeneralHelp();
std::string CommandHelp(const Command& command);
std::string ManualPage();      ///< roff, section 1
std::string MarkdownManual();  ///< docs/cli.md
std::string BashCompletion();

/// Every group that `command` has flags of, in the order of the table.
std::vector<std::pair<Group, std::vector<const Flag*>>> GroupsOf(const Command& command);

}  // namespace headrace::cli
