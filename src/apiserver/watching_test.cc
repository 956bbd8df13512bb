// apiserver/watching_test.cc — what a watch says, and etcd's promises seen through the registry on both stores.
#include <map>
#include <random>
#include <thread>

#include "apiserver/limits.h"
#include "apiserver/registry_fixture_test.h"
#include "base/folder_test.h"

namespace rig::apiserver {
namespace {

std::string show_event(const Watch::Event& event) {
  constexpr const char* kTypes[] = {"+", "~", "-", "#"};
  return kTypes[static_cast<int>(event.type)] + std::string(event.object.text({"metadata", "name"}));
}

class Watching : public RegistryTest {
 protected:
  std::unique_ptr<Watch> watch(const WatchQuery& query) {
    auto made = registry.watch(vms(), query);
    EXPECT_TRUE(made.ok()) << show(made);
    return made.ok() ? made.take() : nullptr;
  }
  WatchQuery from_now() { return {.list = {.resource_version = std::to_string(store->revision())}}; }
  // What there is; never waits, for the clock stands still.
  std::string next(Watch& w) {
    const auto events = w.next(clock.now(), {});
    if (!events.ok()) return events.error().message();
    std::string out;
    for (const Watch::Event& event : *events) out += (out.empty() ? "" : " ") + show_event(event);
    return out;
  }
  std::string refusal(const WatchQuery& query) {
    const auto made = registry.watch(vms(), query);
    return made.ok() ? "" : made.error().message();
  }
};

TEST_F(Watching, ShowsEachChangeWithItsVersion) {
  const auto w = watch(from_now());
  EXPECT_EQ(next(*w), "");
  create(vms(), vm("a", "{}", R"({"finalizers":["example.com/a"]})"));
  create(core("configmaps"), config_map("other-kind"));
  merge(vms(), "a", R"({"metadata":{"labels":{"x":"y"}}})");
  merge(vms(), "a", R"({"metadata":{"labels":{"x":"y"}}})");  // changes nothing, shows nothing
  good(registry.remove(vms(), {"default", "a"}, {}));
  merge(vms(), "a", R"({"metadata":{"finalizers":null}})");
  const auto events = w->next(clock.now(), {});
  ASSERT_TRUE(events.ok());
  ASSERT_EQ(events->size(), 4U);
  const json::Value& gone = events->back().object;
  EXPECT_EQ(events->back().type, Watch::Event::Type::kDeleted);
  EXPECT_EQ(gone.text({"metadata", "resourceVersion"}), std::to_string(store->revision())) << "that of the removal";
  EXPECT_NE(gone.at({"metadata", "finalizers"}), nullptr) << "the last state that was stored";
  EXPECT_EQ(next(*w), "");
}

TEST_F(Watching, BeginsWithEverythingWhenNoVersionIsGiven) {
  create(vms(), vm("a"));
  create(vms(), vm("b"));
  for (const char* version : {"", "0"}) {
    const auto w = watch({.list = {.resource_version = version}});
    EXPECT_EQ(next(*w), "+a +b");
    EXPECT_EQ(next(*w), "");
  }
}

TEST_F(Watching, GivesALongBeginningInSteps) {
  for (std::size_t i = 0; i <= limits::kWatchBatch; ++i)
    create(core("configmaps"), config_map("m" + std::to_string(i)));
  const auto w = registry.watch(core("configmaps"), {});
  ASSERT_TRUE(w.ok());
  EXPECT_EQ((*w)->next(clock.now(), {})->size(), limits::kWatchBatch);
  EXPECT_EQ((*w)->next(clock.now(), {})->size(), 1U);
}

TEST_F(Watching, TurnsEnteringAndLeavingASelectionIntoAddedAndDeleted) {
  create(vms(), vm("a", "{}", R"({"labels":{"in":"yes"}})"));
  WatchQuery with = from_now(), without = from_now(), named = from_now();
  with.list.label_selector = "in=yes";
  without.list.label_selector = "!in";
  named.list.field_selector = "metadata.name=b";
  const auto in = watch(with), out = watch(without), b = watch(named);
  create(vms(), vm("b"));
  merge(vms(), "b", R"({"metadata":{"labels":{"in":"yes"}}})");
  merge(vms(), "a", R"({"metadata":{"labels":{"in":"no"}}})");
  merge(vms(), "a", R"({"metadata":{"labels":null}})");
  good(registry.remove(vms(), {"default", "b"}, {}));
  EXPECT_EQ(next(*in), "+b -a -b");
  EXPECT_EQ(next(*out), "+b -b +a");
  EXPECT_EQ(next(*b), "+b ~b -b");
}

TEST_F(Watching, ShowsWhatLeftAsItWasWithTheNewVersion) {
  create(vms(), vm("a", "{}", R"({"labels":{"in":"yes"}})"));
  WatchQuery query = from_now();
  query.list.label_selector = "in=yes";
  const auto w = watch(query);
  merge(vms(), "a", R"({"metadata":{"labels":{"in":"no"}}})");
  const auto events = w->next(clock.now(), {});
  EXPECT_EQ(events->at(0).object.text({"metadata", "labels", "in"}), "yes");
  EXPECT_EQ(events->at(0).object.text({"metadata", "resourceVersion"}), std::to_string(store->revision()));
}

TEST_F(Watching, ResumesAndRefusesWhatIsForgotten) {
  create(vms(), vm("a"));
  const std::string version = std::to_string(store->revision());
  create(vms(), vm("b"));
  create(vms(), vm("c"));
  EXPECT_EQ(next(*watch({.list = {.resource_version = version}})), "+b +c");
  ASSERT_TRUE(store->compact(store->revision()).ok());
  const auto late = watch({.list = {.resource_version = version}});
  const auto events = late->next(clock.now(), {});
  ASSERT_FALSE(events.ok());
  EXPECT_EQ(http_code(events.error()), 410);
  EXPECT_EQ(events.error().message(),
            "too old resource version: " + version + " (" + std::to_string(store->compacted()) + ")");
}

TEST_F(Watching, OfEventsIsRefusedInTheWordsOfAKindWithoutACache) {
  const std::string version = std::to_string(store->revision());
  create(vms(), vm("a"));
  ASSERT_TRUE(store->compact(store->revision()).ok());
  const auto late = registry.watch(core("events"), {.list = {.resource_version = version}});
  EXPECT_EQ((*late)->next(clock.now(), {}).error().message(), "The resourceVersion for the provided watch is too old.");
}

TEST_F(Watching, SaysNothingUntilAVersionOfTheFutureComes) {
  const auto w = watch({.list = {.resource_version = std::to_string(store->revision() + 1)}});
  create(vms(), vm("a"));
  EXPECT_EQ(next(*w), "");
  create(vms(), vm("b"));
  EXPECT_EQ(next(*w), "+b");
}

TEST_F(Watching, MarksTheEndOfTheBeginning) {
  create(vms(), vm("a"));
  WatchQuery query{.list = {.resource_version_match = "NotOlderThan"}, .bookmarks = true, .send_initial_events = true};
  const auto w = watch(query);
  const auto events = w->next(clock.now(), {});
  ASSERT_EQ(events->size(), 2U);
  EXPECT_EQ(
      events->back().object,
      J(R"({"apiVersion":"infra.virtrigaud.io/v1beta1","kind":"VirtualMachine","metadata":{"annotations":{"k8s.io/initial-events-end":"true"},"resourceVersion":")" +
        std::to_string(store->revision()) + "\"}}"));
  query.bookmarks = false;
  EXPECT_EQ(next(*watch(query)), "+a");
  query.send_initial_events = false;
  EXPECT_EQ(next(*watch(query)), "");
}

TEST_F(Watching, GivesABookmarkEachMinuteAndJustBeforeTheEnd) {
  WatchQuery query = from_now();
  query.bookmarks = true;
  query.end = clock.now() + std::chrono::seconds(90);
  const auto w = watch(query);
  create(core("configmaps"), config_map("moves-the-log"));
  EXPECT_EQ(next(*w), "");
  clock.advance(limits::kBookmarkEvery);
  const auto first = w->next(clock.now(), {});
  ASSERT_EQ(first->size(), 1U);
  EXPECT_EQ(first->at(0).object.text({"metadata", "resourceVersion"}), std::to_string(store->revision()));
  clock.advance(std::chrono::seconds(27));
  EXPECT_EQ(next(*w), "");
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(next(*w), "#");
  clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(next(*w), "");
}

TEST_F(Watching, RefusesOptionsThatMakeNoSense) {
  const std::string options = "ListOptions.meta.k8s.io \"\" is invalid: ";
  EXPECT_EQ(refusal({.list = {.resource_version = "abc"}}),
            R"(resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax)");
  EXPECT_EQ(
      refusal({.send_initial_events = true}),
      options +
          "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  EXPECT_EQ(
      refusal({.list = {.resource_version_match = "Exact"}, .send_initial_events = true}),
      options +
          "[resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan, "
          "resourceVersionMatch: Unsupported value: \"Exact\": supported values: \"NotOlderThan\"]");
  EXPECT_EQ(refusal({.list = {.resource_version_match = "NotOlderThan"}}),
            options +
                "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents "
                "is provided");
  EXPECT_EQ(refusal({.list = {.label_selector = "a===b"}}),
            "unable to parse requirement: found '=', expected: identifier");
}

TEST_F(Watching, WaitsForAWriteAndStopsWhenAsked) {
  SystemClock real;
  Registry live(*store, api::kinds(), real);
  auto w = live.watch(vms(), from_now()).take();
  std::stop_source stop;
  const std::jthread writer([&] { good(live.create(vms(), "default", vm("a"), {.field_manager = "test"})); });
  EXPECT_EQ(w->next(real.now() + std::chrono::seconds(10), stop.get_token())->size(), 1U);
  stop.request_stop();
  EXPECT_TRUE(w->next(real.now() + std::chrono::hours(1), stop.get_token())->empty());
}

// ---- ordered, unique, atomic, reliable, resumable, bookmarkable ----

class WatchPromises : public testing::TestWithParam<bool> {
 protected:
  WatchPromises() {
    store = GetParam() ? sqlite_store(folder / "store.db").take() : memory_store();
    registry = std::make_unique<Registry>(*store, api::kinds(), clock);
    EXPECT_TRUE(registry->bootstrap().ok());
  }
  ~WatchPromises() override {
    registry.reset();
    store.reset();
  }

  // Changes a few ConfigMaps at random; as a client does, it may lose races.
  void write(unsigned seed, int count) {
    std::mt19937 random(seed);
    const api::KindInfo& kind = *api::find_kind("", "configmaps");
    const WriteContext context{.field_manager = "writer"};
    for (int i = 0; i < count; ++i) {
      const std::string name = "m" + std::to_string(random() % 4);
      const std::string data = R"({"metadata":{"name":")" + name + R"(","labels":{"in":")" +
                               std::to_string(random() % 2) + R"("}},"data":{"a":")" + std::to_string(random()) +
                               "\"}}";
      switch (random() % 3) {
        case 0: (void)registry->create(kind, "default", J(data), context); break;
        case 1:
          (void)registry->patch(kind, {"default", name}, PatchType::kMerge, J(data), Part::kWhole, context);
          break;
        default: (void)registry->remove(kind, {"default", name}, {}); break;
      }
    }
  }

  // Follows the log as an informer does, beginning again at its last version now and then.
  std::vector<Watch::Event> follow(const std::string& selector, std::stop_token done, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<Watch::Event> seen;
    std::string version = from;
    std::unique_ptr<Watch> watch;
    for (bool is_last = false; !is_last;) {
      is_last = done.stop_requested();
      if (watch == nullptr || random() % 4 == 0) {
        watch = registry
                    ->watch(*api::find_kind("", "configmaps"),
                            {.list = {.name_space = "default", .label_selector = selector, .resource_version = version},
                             .bookmarks = true})
                    .take();
      }
      for (;;) {
        auto events = watch->next(clock.now() + std::chrono::milliseconds(is_last ? 0 : 5), done);
        EXPECT_TRUE(events.ok());
        if (!events.ok() || events->empty()) break;
        for (Watch::Event& event : *events) {
          version = event.object.text({"metadata", "resourceVersion"});
          if (event.type != Watch::Event::Type::kBookmark) seen.push_back(std::move(event));
        }
      }
    }
    return seen;
  }

  const TestFolder folder;
  std::string from = "3";
  SystemClock clock;
  std::unique_ptr<Store> store;
  std::unique_ptr<Registry> registry;
};
INSTANTIATE_TEST_SUITE_P(Store, WatchPromises, testing::Bool(),
                         [](const auto& row) { return row.param ? "Sqlite" : "Memory"; });

TEST_P(WatchPromises, AreKeptWhileManyWrite) {
  const unsigned seed = std::random_device()();
  std::printf("seed %u\n", seed);
  from = std::to_string(store->revision());
  std::vector<Watch::Event> all, selected;
  std::stop_source done;
  {
    std::jthread follower([&] { all = follow("", done.get_token(), seed); });
    std::jthread choosy([&] { selected = follow("in=1", done.get_token(), seed + 1); });
    {
      std::vector<std::jthread> writers;
      for (unsigned w = 0; w < 3; ++w) writers.emplace_back([&, w] { write(seed + 10 + w, 60); });
    }
    done.request_stop();
  }
  // Reliable and ordered: the events are the log, one by one. Unique follows.
  const std::vector<Change> log = *store->changes("/core/configmaps/", parse_int_or_zero(from), 100'000);
  ASSERT_EQ(all.size(), log.size());
  std::map<std::string, std::string> state, selection;
  for (std::size_t i = 0; i < log.size(); ++i) {
    EXPECT_EQ(all[i].object.text({"metadata", "resourceVersion"}), std::to_string(log[i].now.revision));
    const bool is_gone = log[i].kind == Change::Kind::kRemove;
    const auto wanted = is_gone                       ? Watch::Event::Type::kDeleted
                        : log[i].before_revision == 0 ? Watch::Event::Type::kAdded
                                                      : Watch::Event::Type::kModified;
    EXPECT_EQ(all[i].type, wanted);
  }
  // What a client puts together from its events is what a list says.
  const auto apply = [](std::map<std::string, std::string>& into, const std::vector<Watch::Event>& events) {
    Revision last = 0;
    for (const Watch::Event& event : events) {
      const std::string name(event.object.text({"metadata", "name"}));
      const Revision revision = parse_int_or_zero(event.object.text({"metadata", "resourceVersion"}));
      EXPECT_GT(revision, last);
      last = revision;
      EXPECT_EQ(into.contains(name), event.type != Watch::Event::Type::kAdded);
      if (event.type == Watch::Event::Type::kDeleted) {
        into.erase(name);
      } else {
        into[name] = json::to_text(event.object);
      }
    }
  };
  apply(state, all);
  apply(selection, selected);
  for (const auto& [selector, found] : {std::pair("", &state), std::pair("in=1", &selection)}) {
    std::map<std::string, std::string> listed;
    const auto list =
        registry->list(*api::find_kind("", "configmaps"), {.name_space = "default", .label_selector = selector});
    ASSERT_TRUE(list.ok());
    for (const json::Value& object : list->items)
      listed[std::string(object.text({"metadata", "name"}))] = json::to_text(object);
    EXPECT_EQ(*found, listed) << selector;
  }
}

}  // namespace
}  // namespace rig::apiserver
