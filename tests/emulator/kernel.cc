// As much of a kernel as a statically linked Linux program of one thread needs: it loads the program, gives it memory
// (with pages that cannot be touched), and passes on what it writes. The program runs at the kernel's privilege:
// nothing here protects anything but the tests' guard pages.
//
// On the disk (run.py):
//   block 0  the number of the program's blocks, 8 bytes
//   block 1  the program's arguments and, behind an empty line, its environment, a line each; up to a byte of 0
//   block 9  the program, an ELF file
#include <cstddef>
#include <cstdint>

extern "C" {
void EnterProgram(uint64_t entry, uint64_t stack);
void SystemCallEntry();
extern const uint64_t fault_addresses[32];
}

namespace {

constexpr uint64_t kPage = 4096, kMemory = uint64_t{512} << 20;
constexpr uint64_t kTables = 0x200000;                      // 512 MiB in pages: a MiB of tables, then those above them
constexpr uint64_t kBreakLimit = 0x4000000;                 // the program's end may move up to here
constexpr uint64_t kImage = 0x8000000, kWords = 0xF000000;  // what is read from the disk
constexpr uint64_t kStackEnd = 0x10000000, kMapped = 0x10000000;  // mapped memory is behind the stack
constexpr uint64_t kBlock = 512, kWordBlocks = 8;
constexpr uint64_t kPresent = 3;  // and writable

uint64_t program_break, next_mapped = kMapped;

// ----------------------------------------------------------------------------------------------------------- machine

void OutByte(uint16_t port, uint8_t value) { asm volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
void Put(char c) { OutByte(0xE9, static_cast<uint8_t>(c)); }
void Put(const char* text) {
  while (*text != '\0') Put(*text++);
}
void PutNumber(uint64_t number, unsigned base) {
  char digits[24];
  int size = 0;
  do digits[size++] = "0123456789abcdef"[number % base];
  while ((number /= base) != 0);
  while (size > 0) Put(digits[--size]);
}

[[noreturn]] void Stop() {
  for (const char* word = "Shutdown"; *word != '\0'; word++) OutByte(0x8900, static_cast<uint8_t>(*word));
  for (;;) asm volatile("cli; hlt");
}

[[noreturn]] void Die(const char* what, uint64_t number) {
  Put("\nemulator: ");
  Put(what);
  Put(" 0x");
  PutNumber(number, 16);
  Put("\n");
  Stop();
}

uint8_t InByte(uint16_t port) {
  uint8_t value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

// Read a block of the first disk.
void ReadBlock(uint64_t block, uint64_t to) {
  OutByte(0x1F6, static_cast<uint8_t>(0xE0 | block >> 24));
  OutByte(0x1F2, 1);
  for (uint16_t i = 0; i < 3; i++) OutByte(static_cast<uint16_t>(0x1F3 + i), static_cast<uint8_t>(block >> 8 * i));
  OutByte(0x1F7, 0x20);
  uint8_t status;
  do status = InByte(0x1F7);
  while ((status & 0x80) != 0 || (status & 0x09) == 0);
  if ((status & 0x01) != 0) Die("cannot read block", block);
  uint64_t words = kBlock / 2;
  asm volatile("rep insw" : "+D"(to), "+c"(words) : "d"(uint16_t{0x1F0}) : "memory");
}

void ReadBlocks(uint64_t from, uint64_t count, uint64_t to) {
  for (uint64_t i = 0; i < count; i++) ReadBlock(from + i, to + i * kBlock);
}

void WriteMsr(uint32_t msr, uint64_t value) {
  asm volatile("wrmsr" : : "c"(msr), "a"(static_cast<uint32_t>(value)), "d"(static_cast<uint32_t>(value >> 32)));
}

struct [[gnu::packed]] TablePointer {
  uint16_t limit;
  uint64_t address;
};
struct Gate {
  uint16_t low, selector, type, middle;
  uint32_t high, zero;
};
Gate gates[32];
const uint64_t segments[] = {0, 0x00AF9A000000FFFF, 0x00CF92000000FFFF};  // as in rom.S, which goes out of sight

void SetFaults() {
  const TablePointer segment_pointer = {sizeof segments - 1, reinterpret_cast<uint64_t>(segments)};
  asm volatile("lgdt %0" : : "m"(segment_pointer));
  for (int i = 0; i < 32; i++) {
    const uint64_t to = fault_addresses[i];
    gates[i] = {static_cast<uint16_t>(to),       8, 0x8E00, static_cast<uint16_t>(to >> 16),
                static_cast<uint32_t>(to >> 32), 0};
  }
  const TablePointer pointer = {sizeof gates - 1, reinterpret_cast<uint64_t>(gates)};
  asm volatile("lidt %0" : : "m"(pointer));
}

uint64_t* PageEntry(uint64_t address) { return reinterpret_cast<uint64_t*>(kTables) + address / kPage; }

// All memory in pages of 4 KiB, where it is; not the first page.
void SetPages() {
  auto* tables = reinterpret_cast<uint64_t*>(kTables + kMemory / kPage * 8);
  uint64_t *middle = tables, *third = tables + 512, *fourth = tables + 1024;
  for (int i = 0; i < 3 * 512; i++) tables[i] = 0;
  for (uint64_t at = 0; at < kMemory; at += kPage) *PageEntry(at) = at == 0 ? 0 : at | kPresent;
  for (uint64_t i = 0; i < kMemory >> 21; i++) middle[i] = (kTables + i * kPage) | kPresent;
  third[0] = reinterpret_cast<uint64_t>(middle) | kPresent;
  fourth[0] = reinterpret_cast<uint64_t>(third) | kPresent;
  asm volatile("mov %0, %%cr3" : : "r"(fourth) : "memory");
}

void Protect(uint64_t address, uint64_t size, bool present) {
  for (uint64_t at = address & ~(kPage - 1); at < address + size; at += kPage) {
    *PageEntry(at) = present ? at | kPresent : at;
    asm volatile("invlpg (%0)" : : "r"(at) : "memory");
  }
}

// ------------------------------------------------------------------------------------------------------ system calls

// By Linux's numbers. Of any other the program is told that there is none.
// clang-format off
enum Call : uint64_t {
  kRead = 0, kWrite = 1, kOpen = 2, kClose = 3, kStat = 4, kMmap = 9, kMprotect = 10, kMunmap = 11, kBrk = 12,
  kSigaction = 13, kSigprocmask = 14, kIoctl = 16, kWritev = 20, kMadvise = 28, kGetpid = 39, kExit = 60,
  kGetcwd = 79, kReadlink = 89, kArchPrctl = 158, kGettid = 186, kFutex = 202, kGetaffinity = 204,
  kSetTidAddress = 218, kClockGettime = 228, kExitGroup = 231, kTgkill = 234, kOpenat = 257, kNewfstatat = 262,
  kReadlinkat = 267, kSetRobustList = 273, kGetrandom = 318,
};
// clang-format on
constexpr int64_t kNoEntry = -2, kNoMemory = -12, kInvalid = -22, kNoTerminal = -25, kNoCall = -38;

int64_t Write(uint64_t file, const char* bytes, uint64_t size) {
  if (file != 1 && file != 2) return kInvalid;
  for (uint64_t i = 0; i < size; i++) Put(bytes[i]);
  return static_cast<int64_t>(size);
}

int64_t WriteVector(uint64_t file, const uint64_t* parts, uint64_t count) {
  int64_t sum = 0;
  for (uint64_t i = 0; i < count; i++)
    sum += Write(file, reinterpret_cast<const char*>(parts[2 * i]), parts[2 * i + 1]);
  return sum;
}

// Memory without a file, and never the same again: what is unmapped is not used once more.
int64_t Map(uint64_t size, uint64_t protection) {
  size = (size + kPage - 1) & ~(kPage - 1);
  if (size > kMemory - next_mapped) return kNoMemory;
  const uint64_t at = next_mapped;
  next_mapped += size;
  Protect(at, size, true);
  auto* words = reinterpret_cast<uint64_t*>(at);
  asm volatile("rep stosq" : "+D"(words) : "c"(size / 8), "a"(0) : "memory");
  if (protection == 0) Protect(at, size, false);
  return static_cast<int64_t>(at);
}

int64_t Break(uint64_t wanted) {
  if (wanted > program_break && wanted <= kBreakLimit) program_break = wanted;
  return static_cast<int64_t>(program_break);
}

int64_t Time(uint64_t* seconds_and_nanoseconds) {
  uint32_t low, high;
  asm volatile("rdtsc" : "=a"(low), "=d"(high));
  const uint64_t ticks = uint64_t{high} << 32 | low;
  seconds_and_nanoseconds[0] = ticks / 1000000000;
  seconds_and_nanoseconds[1] = ticks % 1000000000;
  return 0;
}

}  // namespace

extern "C" [[noreturn]] void Fault(uint64_t number, uint64_t code, uint64_t instruction, uint64_t address) {
  Put("\nemulator: fault ");
  PutNumber(number, 10);
  Put(" (code ");
  PutNumber(code, 16);
  Put(", address 0x");
  PutNumber(address, 16);
  Put(") at 0x");
  PutNumber(instruction, 16);
  Put("\n");
  Stop();
}

extern "C" int64_t SystemCall(uint64_t a, uint64_t b, uint64_t c, uint64_t, uint64_t, uint64_t, uint64_t number) {
  switch (number) {
    case kWrite:
      return Write(a, reinterpret_cast<const char*>(b), c);
    case kWritev:
      return WriteVector(a, reinterpret_cast<const uint64_t*>(b), c);
    case kMmap:
      return Map(b, c);
    case kMprotect:
      Protect(a, b, c != 0);
      return 0;
    case kMunmap:
      Protect(a, b, false);
      return 0;
    case kBrk:
      return Break(a);
    case kArchPrctl:  // the thread's own memory
      if (a != 0x1002) return kInvalid;
      WriteMsr(0xC0000100, b);
      return 0;
    case kClockGettime:
      return Time(reinterpret_cast<uint64_t*>(b));
    case kGetrandom:
      for (uint64_t i = 0; i < b; i++) reinterpret_cast<char*>(a)[i] = static_cast<char>(i * 37);
      return static_cast<int64_t>(b);
    case kGetaffinity:
      if (b < 8) return kInvalid;
      *reinterpret_cast<uint64_t*>(c) = 1;
      return 8;
    case kExit:
    case kExitGroup:
      Put("\nemulator: exit ");
      PutNumber(a & 255, 10);
      Put("\n");
      Stop();
    case kTgkill:
      Die("aborted, signal", c);
    case kGetcwd:
      reinterpret_cast<uint16_t*>(a)[0] = '/';
      return 2;
    case kGetpid:
    case kGettid:
    case kSetTidAddress:
      return 1;
    case kSigaction:
    case kSigprocmask:
    case kMadvise:
    case kFutex:
    case kSetRobustList:
    case kClose:
      return 0;
    case kIoctl:
      return kNoTerminal;
    case kRead:
      return 0;  // the end
    case kOpen:
    case kStat:
    case kReadlink:
    case kOpenat:
    case kNewfstatat:
    case kReadlinkat:
      return kNoEntry;
    default:
      return kNoCall;
  }
}

// ----------------------------------------------------------------------------------------------------------- program

namespace {

struct ElfHead {
  uint8_t ident[16];
  uint16_t type, machine;
  uint32_t version;
  uint64_t entry, segments_at, sections_at;
  uint32_t flags;
  uint16_t size, segment_size, num_segments;
};
struct ElfSegment {
  uint32_t type, flags;
  uint64_t offset, address, physical, in_file, in_memory, alignment;
};

void Copy(uint64_t to, uint64_t from, uint64_t size) {
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

void LoadProgram(const ElfHead& head) {
  const auto* segments = reinterpret_cast<const ElfSegment*>(kImage + head.segments_at);
  for (int i = 0; i < head.num_segments; i++) {
    const ElfSegment& segment = segments[i];
    if (segment.type != 1) continue;
    Copy(segment.address, kImage + segment.offset, segment.in_file);
    for (uint64_t at = segment.in_file; at < segment.in_memory; at++) reinterpret_cast<char*>(segment.address)[at] = 0;
    const uint64_t end = (segment.address + segment.in_memory + kPage - 1) & ~(kPage - 1);
    if (end > program_break) program_break = end;
  }
  uint64_t* zeros = reinterpret_cast<uint64_t*>(program_break);
  asm volatile("rep stosq" : "+D"(zeros) : "c"((kBreakLimit - program_break) / 8), "a"(0) : "memory");
}

// The stack that a program begins with: count, arguments, environment, facts about the program and the machine.
uint64_t MakeStack(const ElfHead& head) {
  uint64_t words[256];
  int size = 1, count = 0;
  bool in_environment = false;
  for (char* line = reinterpret_cast<char*>(kWords); *line != '\0';) {
    char* end = line;
    while (*end != '\n') end++;
    *end = '\0';
    if (end == line) {
      words[size++] = 0;
      in_environment = true;
    } else {
      words[size++] = reinterpret_cast<uint64_t>(line);
      count += in_environment ? 0 : 1;
    }
    line = end + 1;
  }
  words[0] = static_cast<uint64_t>(count);
  words[size++] = 0;
  static const uint8_t kSeed[16] = {1, 2, 3};
  const uint64_t facts[] = {3,  kImage + head.segments_at,
                            4,  head.segment_size,
                            5,  head.num_segments,
                            6,  kPage,
                            9,  head.entry,
                            25, reinterpret_cast<uint64_t>(kSeed),
                            23, 0,
                            0,  0};
  for (const uint64_t fact : facts) words[size++] = fact;
  const uint64_t stack = (kStackEnd - 4096 - static_cast<uint64_t>(size) * 8) & ~uint64_t{63};
  Copy(stack, reinterpret_cast<uint64_t>(words), static_cast<uint64_t>(size) * 8);
  return stack;
}

}  // namespace

extern "C" void KernelMain() {
  SetFaults();
  SetPages();
  WriteMsr(0xC0000081, uint64_t{8} << 32);  // STAR: code and stack segments
  WriteMsr(0xC0000082, reinterpret_cast<uint64_t>(SystemCallEntry));
  WriteMsr(0xC0000084, 0);
  ReadBlock(0, kImage);
  const uint64_t blocks = *reinterpret_cast<const uint64_t*>(kImage);
  ReadBlocks(1, kWordBlocks, kWords);
  ReadBlocks(1 + kWordBlocks, blocks, kImage);
  const auto& head = *reinterpret_cast<const ElfHead*>(kImage);
  LoadProgram(head);
  EnterProgram(head.entry, MakeStack(head));
}
