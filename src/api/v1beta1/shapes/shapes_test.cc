// api/v1beta1/shapes/shapes_test.cc — what each hypervisor's subtree comes to.
#include "api/v1beta1/shapes/shapes.h"

#include <gtest/gtest.h>

#include <set>

#include "base/yaml/yaml.h"
#include "schema/walk.h"

namespace rig::api::v1beta1 {
namespace {

template <class Spec>
Spec spec_of(std::string_view yaml_text) {
  json::Value value = yaml::parse(yaml_text).take();
  schema::set_defaults(schema::type_of<Spec>(), value);
  return schema::decode<Spec>(value).take();
}

std::string summary(const Result<NeutralImage>& image) {
  if (!image.ok()) return std::string(to_string(image.error().code()));
  std::string out;
  const auto add = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) out += std::string(out.empty() ? "" : " ") + std::string(name) + "=" + text;
  };
  add("path", image->path);
  add("url", image->url);
  add("format", image->format);
  add("checksum", image->checksum);
  add("type", image->checksum_type);
  add("storage", image->storage);
  add("template", image->template_name);
  add("host", image->host);
  return out;
}

std::string summary(const Result<NeutralNetwork>& network) {
  if (!network.ok()) return std::string(to_string(network.error().code()));
  std::string out = network->network + "|" + network->bridge + "|" + network->model;
  if (network->vlan) out += " vlan=" + std::to_string(*network->vlan);
  if (network->mtu) out += " mtu=" + std::to_string(*network->mtu);
  return out;
}

TEST(NeutralImage, IsWhatTheProvidersOwnSubtreeSays) {
  using enum ProviderType;
  struct Case {
    std::string_view spec;
    ProviderType type;
    std::string_view said;
  };
  const Case cases[] = {
      {"source: {libvirt: {path: a.qcow2, storagePool: p}}", kLibvirt,
       "path=a.qcow2 format=qcow2 type=sha256 storage=p"},
      {"source: {libvirt: {path: a}}", kQemu, "path=a format=qcow2 type=sha256"},
      {"source: {libvirt: {url: 'http://h/a', format: raw, checksum: c0, checksumType: md5}}", kLibvirt,
       "url=http://h/a format=raw checksum=c0 type=md5"},
      {"{source: {libvirt: {path: a}}, prepare: {storage: {libvirt: {storagePool: q}}}}", kLibvirt,
       "path=a format=qcow2 type=sha256 storage=q"},
      {"{source: {libvirt: {path: a, storagePool: p}}, prepare: {storage: {libvirt: {storagePool: q}}}}", kLibvirt,
       "path=a format=qcow2 type=sha256 storage=p"},
      {"source: {vsphere: {templateName: t}, libvirt: {path: a}}", kVsphere, "type=sha256 template=t"},
      {"source: {vsphere: {ovaURL: 'https://h/a.ova', checksum: c1}}", kVsphere,
       "url=https://h/a.ova checksum=c1 type=sha256"},
      {"{source: {vsphere: {templateName: t}}, prepare: {storage: {vsphere: {datastore: ds}}}}", kVsphere,
       "type=sha256 storage=ds template=t"},
      {"source: {proxmox: {templateID: 9000, templateName: t, storage: s}}", kProxmox,
       "format=qcow2 storage=s template=9000"},
      {"source: {proxmox: {templateName: t, node: pve2}}", kProxmox, "format=qcow2 template=t host=pve2"},
      {"source: {http: {url: 'http://h/b', checksum: c2, checksumType: sha512}}", kProxmox,
       "url=http://h/b checksum=c2 type=sha512"},
      {"source: {http: {url: 'http://h/b', checksum: c2}, libvirt: {storagePool: p, checksum: old}}", kLibvirt,
       "url=http://h/b format=qcow2 checksum=c2 type=sha256 storage=p"},
      {"source: {http: {url: 'http://h/b'}, libvirt: {path: a}}", kLibvirt, "path=a format=qcow2 type=sha256"},
      {"source: {libvirt: {path: a}}", kMock, "path=a format=qcow2 type=sha256"},
      {"source: {proxmox: {templateID: 100}}", kMock, "format=qcow2 template=100"},
      {"source: {libvirt: {path: a}}", kVsphere, "INVALID_ARGUMENT"},
      {"source: {libvirt: {path: a}}", kFirecracker, "INVALID_ARGUMENT"},
      {"source: {registry: {image: 'a:b'}}", kLibvirt, "INVALID_ARGUMENT"},
      {"source: {}", kMock, "INVALID_ARGUMENT"},
  };
  for (const Case& c : cases) EXPECT_EQ(summary(neutral(spec_of<VmImageSpec>(c.spec), c.type)), c.said) << c.spec;
}

TEST(NeutralImage, CarriesTheSubtreeForItsProvider) {
  const auto spec = spec_of<VmImageSpec>("source: {vsphere: {contentLibrary: {library: l, item: i}}}");
  const Result<NeutralImage> image = neutral(spec, ProviderType::kVsphere);
  ASSERT_TRUE(image.ok());
  EXPECT_EQ(image->native.text({"contentLibrary", "item"}), "i");
}

TEST(NeutralImage, SaysWhatIsThereWhenNothingFits) {
  const auto spec = spec_of<VmImageSpec>("source: {libvirt: {path: a}, registry: {image: 'a:b'}}");
  const Result<NeutralImage> image = neutral(spec, ProviderType::kProxmox);
  ASSERT_FALSE(image.ok());
  EXPECT_EQ(image.error().message(), "spec.source has nothing for a provider of type proxmox, only: libvirt, registry");
}

TEST(NeutralNetwork, IsWhatTheProvidersOwnSubtreeSays) {
  using enum ProviderType;
  struct Case {
    std::string_view spec;
    ProviderType type;
    std::string_view said;
  };
  const Case cases[] = {
      {"network: {libvirt: {networkName: default}}", kLibvirt, "default||virtio"},
      {"network: {libvirt: {bridge: {name: br0}, model: e1000}, mtu: 9000}", kLibvirt, "|br0|e1000 mtu=9000"},
      {"network: {vsphere: {portgroup: pg, vlan: {type: vlan, vlanID: 7}}}", kVsphere, "pg||vmxnet3 vlan=7"},
      {"network: {proxmox: {bridge: vmbr1, vlanTag: 20, mtu: 1400}, mtu: 9000}", kProxmox,
       "|vmbr1|virtio vlan=20 mtu=1400"},
      {"network: {proxmox: {bridge: vmbr0}}", kProxmox, "|vmbr0|virtio"},
      {"network: {vsphere: {portgroup: pg}}", kMock, "pg||vmxnet3"},
      {"network: {vsphere: {portgroup: pg}}", kLibvirt, "INVALID_ARGUMENT"},
      {"network: {type: nat}", kMock, "INVALID_ARGUMENT"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(summary(neutral(spec_of<VmNetworkAttachmentSpec>(c.spec), c.type)), c.said) << c.spec;
  }
}

template <class Spec, class Neutral>
void expect_rows(std::span<const ShapeRow<Neutral>> rows) {
  std::set<std::string> paths;
  schema::for_each_row(schema::type_of<Spec>(),
                       [&](const std::string& path, const schema::Field&) { paths.insert(path); });
  for (const ShapeRow<Neutral>& row : rows) {
    EXPECT_TRUE(paths.contains(std::string(row.path))) << row.path;
    EXPECT_NE(row.path.find("." + std::string(row.subtree) + "."), std::string_view::npos) << row.path;
    EXPECT_NE(row.text == nullptr, row.number == nullptr) << row.path;
  }
}

TEST(ShapeRows, NameMembersThatExist) {
  expect_rows<VmImageSpec>(image_rows());
  expect_rows<VmNetworkAttachmentSpec>(network_rows());
}

}  // namespace
}  // namespace rig::api::v1beta1
