// The PropertyCollector's calls: pages, filters, and waiting for what changes.
#include <algorithm>

#include "base/uuid.h"
#include "fakes/vcenter/call.h"

namespace rig::fakes::vcenter {
namespace {

constexpr std::size_t kPageMax = 10'000;
constexpr std::size_t kUpdatesMax = 100'000;

std::string id_in(const Asked& asked) { return "session[" + asked.session->key + "]" + random_uuid(); }

Trees page(Center& center, Trees objects, std::size_t size) {
  if (objects.size() <= size) return objects;
  const std::string token = random_uuid();
  center.pages[token] = {size, Trees(objects.begin() + static_cast<std::ptrdiff_t>(size), objects.end())};
  objects.resize(size);
  objects.insert(objects.begin(), leaf("token", token));
  return objects;
}

std::size_t size_of(const Tree& options, std::string_view name, std::size_t otherwise) {
  const std::int64_t asked = number_of(options, name);
  return asked > 0 ? static_cast<std::size_t>(asked) : otherwise;
}

Result<Answer> retrieve_ex(Center& center, Asked& asked) {
  Trees objects = TRY(retrieve(center, all(asked.call, "specSet"), asked.session == nullptr));
  if (objects.empty()) return Answer();
  const std::size_t size = size_of(asked.part("options"), "maxObjects", kPageMax);
  return answer(node("", page(center, std::move(objects), size)));
}

Result<Answer> retrieve_all(Center& center, Asked& asked) {
  Answer out;
  for (const Tree& object : TRY(retrieve(center, all(asked.call, "specSet"), asked.session == nullptr)))
    out.values.push_back(named("returnval", object));
  return out;
}

Result<Answer> next_page(Center& center, Asked& asked) {
  const auto found = center.pages.find(asked.text("token"));
  if (found == center.pages.end())
    return refuse("InvalidProperty", "The token is not known.", {leaf("name", std::string("token"))});
  Pages left = std::move(found->second);
  center.pages.erase(found);
  return answer(node("", page(center, std::move(left.objects), left.size)));
}

Result<Answer> drop_pages(Center& center, Asked& asked) {
  center.pages.erase(asked.text("token"));
  return Answer();
}

Result<Answer> create_collector(Center& center, Asked& asked) {
  const Ref self{"PropertyCollector", id_in(asked)};
  center.add(self, node("", {}));
  center.collectors[self.id] = {self, asked.session->key, {}, "", 0, 0, 0};
  return answer(self);
}

// Each session has one that nobody made.
Collector& collector_of(Center& center, const Asked& asked) {
  const bool is_default = asked.self.id == "propertyCollector";
  Collector& collector = center.collectors[is_default ? "propertyCollector " + asked.session->key : asked.self.id];
  if (is_default && collector.session.empty()) {
    collector.self = asked.self;
    collector.session = asked.session->key;
  }
  return collector;
}

Result<Answer> destroy_collector(Center& center, Asked& asked) {
  const auto found = center.collectors.find(asked.self.id);
  if (found == center.collectors.end()) return gone(asked.self);
  for (const Filter& filter : found->second.filters) center.remove(filter.self);
  center.collectors.erase(found);
  center.remove(asked.self);
  return Answer();
}

Result<Answer> create_filter(Center& center, Asked& asked) {
  TRY(check_spec(center, asked.part("spec")));
  const Ref self{"PropertyFilter", id_in(asked)};
  center.add(self, node("", {asked.part("spec"), asked.part("partialUpdates")}));
  Collector& collector = collector_of(center, asked);
  collector.filters.push_back({self, asked.part("spec"), {}});
  collector.seen = 0;  // it has to be told of
  return answer(self);
}

Result<Answer> destroy_filter(Center& center, Asked& asked) {
  for (auto& [id, collector] : center.collectors)
    std::erase_if(collector.filters, [&](const Filter& filter) { return filter.self == asked.self; });
  center.remove(asked.self);
  return Answer();
}

Result<Answer> wait(Center& center, Asked& asked) {
  Collector& collector = collector_of(center, asked);
  if (collector.session != asked.session->key) return gone(asked.self);
  if (asked.is_first) {
    asked.number = ++collector.waiting;
    const std::string& version = asked.text("version");
    if (!version.empty() && version != collector.version)
      return refuse("InvalidCollectorVersion", "The version " + version + " is not the one that was told last.");
    if (version.empty()) {
      collector.version.clear();
      for (Filter& filter : collector.filters) filter.known.clear();
    }
  } else if (asked.number != collector.waiting) {
    return refuse("RequestCanceled", "The request was canceled.");
  }
  const Tree options = asked.part("options");
  const Tree update = TRY(updates(center, collector, size_of(options, "maxObjectUpdates", kUpdatesMax)));
  if (update != nullptr) return answer(update);
  const bool is_over =
      find(options, "maxWaitSeconds") != nullptr && asked.waited_s >= number_of(options, "maxWaitSeconds");
  Answer out;
  out.waits = !is_over;
  return out;
}

Result<Answer> cancel_wait(Center& center, Asked& asked) {
  ++collector_of(center, asked).waiting;
  return Answer();
}

constexpr Row kRows[] = {
    {"RetrievePropertiesEx", "PropertyCollector", "", retrieve_ex},
    {"RetrieveProperties", "PropertyCollector", "", retrieve_all},
    {"ContinueRetrievePropertiesEx", "PropertyCollector", "System.View", next_page},
    {"CancelRetrievePropertiesEx", "PropertyCollector", "System.View", drop_pages},
    {"CreatePropertyCollector", "PropertyCollector", "System.View", create_collector},
    {"DestroyPropertyCollector", "PropertyCollector", "System.View", destroy_collector},
    {"CreateFilter", "PropertyCollector", "System.View", create_filter},
    {"DestroyPropertyFilter", "PropertyFilter", "System.View", destroy_filter},
    {"WaitForUpdatesEx", "PropertyCollector", "System.View", wait},
    {"CancelWaitForUpdates", "PropertyCollector", "System.View", cancel_wait},
};

}  // namespace

std::span<const Row> property_calls() { return kRows; }

}  // namespace rig::fakes::vcenter
