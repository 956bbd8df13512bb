// vsphere/catalogue_test.cc — finding by name, path and id, and what is said when that fails.
#include "hypervisor/vsphere/catalogue.h"

#include <gtest/gtest.h>

#include <set>

#include "hypervisor/vsphere/codec.h"
#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/sample_test.h"

namespace rig::vsphere {
namespace {

TEST(Catalogue, FindsByIdPathNameAndTheEndOfAPath) {
  const Catalogue catalogue = sample_catalogue();
  struct Case {
    const Kind* kind;
    const char* text;
    const char* id;
  };
  const Case cases[] = {
      {&kDatastore, "datastore-02", "datastore-02"},
      {&kDatastore, "/DC1/datastore/pod/ds1", "datastore-11"},
      {&kDatastore, "DC0/datastore/pod/ds1", "datastore-01"},
      {&kHost, "esx12", "host-12"},
      {&kCluster, "/DC1/host/C0", "domain-c1"},
      {&kPool, "/DC0/host/C0/Resources/gold", "resgroup-01"},
      {&kFolder, "/DC0/vm/web%2fold", "group-v02"},
      {&kFolder, "web/old", "group-v02"},
      {&kDatacenter, "DC1", "datacenter-1"},
      {&kPod, "/DC0/datastore/pod", "group-p0"},
  };
  for (const Case& c : cases) {
    const auto found = catalogue.named(*c.kind, c.text);
    ASSERT_TRUE(found.ok()) << found.error().to_string();
    EXPECT_EQ((*found)->self.id, c.id) << c.text;
  }
  EXPECT_EQ((*catalogue.named(kNetwork, "VM Network", {{"Datacenter", "datacenter-1"}}))->self.id, "network-1");
}

TEST(Catalogue, TellsTheCandidates) {
  const Catalogue catalogue = sample_catalogue();
  const auto missing = catalogue.named(kCluster, "C9");
  ASSERT_FALSE(missing.ok());
  EXPECT_TRUE(missing.error().is(Code::kNotFound));
  EXPECT_EQ(missing.error().message(),
            "cluster 'C9' is not there; there are: /DC0/host/C0 (domain-c0), /DC1/host/C0 (domain-c1)");
  const auto ambiguous = catalogue.named(kCluster, "C0");
  ASSERT_FALSE(ambiguous.ok());
  EXPECT_EQ(ambiguous.error().message(),
            "cluster 'C0' is ambiguous: /DC0/host/C0 (domain-c0), /DC1/host/C0 (domain-c1)");
  EXPECT_EQ(catalogue.named(kTemplate, "x").error().message(), "template 'x' is not there; there are: none");

  Catalogue many = catalogue;
  for (std::size_t i = 0; i < kCandidatesMax + 3; ++i) {
    Entity pod{{"StoragePod", "p" + std::to_string(i)}, {}};
    pod.props.name = "p";
    pod.props.parent = {"Folder", "group-s0"};
    many.add(pod);
  }
  EXPECT_TRUE(many.named(kPod, "p").error().message().ends_with(" and 3 more"));
}

TEST(Catalogue, ARingOfParentsEnds) {
  Catalogue catalogue;
  Entity ring{{"Folder", "f"}, {}};
  ring.props.name = "f";
  ring.props.parent = {"Folder", "f"};
  catalogue.add(ring);
  EXPECT_EQ(catalogue.path(ring).size(), 2U * kInventoryDepthMax);
  EXPECT_TRUE(catalogue.datacenter_of(ring.self).empty());
  EXPECT_FALSE(catalogue.is_below(ring.self, {{"Folder", "g"}}));
}

TEST(Catalogue, AsksForWhatIsReadAndNothingElse) {
  std::set<std::string> asked;
  const Kind* const templates[] = {&kTemplate};
  for (const auto kinds : {place_kinds(), std::span<const Kind* const>(templates)})
    for (const PropertySpec& spec : property_specs(kinds)) asked.insert(spec.paths.begin(), spec.paths.end());
  const auto rows = property_paths<EntityProps>();
  EXPECT_EQ(asked, std::set<std::string>(rows.begin(), rows.end()));
}

provider::Placement nowhere() { return {}; }

TEST(Place, IsTheTemplatesUnlessSomebodySaysOtherwise) {
  const auto place = find_place(sample_catalogue(), nowhere(), sample_source());
  ASSERT_TRUE(place.ok()) << place.error().to_string();
  EXPECT_EQ(place->datacenter.id, "datacenter-0");
  EXPECT_EQ(place->folder.id, "group-v01");
  EXPECT_EQ(place->pool.id, "resgroup-0");
  EXPECT_TRUE(place->host.empty() && place->datastore.empty());
}

TEST(Place, FollowsWhatIsAsked) {
  struct Case {
    const char* what;
    provider::Placement wish;
    Place place;
  };
  const MoRef dc0{"Datacenter", "datacenter-0"}, dc1{"Datacenter", "datacenter-1"};
  const auto folder = [](const char* id) { return MoRef{"Folder", id}; };
  const auto pool = [](const char* id) { return MoRef{"ResourcePool", id}; };
  const auto store = [](const char* id) { return MoRef{"Datastore", id}; };
  const Case cases[] = {
      {"a cluster of the same name in each datacenter",
       {"", "C0", "", "", "", ""},
       {dc0, folder("group-v01"), pool("resgroup-0"), {}, {}, ""}},
      {"a host elsewhere",
       {"esx12", "", "", "", "", ""},
       {dc1, folder("group-v1"), pool("resgroup-1"), {"HostSystem", "host-12"}, {}, ""}},
      {"a folder", {"", "", "templates", "", "", ""}, {dc0, folder("group-v01"), pool("resgroup-0"), {}, {}, ""}},
      {"a folder elsewhere",
       {"", "", "/DC1/vm", "", "", ""},
       {dc1, folder("group-v1"), pool("resgroup-1"), {}, {}, ""}},
      {"a pool and a datastore",
       {"", "", "", "gold", "ds1", ""},
       {dc0, folder("group-v01"), pool("resgroup-01"), {}, store("datastore-01"), "ds1"}},
      {"a datastore cluster: the most space that is not in maintenance",
       {"", "", "", "", "", "pod"},
       {dc0, folder("group-v01"), pool("resgroup-0"), {}, store("datastore-02"), "ds2", {"StoragePod", "group-p0"}}},
  };
  for (const Case& c : cases) {
    const auto place = find_place(sample_catalogue(), c.wish, sample_source());
    ASSERT_TRUE(place.ok()) << c.what << ": " << place.error().to_string();
    EXPECT_EQ(*place, c.place) << c.what;
  }
}

TEST(Place, InADatastoreClusterMayBeStorageDrsMatter) {
  Catalogue catalogue = sample_catalogue();
  for (const bool is_on : {false, true}) {
    Entity pod = *catalogue.find({"StoragePod", "group-p0"});
    pod.props.storage_drs = is_on;
    catalogue.add(pod);
    const auto place = find_place(catalogue, {"", "", "", "", "", "pod"}, sample_source());
    ASSERT_TRUE(place.ok());
    EXPECT_EQ(place->pod.id, is_on ? "group-p0" : "");
    EXPECT_EQ(place->datastore.id, "datastore-02") << "where nothing is recommended";
  }
}

TEST(Place, ThatCannotBeIsRefusedWithCandidates) {
  const Catalogue catalogue = sample_catalogue();
  const auto refusal = [&](const provider::Placement& wish) {
    const auto place = find_place(catalogue, wish, sample_source());
    return place.ok() ? "" : place.error().message();
  };
  EXPECT_EQ(refusal({"", "C9", "", "", "", ""}),
            "cluster 'C9' is not there; there are: /DC0/host/C0 (domain-c0), /DC1/host/C0 (domain-c1)");
  EXPECT_TRUE(refusal({"", "", "nope", "", "", ""})
                  .starts_with("folder 'nope' is not there; there are: /DC0/vm (group-v0), /DC0/vm/"));
  EXPECT_TRUE(refusal({"", "", "", "", "datastore-11", ""}).starts_with("datastore 'datastore-11' is not there"))
      << "it is another datacenter's";
  Catalogue two = catalogue;
  Entity second{{"ClusterComputeResource", "domain-c9"}, {}};
  second.props.name = "C1";
  second.props.parent = {"Folder", "group-h0"};
  two.add(second);
  EXPECT_TRUE(find_place(two, nowhere(), sample_source()).error().message().starts_with("placement: neither cluster"));
}

// The hosts of DC0, and what they see.
Catalogue with_hosts(std::vector<MoRef> first, std::vector<MoRef> second) {
  Catalogue catalogue = sample_catalogue();
  for (auto& [id, seen] : {std::pair{"host-01", &first}, {"host-02", &second}}) {
    Entity host = *catalogue.find({"HostSystem", id});
    host.props.connection_state = "connected";
    host.props.datastores = *seen;
    catalogue.add(host);
  }
  return catalogue;
}

TEST(NewPlace, HasAHostAndTheDatastoreOfItWithTheMostSpace) {
  const MoRef small{"Datastore", "datastore-01"}, large{"Datastore", "datastore-02"}, away{"Datastore", "datastore-03"};
  Catalogue catalogue = with_hosts({small}, {small, large, away});
  const provider::Placement in_dc0{"", "/DC0/host/C0", "", "", "", ""};
  auto place = find_new_place(catalogue, in_dc0);
  ASSERT_TRUE(place.ok()) << place.error().to_string();
  EXPECT_EQ(place->datacenter.id, "datacenter-0");
  EXPECT_EQ(place->folder.id, "group-v0");
  EXPECT_EQ(place->pool.id, "resgroup-0");
  EXPECT_EQ(place->datastore, large);
  EXPECT_EQ(place->host.id, "host-02");

  place = find_new_place(catalogue, {"", "", "/DC0/vm/templates", "gold", "ds1", ""});
  ASSERT_TRUE(place.ok()) << place.error().to_string();
  EXPECT_EQ(place->folder.id, "group-v01");
  EXPECT_EQ(place->pool.id, "resgroup-01");
  EXPECT_EQ(place->datastore, small);

  Entity host = *catalogue.find({"HostSystem", "host-02"});
  host.props.in_maintenance = true;
  catalogue.add(host);
  EXPECT_EQ(find_new_place(catalogue, in_dc0)->datastore, small);
}

TEST(NewPlace, ThatCannotBeIsRefused) {
  const auto refusal = [](const Catalogue& catalogue, const provider::Placement& wish) {
    const auto place = find_new_place(catalogue, wish);
    return place.ok() ? "" : place.error().message();
  };
  EXPECT_TRUE(refusal(with_hosts({}, {}), {}).starts_with("placement: neither cluster"));
  EXPECT_EQ(refusal(with_hosts({}, {}), {"esx01", "", "", "", "ds1", ""}),
            "placement: no host there has datastore 'ds1' that can be used: /DC0/host/C0/esx01 (host-01)");
  Catalogue away = with_hosts({}, {});
  Entity host = *away.find({"HostSystem", "host-01"});
  host.props.connection_state = "notResponding";
  away.add(host);
  EXPECT_EQ(refusal(away, {"esx01", "", "", "", "", ""}),
            "placement: no host there is connected and out of maintenance now");
}

TEST(Network, BecomesTheBackingOfItsKind) {
  const Catalogue catalogue = sample_catalogue();
  const MoRef dc1{"Datacenter", "datacenter-1"};
  const auto standard = find_network(catalogue, "VM Network", dc1);
  EXPECT_EQ(standard->xsi_type, "VirtualEthernetCardNetworkBackingInfo");
  EXPECT_EQ(standard->device_name, "VM Network");
  EXPECT_EQ(standard->network.id, "network-1");
  const auto distributed = find_network(catalogue, "web", dc1);
  EXPECT_EQ(distributed->xsi_type, "VirtualEthernetCardDistributedVirtualPortBackingInfo");
  EXPECT_EQ(distributed->port->switch_uuid, "uuid-1");
  EXPECT_EQ(distributed->port->portgroup_key, "dvportgroup-1");
  const auto opaque = find_network(catalogue, "nsx", dc1);
  EXPECT_EQ(opaque->xsi_type, "VirtualEthernetCardOpaqueNetworkBackingInfo");
  EXPECT_EQ(opaque->opaque_network_id, "seg-1");
  EXPECT_TRUE(find_network(catalogue, "", dc1).error().is(Code::kInvalidArgument));

  Catalogue shown_twice = catalogue;
  Entity group = *catalogue.find({"DistributedVirtualPortgroup", "dvportgroup-1"});
  group.props.logical_switch = "seg-1";
  shown_twice.add(group);
  EXPECT_EQ(*find_network(shown_twice, "nsx", dc1), *distributed);
  EXPECT_EQ(find_network(shown_twice, "nsx", {"Datacenter", "datacenter-0"})->opaque_network_id, "seg-0");
}

TEST(Place, WithoutDrsAHostIsChosenThatSeesTheDatastores) {
  Catalogue catalogue = sample_catalogue();
  const MoRef cluster{"ClusterComputeResource", "domain-c0"}, store{"Datastore", "datastore-01"},
      other{"Datastore", "datastore-02"};
  const auto set = [&](const MoRef& self, auto change) {
    Entity entity = *catalogue.find(self);
    change(entity.props);
    catalogue.add(entity);
  };
  provider::Placement wish;
  wish.cluster = "/DC0/host/C0";
  const Place without = find_place(catalogue, wish, sample_source()).take();
  const auto host_for = [&](const std::string& machine_id, const std::vector<MoRef>& stores) {
    Place place = without;
    const Status chosen = choose_host(catalogue, stores, machine_id, place);
    EXPECT_TRUE(chosen.ok()) << chosen.error().to_string();
    return place.host.id;
  };
  for (const char* id : {"host-01", "host-02"})
    set({"HostSystem", id}, [&](EntityProps& props) { props.datastores = {store}; });
  EXPECT_EQ(host_for("m", {store}), "") << "who cannot say leaves it to vSphere";
  set(cluster, [](EntityProps& props) { props.drs = true; });
  EXPECT_EQ(host_for("m", {store}), "");

  set(cluster, [](EntityProps& props) { props.drs = false; });
  std::set<std::string> chosen;
  for (int i = 0; i < 50; ++i) chosen.insert(host_for("machine-" + std::to_string(i), {store}));
  EXPECT_EQ(chosen, (std::set<std::string>{"host-01", "host-02"}));
  EXPECT_EQ(host_for("m", {store}), host_for("m", {store})) << "the same again";
  set({"HostSystem", "host-02"}, [&](EntityProps& props) { props.datastores = {store, other}; });
  EXPECT_EQ(host_for("m", {store, other}), "host-02");
  Place named = without;
  named.host = {"HostSystem", "host-01"};
  EXPECT_TRUE(choose_host(catalogue, {other}, "m", named).ok());
  EXPECT_EQ(named.host.id, "host-01") << "what is wished counts";

  set({"HostSystem", "host-02"}, [](EntityProps& props) { props.in_maintenance = true; });
  Place none = without;
  const Status refused = choose_host(catalogue, {other}, "m", none);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(Code::kFailedPrecondition));
  EXPECT_EQ(refused.error().message(),
            "placement: cluster /DC0/host/C0 has no DRS that would choose a host, and none of its hosts is connected, "
            "out of maintenance and sees /DC0/datastore/pod/ds2");
}

}  // namespace
}  // namespace rig::vsphere
