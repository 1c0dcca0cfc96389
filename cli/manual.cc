// The manual in three forms: roff, Markdown, and what a shell completes.
#include "cli/help.h"
#include "cli/text.h"

namespace headrace::cli {
namespace {

constexpr std::string_view kExitCodes[][2] = {
    {"0", "Clean."},
    {"1", "Finished, but records were rejected or values nulled; for `verify`, something does not match."},
    {"2",
     "Failed, or wrong usage. Nothing was published, but where the message begins with \"the output is complete\"."},
    {"129, 130, 143",
     "Stopped by SIGHUP, SIGINT or SIGTERM. Nothing was published; a second signal ends the program at once."},
    {"141", "The reader of standard output went away. Where --json prints there, the output is published."},
};

// Text as roff reads it: backslashes and hyphens stay themselves, a line never begins with a request.
std::string Roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
    if (c == '`') continue;
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string FlagDoc(const Flag& flag) {
  std::string doc(flag.doc);
  if (!flag.default_text.empty()) doc += " Default: " + std::string(flag.default_text) + ".";
  return doc;
}

// Text in a cell of a Markdown table.
std::string MarkdownCell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

// Names of the flags that `command` takes, and of their short forms.
std::string FlagWords(const Command& command) {
  std::string words;
  for (const Flag& flag : Flags()) {
    if (!(flag.commands & command.id)) continue;
    if (flag.letter != 0) words += std::string("-") + flag.letter + " ";
    words += std::string(flag.name) + " ";
  }
  words.pop_back();
  return words;
}

}  // namespace

std::string ManualPage() {
  std::string page = ".TH HEADRACE 1 \"\" \"headrace " HEADRACE_VERSION
                     "\" \"User Commands\"\n.SH NAME\nheadrace \\- "
                     "delimited text into typed columns\n.SH SYNOPSIS\n";
  for (const Command& command : Commands()) {
    page += ".B headrace " + Roff(command.name) + "\n" + Roff(command.arguments) + "\n.br\n";
  }
  for (const Command& command : Commands()) {
    std::string title(command.name);
    for (char& c : title) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    page += ".SH " + title + "\n";
    for (const std::string_view paragraph : Paragraphs(command.doc)) {
      const bool verbatim = paragraph.starts_with(' ');
      page += verbatim ? ".PP\n.nf\n" + Roff(paragraph) + "\n.fi\n" : ".PP\n" + Roff(paragraph) + "\n";
    }
    for (const auto& [group, flags] : GroupsOf(command)) {
      if (command.id & (kCompletion | kManpage)) break;
      page += ".SS " + Roff(GroupTitle(group)) + "\n";
      for (const Flag* flag : flags) {
        page += ".TP\n.B " + Roff(FlagSpelling(*flag)) + "\n" + Roff(FlagDoc(*flag)) + "\n";
      }
    }
    page += ".SS Examples\n.nf\n" + Roff(command.examples) + "\n.fi\n";
  }
  page += ".SH EXIT STATUS\n";
  for (const auto& [code, meaning] : kExitCodes) page += ".TP\n.B " + Roff(code) + "\n" + Roff(meaning) + "\n";
  page += ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nNo colour, on any terminal.\n";
  return page;
}

std::string MarkdownManual() {
  std::string page =
      "# The command line\n\n<!-- Made by `headrace --help-markdown`: change cli/flags.cc or "
      "cli/commands.cc, not this file. -->\n";
  for (const Command& command : Commands()) {
    page += "\n## headrace " + std::string(command.name) + "\n\n```\nheadrace " + std::string(command.name) +
            (command.arguments.empty() ? "" : " " + std::string(command.arguments)) + " [FLAG...]\n```\n";
    for (const std::string_view paragraph : Paragraphs(command.doc)) {
      const bool verbatim = paragraph.starts_with(' ');
      page += verbatim ? "\n```\n" + std::string(paragraph) + "\n```\n" : "\n" + std::string(paragraph) + "\n";
    }
    for (const auto& [group, flags] : GroupsOf(command)) {
      if (command.id & (kCompletion | kManpage)) break;
      page += "\n**" + std::string(GroupTitle(group)) + "**\n\n| flag | meaning | default |\n|---|---|---|\n";
      for (const Flag* flag : flags) {
        page += "| `" + MarkdownCell(FlagSpelling(*flag)) + "` | " + MarkdownCell(flag->doc) + " | " +
                MarkdownCell(flag->default_text) + " |\n";
      }
    }
    page += "\n```sh\n" + std::string(command.examples) + "\n```\n";
  }
  page += "\n## Exit codes\n\n| code | meaning |\n|---|---|\n";
  for (const auto& [code, meaning] : kExitCodes) {
    page += "| " + std::string(code) + " | " + std::string(meaning) + " |\n";
  }
  return page;
}

std::string BashCompletion() {
  std::string names, cases;
  for (const Command& command : Commands()) {
    const std::string_view first = command.name.substr(0, command.name.find(' '));
    names += (names.empty() ? "" : " ") + std::string(first);
    cases += "    " + std::string(first) + ") flags='" + FlagWords(command) + "' ;;\n";
  }
  std::string values;
  for (const Flag& flag : Flags()) {
    if (flag.value.empty()) continue;
    values += "    " + std::string(flag.name) + (flag.letter != 0 ? std::string("|-") + flag.letter : "") + ")";
    std::string words;
    for (const std::string_view word : ValueWords(flag)) words += (words.empty() ? "" : " ") + std::string(word);
    const bool file = flag.value.starts_with("FILE") || flag.value == "OUTPUT" || flag.value == "DIR";
    values += file ? " _headrace_files" : " COMPREPLY=($(compgen -W '" + words + "' -- \"$word\"))";
    values += "; return ;;\n";
  }
  return "# bash completion for headrace; made by `headrace completion bash`\n"
         "_headrace_files() {\n  mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n}\n"
         "_headrace() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} flags=\n  COMPREPLY=()\n"
         "  if ((COMP_CWORD == 1)); then\n    COMPREPLY=($(compgen -W '" +
         names +
         " --help --version' -- \"$word\"))\n"
         "    return\n  fi\n"
         "  if ((COMP_CWORD == 2)) && [[ $previous == gen ]]; then\n"
         "    COMPREPLY=($(compgen -W 'milan' -- \"$word\")); return\n  fi\n"
         "  if ((COMP_CWORD == 2)) && [[ $previous == completion ]]; then\n"
         "    COMPREPLY=($(compgen -W 'bash' -- \"$word\")); return\n  fi\n"
         "  case $previous in\n" +
         values + "  esac\n  case ${COMP_WORDS[1]} in\n" + cases +
         "  esac\n"
         "  if [[ $word == -* ]]; then\n    COMPREPLY=($(compgen -W \"$flags\" -- \"$word\"))\n  else\n"
         "    _headrace_files\n  fi\n}\n"
         "complete -o filenames -F _headrace headrace\n";
}

}  // namespace headrace::cli
