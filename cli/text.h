#pragma once
// Text for people: numbers with units, control bytes made visible, aligned tables, wrapped paragraphs. No I/O.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::cli {

std::string Grouped(int64_t value);                        ///< 1,234,567
std::string Scaled(double value);                          ///< three significant digits: 999, 12.3k, 4.56M, 7.89G
std::string HumanBytes(double bytes);                      ///< decimal units: 512 B, 1.23 GB
std::string HumanSeconds(double seconds);                  ///< 0.123 s, 12.3 s, 2 min 03 s
std::string Plural(int64_t count, std::string_view noun);  ///< 1 row, 1,234 rows

/// Make control bytes and bytes that are not UTF-8 visible (\t, \n, \x1b), and cut after `max_bytes` of text with
/// "...".
std::string Visible(std::string_view raw, size_t max_bytes);

/// Return an input's path as messages name it.
std::string ShownInput(std::string_view path);

/// Rows of cells as text: columns two spaces apart; those whose letter in `align` is 'r' are set to the right.
std::string AlignedTable(const std::vector<std::vector<std::string>>& rows, std::string_view align);

/// Break `text` at spaces into lines of at most `width` characters, each after `indent` spaces.
std::string Wrapped(std::string_view text, size_t indent, size_t width);

/// Return the paragraphs of a text: separated by empty lines. Those that begin with a space keep their lines.
std::vector<std::string_view> Paragraphs(std::string_view text);

}  // namespace headrace::cli
