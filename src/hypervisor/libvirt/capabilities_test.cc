// libvirt/capabilities_test.cc — when a machine may be KVM's.
#include "hypervisor/libvirt/capabilities.h"

#include <gtest/gtest.h>

namespace rig::libvirt {
namespace {

constexpr char kBoth[] =
    "<capabilities><guest><os_type>hvm</os_type><arch name='x86_64'><domain type='qemu'/><domain "
    "type='kvm'/></arch></guest>"
    "</capabilities>";
constexpr char kQemu[] =
    "<capabilities><guest><os_type>hvm</os_type><arch name='x86_64'><domain "
    "type='qemu'/></arch></guest></capabilities>";
constexpr char kTest[] =
    "<capabilities><guest><os_type>hvm</os_type><arch name='i686'><domain type='test'/></arch></guest></capabilities>";
constexpr char kSvm[] = "<cpu><model>EPYC</model><feature name='svm'/></cpu>";
constexpr char kVmx[] = "<cpu><feature policy='require' name='vmx'/></cpu>";
constexpr char kSvmOff[] = "<cpu><feature policy='disable' name='svm'/></cpu>";
constexpr char kNone[] = "<cpu><feature name='sse2'/></cpu>";

TEST(VirtType, IsChosenByWhatTheCpuCanNotByWhatLibvirtBelieves) {
  struct Case {
    const char *wanted, *capabilities, *cpu, *type, *feature;
  };
  for (const Case& c : {Case{"auto", kBoth, kSvm, "kvm", "svm"}, Case{"auto", kBoth, kVmx, "kvm", "vmx"},
                        Case{"auto", kBoth, kNone, "qemu", ""}, Case{"auto", kBoth, kSvmOff, "qemu", ""},
                        Case{"auto", kBoth, "", "qemu", ""}, Case{"auto", kQemu, kSvm, "qemu", ""},
                        Case{"auto", kTest, "", "test", ""}, Case{"kvm", kBoth, kNone, "kvm", ""},
                        Case{"kvm", kBoth, kSvm, "kvm", "svm"}, Case{"qemu", kBoth, kSvm, "qemu", ""}}) {
    const auto type = choose_virt_type(c.wanted, c.capabilities, c.cpu);
    ASSERT_TRUE(type.ok()) << type.error().to_string();
    EXPECT_EQ(type->name, c.type) << c.wanted << c.cpu;
    EXPECT_EQ(type->vendor_feature, c.feature) << c.wanted << c.cpu;
  }
}

TEST(VirtType, ThatTheHostLacksIsRefused) {
  EXPECT_EQ(choose_virt_type("kvm", kQemu, kSvm).error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(choose_virt_type("auto", "<capabilities/>", kSvm).error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(choose_virt_type("auto", "", "").error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(choose_virt_type("xen", kBoth, kSvm).error().code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace rig::libvirt
