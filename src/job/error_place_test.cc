#include <gtest/gtest.h>

#include <memory>

#include "headrace/options.h"
#include "headrace/status.h"

namespace headrace {
inline namespace v0 {
namespace {

std::shared_ptr<ErrorPlace> ExamplePlace() {
  auto place = std::make_shared<ErrorPlace>();
  place->path = "caf\xe9.csv";
  place->column = "price";
  place->reject.record = 3;
  place->reject.line = 4;
  place->reject.offset = 90;
  place->reject.field_offset = 95;
  place->reject.column = 1;
  place->reject.kind = RejectKind::kBadInteger;
  return place;
}

TEST(ErrorPlace, IsFoundInAStatusAndSaysWhere) {
  const Status status = Status::Invalid("bad value").WithDetail(ExamplePlace());
  const ErrorPlace* place = PlaceOf(status);
  ASSERT_NE(place, nullptr);
  EXPECT_EQ(place->reject.offset, 90);
  EXPECT_EQ(place->ToString(), "caf\\xe9.csv, record 3, line 4, byte 95, column 'price': bad_integer");
}

TEST(ErrorPlace, LeavesOutWhatIsNotKnown) {
  ErrorPlace place;
  place.path = "a.csv";
  place.reject.kind = RejectKind::kDamagedFile;
  EXPECT_EQ(place.ToString(), "a.csv, byte 0: damaged_file");
}

struct OtherDetail : arrow::StatusDetail {
  const char* type_id() const override { return "other"; }
  std::string ToString() const override { return "other"; }
};

TEST(ErrorPlace, IsNotFoundElsewhere) {
  EXPECT_EQ(PlaceOf(Status::OK()), nullptr);
  EXPECT_EQ(PlaceOf(Status::Invalid("plain")), nullptr);
  EXPECT_EQ(PlaceOf(Status::Invalid("x").WithDetail(std::make_shared<OtherDetail>())), nullptr);
}

TEST(Origin, EveryOriginHasItsName) {
  EXPECT_EQ(OriginName(Origin::kDefault), "default");
  EXPECT_EQ(OriginName(Origin::kUser), "user");
  EXPECT_EQ(OriginName(Origin::kDetected), "detected");
  EXPECT_EQ(OriginName(Origin::kTuned), "tuned");
  EXPECT_EQ(OriginName(Origin::kLevel), "level");
  EXPECT_EQ(OriginName(Origin::kSaved), "saved");
}

}  // namespace
}  // namespace v0
}  // namespace headrace
