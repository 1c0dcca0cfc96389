#pragma once
// A matrix of field ends, turned: eight columns at a time into lists of their fields' begins and ends.
// Takes: field ends by row. Gives: begins and ends by column. Owns: nothing. Threads: functions without state.
// Fails: never.
#include <cstddef>
#include <cstdint>

namespace headrace {
inline namespace v0 {

inline constexpr uint32_t kTileColumns = 8;

/// Up to eight columns of a window, a list a column, all `stride` entries apart.
struct ColumnTile {
  uint32_t* begins = nullptr;  ///< room for kTileColumns + 1 lists
  uint32_t* ends = nullptr;    ///< room for kTileColumns lists
  size_t stride = 0;           ///< at least `rows` rounded up to eight
};

/// Fill in `count` (at most eight) columns from the one that `ends` points at in row 0; rows lie `columns` entries
/// apart, and 64 entries behind the last may be read. Of the lists of begins the first is not filled: its fields begin
/// where nobody told; the others begin behind the end to their left. Fields lose `quote` (0 or 1) bytes on either side.
/// Entries behind the last row of a list are written: they hold anything. Return a mask of the columns with an empty
/// field, of all but the first.
using TurnColumnsFn = uint32_t (*)(const uint32_t* ends, uint32_t columns, uint32_t rows, uint32_t count,
                                   uint32_t quote, const ColumnTile& tile);

}  // namespace v0
}  // namespace headrace
