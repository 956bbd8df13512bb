// apiserver/apply/apply_fuzz.cc — libFuzzer: whatever managers apply and write one after the other, the books are
// right, nobody takes away what others own unless forced, and the same thing applied again changes nothing.
#include "apiserver/apply/managed_fields.h"
#include "apiserver/apply/managers.h"
#include "apiserver/apply/typed.h"
#include "apiserver/apply/widget_test.h"
#include "apiserver/bytes_fuzz.h"
#include "base/check.h"

namespace {

using namespace rig;
using namespace rig::apiserver;

const api::KindInfo kWidgets = {.resource = {"example.com", "v1", "Widget", "widgets"}, .type = widget_type};

bool is_nothing(FieldSet set) {
  drop_empty(set);
  return set.is_empty();
}

json::Value without_books(json::Value object) {
  if (json::Value* metadata = object.find("metadata")) metadata->as<json::Object>()->erase("managedFields");
  return object;
}

// What they own is there.
Managers managers_of(const json::Value& object) {
  const json::Value* entries = object.at({"metadata", "managedFields"});
  const std::optional<Managers> managers = parse_managers(entries);
  CHECK(managers && (entries == nullptr || managed_fields_of(*managers) == *entries));
  const FieldSet there = compare(widget(), json::Object(), without_books(object)).added;
  for (const Manager& manager : *managers) CHECK(is_nothing(without(manager.fields, there)));
  return *managers;
}

void check_applied(std::string_view name, const json::Value& live, const json::Value& configuration, bool force,
                   const json::Value& out) {
  const Comparison change = compare(widget(), without_books(live), without_books(out));
  FieldSet given_up, of_others;
  for (const Manager& manager : managers_of(live)) {
    const bool is_own = manager.is_apply && manager.name == name;
    (is_own ? given_up : of_others) = united(is_own ? given_up : of_others, manager.fields);
  }
  if (!force) CHECK(is_nothing(common(of_others, united(change.modified, change.removed))));
  given_up = without(without(given_up, fields_of(widget(), configuration)), of_others);
  CHECK(is_nothing(common(given_up, fields_of(widget(), without_books(out)))));
}

json::Value applied(const Writer& writer, const json::Value& live, const json::Value& configuration, bool force) {
  const Result<json::Value> out = apply_configuration(kWidgets, writer, live, configuration, force);
  const bool is_misfit = misfit(widget(), configuration).has_value();
  CHECK(out.ok() ? !is_misfit : http_code(out.error()) == (is_misfit ? 500 : 409) && (is_misfit || !force));
  if (!out.ok()) return live;
  check_applied(writer.manager, live, configuration, force, *out);
  // A null, and a list that has become empty, are there for good only the next time, as in Kubernetes, and change what
  // others own of it.
  const std::string text = json::to_text(configuration);
  const bool is_plain = text.find("null") == std::string::npos && text.find("[]") == std::string::npos;
  const json::Value again = apply_configuration(kWidgets, writer, *out, configuration, !is_plain).take();
  CHECK(!is_plain || is_same_but_times(again, *out));
  CHECK(is_same_but_times(*apply_configuration(kWidgets, writer, again, configuration, !is_plain), again));
  return *out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  constexpr std::string_view kManagers = "abcdefghijkl";
  Bytes bytes(data, size);
  json::Value object;
  for (int step = 0; step < 16 && !bytes.is_used_up(); ++step) {
    const Writer writer{kManagers.substr(bytes.below(12), 1), Part::kWhole, WallTime(std::chrono::seconds(step))};
    const std::size_t act = bytes.below(3);
    json::Value document = bytes.document(widget());
    if (!document.is_object()) return 0;
    if (act != 0) {
      object = applied(writer, object.is_null() ? json::Object() : object, document, act == 2);
    } else if (!misfit(widget(), document)) {
      if (!document["metadata"].is_object()) document["metadata"] = json::Object();
      track_write(kWidgets, writer, object, document);
      object = std::move(document);
    }
    (void)managers_of(object);
  }
  return 0;
}
