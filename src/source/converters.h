#pragma once
// The three kinds of converters: UTF-16; a table, for encodings of one byte a character; iconv for all others.
// Takes: iconv's names. Gives: Converter. Fails: Status where iconv does not know the name.
#include "source/encoding.h"

namespace headrace {
inline namespace v0 {

std::unique_ptr<Converter> MakeUtf16Converter(bool big_endian);

/// Return a converter by table; none where the encoding has characters of several bytes, or a state.
std::unique_ptr<Converter> MakeByteConverter(const std::string& iconv_name);

Result<std::unique_ptr<Converter>> MakeIconvConverter(const std::string& iconv_name);

}  // namespace v0
}  // namespace headrace
