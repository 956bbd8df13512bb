// provider/wire/tsan_test.h — for test programs that use gRPC: what ThreadSanitizer must not say about its libraries.
//
// Debian's libraries are built without ThreadSanitizer, which therefore does not see how they synchronise and takes
// their inside for races. Reports that lie in our code alone are kept. Include it in one file of a program.
#pragma once

extern "C" const char* __tsan_default_suppressions() {
  return "race:libgrpc\n"
         "race:libgpr\n"
         "race:libabsl\n"
         "race:libprotobuf\n"
         "mutex:libgrpc\n"
         "deadlock:libgrpc\n"
         "deadlock:libabsl\n";
}
