// api/kinds_test.cc — how a kind is found.
#include "api/kinds.h"

#include <gtest/gtest.h>

#include <set>

namespace rig::api {
namespace {

TEST(Kinds, AreFoundByWhatAPersonTypes) {
  struct Case {
    std::string_view word, found;  // group/plural
  };
  const Case cases[] = {
      {"vm", "infra.virtrigaud.io/virtualmachines"},
      {"VirtualMachine", "infra.virtrigaud.io/virtualmachines"},
      {"virtualmachines", "infra.virtrigaud.io/virtualmachines"},
      {"virtualmachine.infra.virtrigaud.io", "infra.virtrigaud.io/virtualmachines"},
      {"vms.infra.virtrigaud.io", ""},
      {"vm.v1beta1.infra.virtrigaud.io", "infra.virtrigaud.io/virtualmachines"},
      {"vm.v1.infra.virtrigaud.io", ""},
      {"vm.example.org", ""},
      {"vmc", "infra.virtrigaud.io/vmclasses"},
      {"vmclass", "infra.virtrigaud.io/vmclasses"},
      {"vmi", "infra.virtrigaud.io/vmimages"},
      {"vmimg", "infra.virtrigaud.io/vmimages"},
      {"vmna", "infra.virtrigaud.io/vmnetworkattachments"},
      {"vmnet", "infra.virtrigaud.io/vmnetworkattachments"},
      {"ns", "/namespaces"},
      {"Events", "/events"},
      {"events.events.k8s.io", "events.k8s.io/events"},
      {"lease", "coordination.k8s.io/leases"},
      {"rolebinding", "rbac.authorization.k8s.io/rolebindings"},
      {"crds", "apiextensions.k8s.io/customresourcedefinitions"},
      {"pods", ""},
      {"", ""},
  };
  for (const Case& c : cases) {
    const KindInfo* kind = find_kind_typed(c.word);
    const std::string found =
        kind == nullptr ? "" : std::string(kind->resource.group) + "/" + std::string(kind->resource.plural);
    EXPECT_EQ(found, c.found) << c.word;
  }
}

TEST(Kinds, AreFoundByGroupAndPluralOrKind) {
  ASSERT_NE(find_kind("infra.virtrigaud.io", "vmclasses"), nullptr);
  EXPECT_EQ(find_kind("infra.virtrigaud.io", "vmclasses"), find_kind_by_name("infra.virtrigaud.io", "VMClass"));
  EXPECT_EQ(find_kind("", "vmclasses"), nullptr);
  EXPECT_EQ(find_kind_by_name("", "Secret")->resource.api_version(), "v1");
  EXPECT_EQ(find_kind("", "secrets")->resource.group_resource(), "secrets");
  EXPECT_EQ(find_kind("infra.virtrigaud.io", "providers")->resource.group_resource(), "providers.infra.virtrigaud.io");
}

TEST(Kinds, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const KindInfo& kind : kinds()) {
    const std::string group(kind.resource.group);
    EXPECT_TRUE(names.insert(group + "/" + std::string(kind.resource.plural)).second) << kind.singular;
    for (const std::string_view name : kind.short_names) {
      // The reference's VMClass is its own short name.
      if (name == kind.singular) continue;
      EXPECT_TRUE(names.insert(group + "/" + std::string(name)).second) << name;
    }
  }
}

TEST(Kinds, ComeWithOursFirst) {
  bool core_seen = false;
  int custom = 0;
  for (const KindInfo& kind : kinds()) {
    if (kind.is_custom) ++custom;
    EXPECT_FALSE(kind.is_custom && core_seen) << kind.singular;
    core_seen |= !kind.is_custom;
    EXPECT_FALSE(kind.columns.empty()) << kind.singular;
  }
  EXPECT_EQ(custom, 10);
}

}  // namespace
}  // namespace rig::api
