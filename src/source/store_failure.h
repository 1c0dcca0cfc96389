#pragma once
// What the clients of object stores say of a failure, as a message for people.
// Takes: Arrow's Status. Gives: a Status that names the object, the cause and what to do, without credentials. Owns:
// nothing. Threads: pure. Fails: never.
#include "headrace/status.h"
#include "source/remote_uri.h"

namespace headrace {
inline namespace v0 {

/// Return whether the failure says that there is no such object.
bool IsMissing(const Status& failure);

Status StoreFailure(const RemoteUri& uri, const Status& failure);
Status NoBucket(const RemoteUri& uri);
Status NoObject(const RemoteUri& uri);

}  // namespace v0
}  // namespace headrace
