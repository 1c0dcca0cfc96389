#include "exact/tables.h"

#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "exact/columns.h"
#include "exact/texts.h"
#include "exact/values.h"
#include "parse/test_records.h"
#include "simd/level.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kTableBytes = 16 << 10;

// A dialect and its columns.
struct Shape {
  ParserOptions options;
  std::vector<ColumnSpec> specs;
  std::string name;
};

std::vector<Shape> AllShapes() {
  constexpr TypeKind kKinds[] = {TypeKind::kInt64,     TypeKind::kFloat64, TypeKind::kString,
                                 TypeKind::kDate,      TypeKind::kInt16,   TypeKind::kFloat32,
                                 TypeKind::kTimestamp, TypeKind::kDecimal, TypeKind::kBinary};
  std::vector<Shape> shapes;
  for (const uint32_t columns : {1, 2, 3, 5, 8, 17}) {
    for (const bool quoting : {true, false}) {
      for (const char terminator : {'\n', '\r'}) {
        Shape shape;
        shape.options.columns = columns;
        shape.options.dialect.bytes.quoting = quoting;
        shape.options.dialect.bytes.terminator = terminator;
        shape.options.dialect.has_comment = columns == 3;
        shape.options.max_record_bytes = 1 << 20;
        shape.options.window_bytes = columns * 700;
        for (uint32_t i = 0; i < columns; i++) {
          ColumnSpec spec;
          spec.type.kind = kKinds[(i + shapes.size()) % std::size(kKinds)];
          if (spec.type.kind == TypeKind::kDecimal) spec.type.precision = 15, spec.type.scale = 2;
          shape.specs.push_back(spec);
        }
        shape.name =
            "table of " + std::to_string(columns) + (quoting ? "" : ", no quotes") + (terminator == '\r' ? ", CR" : "");
        shapes.push_back(shape);
      }
    }
  }
  return shapes;
}

void AppendField(std::string_view text, bool quoted, std::string* table) {
  if (!quoted) {
    *table += text;
    return;
  }
  *table += '"';
  for (const char byte : text) {
    if (byte == '"') *table += '"';
    *table += byte;
  }
  *table += '"';
}

// A table without damage to its structure; now and then a field is damaged.
std::string WholeTable(const Shape& shape, Random& random) {
  std::vector<Writer> writers;
  for (const ColumnSpec& spec : shape.specs) writers.push_back(DrawWriter(spec, random));
  const bool quoting = shape.options.dialect.bytes.quoting, crlf = random() % 3 == 0;
  const uint64_t quoted_of_8 = quoting ? random() % 9 : 0, damaged_in = uint64_t{8} << random() % 6;
  std::string table;
  char field[TextWindow::kMaxFieldBytes];
  while (table.size() < kTableBytes) {
    for (size_t i = 0; i < shape.specs.size(); i++) {
      const char* end = field;
      if (random() % 32 != 0) {
        end = random() % damaged_in == 0 ? WriteDamaged(shape.specs[i], writers[i], random, field)
                                         : writers[i](random, field);
      }
      if (i > 0) table += ',';
      AppendField({field, static_cast<size_t>(end - field)}, random() % 8 < quoted_of_8, &table);
    }
    if (crlf) table += '\r';
    table += shape.options.dialect.bytes.terminator;
  }
  if (random() % 2) table.pop_back();  // a last record without a terminator
  return table;
}

// What a hand or a disk does to a table.
void DamageTable(Random& random, std::string* table) {
  constexpr std::string_view kStructure = ",\n\r\"";
  const uint64_t times = random() % 4 == 0 ? 0 : random() % (table->size() >> (6 + random() % 5));
  for (uint64_t i = 0; i < times; i++) {
    const size_t place = random() % table->size();
    const size_t separator = table->find_first_of(kStructure, place);
    const char byte = random() % 4 ? kStructure[random() % kStructure.size()] : static_cast<char>(random());
    switch (random() % 8) {
      case 0:
        if (separator != std::string::npos) table->erase(separator, 1);
        break;
      case 1:
        if (separator != std::string::npos) table->insert(separator, 1, (*table)[separator]);
        break;
      case 2:
        table->insert(place, 1, byte);
        break;
      case 3:
        (*table)[place] = byte;
        break;
      case 4:
        table->insert(place, random() % 2 ? "\n\n" : "\r\n\r\n");
        break;
      case 5:
        table->insert(place, random() % 2 ? "\n#, \"a\n" : "\"\"");
        break;
      default:
        table->erase(place, 1);
        break;
    }
    if (table->empty()) *table = "\n";
  }
}

std::string ShowLine(const Line& line) {
  std::string text = line.kind + " at " + std::to_string(line.begin) + ":";
  for (const std::string& field : line.fields) text += " '" + Printable(field) + "'";
  return text;
}

// One thread's parsers, of every level, and its columns' comparers.
class TableComparer {
 public:
  TableComparer(const Shape& shape, const std::vector<std::vector<LevelDecoder>>& decoders, Differences* differences)
      : shape_(shape), differences_(differences) {
    for (const SimdLevel level : SimdLevels()) {
      ForceSimdLevelForTesting(level);
      readers_.push_back(std::make_unique<WindowReader>(shape.options));
      readers_.back()->parser.set_max_records(kWindowFields);
    }
    for (size_t i = 0; i < shape.specs.size(); i++) {
      columns_.push_back(
          std::make_unique<ColumnComparer>(shape.name + ", column " + std::to_string(i), decoders[i], differences));
      references_.push_back(ReferenceOf(shape.specs[i]));
    }
  }

  /// Compare one table. Return its records.
  int64_t Compare(Random& random, const std::string& round, Tally* tally) {
    std::string table = WholeTable(shape_, random);
    DamageTable(random, &table);
    const std::vector<Line> wanted = Sorted(ReadPlainly(shape_.options, table));
    // At every offset from the begin of the text, the bytes around it as harmful as they can be.
    const auto offset = static_cast<uint32_t>(random() % 64);
    const char around = "\",\n9"[random() % 4];
    const std::string padded = std::string(kTextPadding + offset, around) + table + std::string(kTextPadding, around);
    const size_t chunk = random() % 2 ? table.size() : 64 + random() % 4096;
    Tally again;  // the fields that other levels' parsers found are the same ones
    for (size_t level = 0; level < readers_.size(); level++) {
      Tally* of_level = level == 0 ? tally : &again;
      const auto end = static_cast<uint32_t>(offset + table.size());
      const std::vector<Line> got = Sorted(
          ReadInWindows(readers_[level].get(), padded.data() + kTextPadding, offset, end, chunk,
                        [&](uint32_t column, const FieldList& fields) { CompareFields(column, fields, of_level); }));
      if (got != wanted) NoteLines(SimdLevels()[level], round, got, wanted);
    }
    return static_cast<int64_t>(wanted.size());
  }

 private:
  void CompareFields(uint32_t column, const FieldList& fields, Tally* tally) {
    columns_[column]->Decode(fields, fields.size % 64, tally);
    columns_[column]->CompareWith(references_[column], tally);
  }

  void NoteLines(SimdLevel level, const std::string& round, const std::vector<Line>& got,
                 const std::vector<Line>& wanted) const {
    size_t i = 0;
    while (i < got.size() && i < wanted.size() && got[i] == wanted[i]) i++;
    differences_->Note(shape_.name + ", " + round + ", record " + std::to_string(i) + ": " +
                       std::string(SimdLevelName(level)) + " " + (i < got.size() ? ShowLine(got[i]) : "none") +
                       ", plain reader " + (i < wanted.size() ? ShowLine(wanted[i]) : "none"));
  }

  const Shape& shape_;
  Differences* differences_;
  std::vector<std::unique_ptr<WindowReader>> readers_;
  std::vector<std::unique_ptr<ColumnComparer>> columns_;
  std::vector<Reference> references_;
};

// Return the records.
int64_t CompareShape(const Shape& shape, uint64_t number, int64_t records, const TablesOptions& options, Tally* sum,
                     Differences* differences) {
  std::vector<std::vector<LevelDecoder>> decoders;
  for (const ColumnSpec& spec : shape.specs) decoders.push_back(DecodersOf(spec));
  std::vector<std::unique_ptr<TableComparer>> comparers;
  for (int i = 0; i < options.threads; i++) {
    comparers.push_back(std::make_unique<TableComparer>(shape, decoders, differences));
  }
  std::vector<Tally> tallies(comparers.size());
  std::atomic<uint64_t> next_round = 0;
  std::atomic<int64_t> done = 0;
  RunThreads(options.threads, [&](int thread) {
    const auto i = static_cast<size_t>(thread);
    while (done < records) {
      const uint64_t round = next_round++;
      std::seed_seq seeds{options.seed, 1000 + number, round};
      Random random(seeds);
      done += comparers[i]->Compare(random, "round " + std::to_string(round), &tallies[i]);
    }
  });
  for (const Tally& tally : tallies) *sum += tally;
  return done;
}

}  // namespace

Tally CompareTables(const TablesOptions& options, Differences* differences) {
  const std::vector<Shape> shapes = AllShapes();
  const auto start = std::chrono::steady_clock::now();
  const int64_t before = differences->count(), share = (options.records - 1) / static_cast<int64_t>(shapes.size()) + 1;
  Tally sum;
  int64_t records = 0;
  for (size_t i = 0; i < shapes.size(); i++) {
    records += CompareShape(shapes[i], i, share, options, &sum, differences);
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  PrintLine("tables, damaged", sum, differences->count() - before, seconds.count());
  std::printf("  %ld records, blank lines and comments\n", records);
  return sum;
}

}  // namespace v0
}  // namespace headrace
