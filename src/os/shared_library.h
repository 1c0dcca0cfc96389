#pragma once
// A library of the system that is loaded when it is first needed: linked, it would cost every start the time to load it
// and all that it needs. Takes: its file's name. Gives: its functions. Owns: the library, for the process, for threads
// and handlers of it may outlive us. Threads: one at a time. Fails: what is not to be found has no function.
#include <dlfcn.h>

namespace headrace {
inline namespace v0 {

class SharedLibrary {
 public:
  explicit SharedLibrary(const char* file_name) : library_(dlopen(file_name, RTLD_NOW | RTLD_LOCAL)) {}

  /// Find a function; false where there is none, or no library.
  template <class Function>
  bool Find(const char* name, Function* function) const {
    *function = library_ == nullptr ? nullptr : reinterpret_cast<Function>(dlsym(library_, name));
    return *function != nullptr;
  }

 private:
  void* library_;
};

}  // namespace v0
}  // namespace headrace
