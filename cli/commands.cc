#include "cli/commands.h"

#include <limits>

namespace headrace::cli {
namespace {

constexpr int kMany = std::numeric_limits<int>::max();

constexpr Command kCommands[] = {
    {
        .id = kIngest,
        .name = "ingest",
        .arguments = "INPUT... -o OUTPUT",
        .min_arguments = 1,
        .max_arguments = kMany,
        .summary = "text in, typed columns out",
        .doc = R"(Read delimited text files and write their columns with their types.

INPUT is a file, a glob (** is any number of folders), a directory, a URI (s3://, gs://, http://, https://), @FILE for a list of such, one a line, or - for standard input. Inputs keep the order in which they are given; what a glob or a directory stands for is sorted by name. Compressed inputs (gzip, zstd, bz2, lz4, xz) and archives (zip, tar), which stand for the files in them, are known by their content.

OUTPUT has one of these forms:

  x.parquet    one Parquet file for all inputs
  x.arrow      one Arrow IPC file for all inputs (also x.feather)
  dir/         a directory, one Parquet file an input
  dir/         with --rows-per-file or --bytes-per-file: a directory of parts
  dir/         with --partition-by: a directory of Hive partitions
  -            an Arrow IPC stream on standard output

The output appears under its name only when it is complete. An existing one is an error unless --overwrite is given.)",
        .examples = R"(headrace ingest data/*.tsv -o all.parquet --columns 'id:uint32,name:string'
headrace ingest data/ -o all.parquet --schema examples/milan.toml
headrace ingest log.csv.gz -o log.parquet --schema log.toml --rejects bad.csv
cat a.csv | headrace ingest - -o - --columns 'a:int64,b:date' | reader)",
        .run = RunIngest,
    },
    {
        .id = kScan,
        .name = "scan",
        .arguments = "INPUT...",
        .min_arguments = 1,
        .max_arguments = kMany,
        .summary = "statistics of each column; writes no data",
        .doc =
            R"(Read inputs exactly as `ingest` does, but into statistics alone: the count, nulls, least, greatest and sum of each selected column.

Sums of integers and decimals are exact. Sums of floats are added in row order, so they are the same for any number of workers.)",
        .examples = R"(headrace scan data/*.tsv --schema examples/milan.toml
headrace scan p.csv --header --columns 'day:date,price:decimal(9,2)' --json)",
        .run = RunScan,
    },
    {
        .id = kExplain,
        .name = "explain",
        .arguments = "[INPUT...] [-o OUTPUT]",
        .min_arguments = 0,
        .max_arguments = kMany,
        .summary = "the plan, and why each knob has its value; runs nothing",
        .doc =
            R"(Show what `ingest` or `scan` would do with the same command line: the machine as it is seen, the inputs and the units they are cut into, and each knob with its value, where that comes from (default, user, detected) and why. Without inputs, show the machine.

With --topology: the plan for the machine of that file, with rates by the model of docs/tuning.md; nothing of it is measured.)",
        .examples = R"(headrace explain
headrace explain data/*.tsv --workers conservative --json
headrace explain --topology tests/topologies/m4-pro-14.xml)",
        .run = RunExplain,
    },
    {
        .id = kSniff,
        .name = "sniff",
        .arguments = "INPUT...",
        .min_arguments = 1,
        .max_arguments = kMany,
        .summary = "dialect and columns of the inputs, as a schema file",
        .doc =
            R"(Find the delimiter, quote, comments, preamble and header of the inputs, one for all, and the types of their columns, and print them as a schema file that --schema accepts, with the confidence and the reasons as comments. A file that disagrees with the others is named. What flags declare is not guessed.

The exit code is 2 where no dialect is sure enough.)",
        .examples = R"(headrace sniff data/*.csv > data.toml
headrace ingest data/*.csv -o data.parquet --schema data.toml)",
        .run = RunSniff,
    },
    {
        .id = kBench,
        .name = "bench",
        .arguments = "INPUT...",
        .min_arguments = 1,
        .max_arguments = kMany,
        .summary = "measure this machine on these files; writes no data",
        .doc =
            R"(Measure how fast this machine reads the files, copies memory, and scans the files with one worker and with all, as `headrace scan` does, each in a process of its own. What the system's cache holds of the files is read from there: the second round is warm.

With --levels: run the scan at each --level in turn, --rounds times, and print the tuning guide's table for this machine: rows and bytes a second, seconds, peak memory, gain over the baseline (medians). Two rows change the result, and are marked: float32 in place of float64, and --no-nulls. Other flags go to every scan.)",
        .examples = R"(headrace bench data/*.tsv --schema examples/milan.toml
headrace bench --levels data/*.tsv --schema examples/milan.toml --json)",
        .run = RunBench,
    },
    {
        .id = kVerify,
        .name = "verify",
        .arguments = "OUTPUT",
        .min_arguments = 1,
        .max_arguments = 1,
        .summary = "re-read an output against its manifest and its own promises",
        .doc =
            R"(Read an output back and check it: rows, statistics and checksums, against OUTPUT.manifest.json where `ingest --manifest` left one, and otherwise against what the files themselves promise (footers, page checksums, statistics recomputed).

The exit code is 0 when all is well, 1 when something does not match, 2 when the output cannot be read at all.)",
        .examples = "headrace verify all.parquet",
        .run = RunVerify,
    },
    {
        .id = kGenMilan,
        .name = "gen milan",
        .arguments = "-o DIR",
        .min_arguments = 0,
        .max_arguments = 0,
        .summary = "sample data in the shape of the Milan telecom grid",
        .doc =
            R"(Write sample files in the shape of the Telecom Italia "SMS, Call, Internet" grid of Milan: eight tab-separated fields without a header, one file a day, empty fields where nothing was measured. The same --seed gives the same bytes for any number of workers.)",
        .examples = R"(headrace gen milan -o sample --days 2 --rows 200000
headrace scan sample --schema examples/milan.toml)",
        .run = RunGenMilan,
    },
    {
        .id = kCompletion,
        .name = "completion",
        .arguments = "bash",
        .min_arguments = 1,
        .max_arguments = 1,
        .summary = "a completion script for the shell",
        .doc = "Print a completion script. For one session: source <(headrace completion bash)",
        .examples = "headrace completion bash > /etc/bash_completion.d/headrace",
        .run = RunCompletion,
        .hidden = true,
    },
    {
        .id = kManpage,
        .name = "manpage",
        .arguments = "",
        .min_arguments = 0,
        .max_arguments = 0,
        .summary = "the manual page, as roff",
        .doc = "Print the manual page. To read it: man <(headrace manpage)",
        .examples = "headrace manpage > headrace.1",
        .run = RunManpage,
        .hidden = true,
    },
};

}  // namespace

std::span<const Command> Commands() { return kCommands; }

}  // namespace headrace::cli
