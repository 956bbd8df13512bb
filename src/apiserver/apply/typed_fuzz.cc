// apiserver/apply/typed_fuzz.cc — libFuzzer: merging, comparing and dropping along a shape agree with each other.
#include "apiserver/apply/typed.h"

#include "apiserver/apply/widget_test.h"
#include "apiserver/bytes_fuzz.h"
#include "base/check.h"

namespace {

using namespace rig;
using namespace rig::apiserver;

bool is_nothing(FieldSet set) {
  drop_empty(set);
  return set.is_empty();
}

bool is_same(const Comparison& c) { return is_nothing(c.added) && is_nothing(c.modified) && is_nothing(c.removed); }

// A document that fits; null when the bytes made none.
json::Value fitting(Bytes& bytes) {
  json::Value document = bytes.document(widget());
  return document.is_object() && !misfit(widget(), document) ? document : json::Value();
}

void compared(const json::Value& a, const json::Value& b) {
  const Comparison there = compare(widget(), a, b), back = compare(widget(), b, a);
  CHECK(there.added == back.removed && there.removed == back.added && there.modified == back.modified);
  CHECK(is_nothing(common(there.added, there.removed)) && is_nothing(common(there.added, there.modified)));
  CHECK(is_same(compare(widget(), a, a)));
}

void merges(const json::Value& live, const json::Value& configuration) {
  const json::Value once = merged(widget(), live, configuration);
  CHECK(!misfit(widget(), once));
  CHECK(merged(widget(), once, configuration) == once);
  CHECK(merged(widget(), json::Object(), configuration) == configuration);
  CHECK(merged(widget(), live, json::Object()) == live);
  const FieldSet said = fields_of(widget(), configuration);
  CHECK(is_nothing(without(said, compare(widget(), json::Object(), once).added)));
}

void drops(const json::Value& document, const FieldSet& last, const FieldSet& owned) {
  const FieldSet all = fields_of(widget(), document);
  json::Value kept = document, dropped = document;
  drop_unowned(widget(), kept, last, united(all, owned));
  const bool has_unowned = json::to_text(document).find("[]") != std::string::npos;  // an empty list is nobody's
  CHECK(has_unowned || kept == document);
  drop_unowned(widget(), dropped, last, owned);
  CHECK(!misfit(widget(), dropped));
  const FieldSet lost = without(all, fields_of(widget(), dropped));
  CHECK(is_nothing(common(lost, owned)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  Bytes bytes(data, size);
  const json::Value a = fitting(bytes), b = fitting(bytes), c = fitting(bytes);
  if (!a.is_object() || !b.is_object() || !c.is_object()) return 0;
  compared(a, b);
  merges(a, b);
  drops(a, fields_of(widget(), b), fields_of(widget(), c));
  return 0;
}
