// base/freed.h — the deleter of what a C library frees by a function: std::unique_ptr<BIO, Freed<BIO_free_all>>.
#pragma once

namespace rig {

template <auto free_function>
struct Freed {
  template <class T>
  void operator()(T* p) const {
    free_function(p);
  }
};

}  // namespace rig
