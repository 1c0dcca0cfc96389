#include "source/curl_api.h"

#include <dlfcn.h>

namespace headrace {
inline namespace v0 {
namespace {

#ifdef __APPLE__
constexpr const char* kLibrary = "libcurl.4.dylib";
#else
constexpr const char* kLibrary = "libcurl.so.4";
#endif

template <class Function>
bool Find(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(library, name));
  return *function != nullptr;
}

Result<const CurlApi*> Load() {
  void* library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);  // never closed: its threads and handlers may outlive us
  static CurlApi api;
  const bool whole =
      library != nullptr && Find(library, "curl_global_init", &api.global_init) &&
      Find(library, "curl_easy_init", &api.easy_init) && Find(library, "curl_easy_cleanup", &api.easy_cleanup) &&
      Find(library, "curl_easy_reset", &api.easy_reset) && Find(library, "curl_easy_setopt", &api.easy_setopt) &&
      Find(library, "curl_easy_getinfo", &api.easy_getinfo) && Find(library, "curl_easy_pause", &api.easy_pause) &&
      Find(library, "curl_easy_strerror", &api.easy_strerror) &&
      Find(library, "curl_slist_append", &api.slist_append) &&
      Find(library, "curl_slist_free_all", &api.slist_free_all) && Find(library, "curl_multi_init", &api.multi_init) &&
      Find(library, "curl_multi_cleanup", &api.multi_cleanup) &&
      Find(library, "curl_multi_add_handle", &api.multi_add_handle) &&
      Find(library, "curl_multi_remove_handle", &api.multi_remove_handle) &&
      Find(library, "curl_multi_perform", &api.multi_perform) && Find(library, "curl_multi_poll", &api.multi_poll) &&
      Find(library, "curl_multi_info_read", &api.multi_info_read);
  if (!whole || api.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return Status::NotImplemented("URLs are read with libcurl, which is not to be found here (", kLibrary,
                                  ")\nfix: install it (Debian: libcurl4), or download the file first");
  }
  return &api;
}

}  // namespace

Result<const CurlApi*> LoadCurl() {
  static const Result<const CurlApi*> loaded = Load();
  return loaded;
}

}  // namespace v0
}  // namespace headrace
