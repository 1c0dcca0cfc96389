#include "ledger/json_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace headrace {
inline namespace v0 {
namespace {

std::string Quoted(std::string_view text) {
  std::string json;
  AppendJsonString(text, &json);
  return json;
}

TEST(JsonWriter, LaysItemsOnLinesDownToItsDepth) {
  JsonWriter json(2);
  json.BeginObject();
  json.Key("a").Int(-1);
  json.Key("b").BeginArray();
  json.BeginObject().Key("c").Bool(true).Key("d").Null().EndObject();
  json.BeginArray().Seconds(1).Seconds(0.1234567).Raw("1e5").EndArray();
  json.EndArray();
  json.Key("e").BeginArray().EndArray();
  json.EndObject();
  EXPECT_EQ(
      std::move(json).Finish(),
      "{\n  \"a\": -1,\n  \"b\": [\n    {\"c\": true, \"d\": null},\n    [1, 0.123457, 1e5]\n  ],\n  \"e\": []\n}\n");
}

TEST(JsonWriter, StringsOfAnyBytesAreJson) {
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    std::string text(random() % 12, '\0');
    // High bytes often, so that sequences of every length are nearly right.
    for (char& c : text) c = static_cast<char>(random() % 3 == 0 ? random() % 256 : 0x80 + random() % 128);
    const auto parsed = nlohmann::json::parse(Quoted(text), nullptr, false);
    ASSERT_TRUE(parsed.is_string()) << Quoted(text);
    ASSERT_EQ(parsed.get<std::string>(), EscapeInvalidUtf8(text));
    // The other judge of what is UTF-8.
    bool is_utf8 = true;
    try {
      (void)nlohmann::json(text).dump();
    } catch (const nlohmann::json::type_error&) {
      is_utf8 = false;
    }
    ASSERT_EQ(IsUtf8(text), is_utf8) << Quoted(text);
  }
}

TEST(JsonWriter, ControlBytesAreEscaped) {
  EXPECT_EQ(Quoted(std::string_view("\0\x1b\x7f\"\\\n\t\r/", 9)), "\"\\u0000\\u001b\\u007f\\\"\\\\\\n\\t\\r/\"");
  EXPECT_EQ(Quoted("\xff\xc0\x80\xf4\x90\x80\x80\xf4\x8f\xbf\xbf"),
            "\"\\\\xff\\\\xc0\\\\x80\\\\xf4\\\\x90\\\\x80\\\\x80\xf4\x8f\xbf\xbf\"");
}

TEST(JsonWriter, SecondsAreFinite) {
  JsonWriter json;
  json.BeginArray().Seconds(std::numeric_limits<double>::infinity()).Seconds(0).EndArray();
  EXPECT_EQ(std::move(json).Finish(), "[\n  null,\n  0\n]\n");
}

TEST(JsonWriter, KnowsNumbers) {
  for (const char* text :
       {"0", "-0", "1", "10", "-12.5", "1e5", "1E+5", "0.5e-300", "123456789012345678901234567890"}) {
    EXPECT_TRUE(IsJsonNumber(text)) << text;
    EXPECT_TRUE(nlohmann::json::accept(text)) << text;
  }
  for (const char* text : {"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "inf", "nan", "0x1", "1 ", " 1", "1,2"}) {
    EXPECT_FALSE(IsJsonNumber(text)) << text;
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
