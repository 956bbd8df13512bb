#include "e2e/host.h"

#include <gtest/gtest.h>
#include <libvirt/virterror.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/check.h"
#include "base/digest.h"

namespace rig::e2e {

using libvirt::Domain;
using libvirt::Pool;

const Environment& environment() {
  static const Environment found = [] {
    const auto value = [](const char* name) {
      return std::string(std::getenv(name) == nullptr ? "" : std::getenv(name));
    };
    return Environment{value("RIG_TEST_LIBVIRT_URI"), value("RIG_TEST_GUEST_IMAGE"), value("RIG_TEST_LIBVIRT_POOL_DIR"),
                       value("RIG_TEST_KUBE_DIR")};
  }();
  return found;
}

namespace {

std::string text_of(char* answer) {
  auto text = libvirt::text(answer, "ask the host");
  return text.ok() ? text.take() : "";
}

std::string digest_of(const std::filesystem::path& file) {
  Digest digest = *Digest::start("sha256");
  std::ifstream stream(file, std::ios::binary);
  std::string block(1U << 20, '\0');
  while (stream.read(block.data(), static_cast<std::streamsize>(block.size())) || stream.gcount() > 0)
    digest.add(std::string_view(block).substr(0, static_cast<std::size_t>(stream.gcount())));
  return digest.finish_hex();
}

}  // namespace

Host::Host(std::string uri, std::string pool_folder) : uri_(std::move(uri)), pool_folder_(std::move(pool_folder)) {
  virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});  // they are read where they are asked for
  std::signal(SIGPIPE, SIG_IGN);                        // libvirt writes to sockets that the host may have closed
  CHECK(session() != nullptr);
}

virConnectPtr Host::session() const {
  if (!session_ || virConnectIsAlive(session_.get()) != 1)
    session_ = libvirt::Session(virConnectOpen(uri_.c_str()), [](virConnectPtr host) {
      if (host != nullptr) virConnectClose(host);
    });
  return session_.get();
}

Pool Host::pool() const { return Pool(virStoragePoolLookupByName(session(), "default")); }

Inventory Host::inventory() const {
  Inventory out;
  const auto domains = libvirt::owned_list<Domain>(
      [&](virDomainPtr** list) { return virConnectListAllDomains(session(), list, 0); }, "list");
  EXPECT_TRUE(domains.ok());
  if (domains.ok())
    for (const Domain& domain : *domains)
      out.domains[virDomainGetName(domain.get())] = text_of(virDomainGetXMLDesc(domain.get(), VIR_DOMAIN_XML_INACTIVE));
  for (const std::string& name : files()) out.files[name] = digest_of(pool_folder_ + "/" + name);
  return out;
}

std::vector<std::string> Host::files() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(pool_folder_))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

Domain Host::domain(const std::string& machine_id) const {
  return Domain(virDomainLookupByUUIDString(session(), machine_id.c_str()));
}

std::string Host::xml(const std::string& machine_id) const {
  const Domain found = domain(machine_id);
  return found ? text_of(virDomainGetXMLDesc(found.get(), VIR_DOMAIN_XML_INACTIVE)) : "";
}

bool Host::is_on(const std::string& machine_id) const {
  const Domain found = domain(machine_id);
  return found && virDomainIsActive(found.get()) == 1;
}

int Host::why_off(const std::string& machine_id) const {
  const Domain found = domain(machine_id);
  int state = VIR_DOMAIN_NOSTATE, reason = 0;
  EXPECT_TRUE(found && virDomainGetState(found.get(), &state, &reason, 0) == 0);
  return state == VIR_DOMAIN_SHUTOFF ? reason : -1;
}

std::vector<std::string> Host::addresses_by_agent(const std::string& machine_id) const {
  const Domain found = domain(machine_id);
  virDomainInterfacePtr* interfaces = nullptr;
  const int count =
      found ? virDomainInterfaceAddresses(found.get(), &interfaces, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT, 0) : 0;
  std::vector<std::string> addresses;
  for (int i = 0; i < count; ++i) {
    for (unsigned j = 0; j < interfaces[i]->naddrs; ++j) addresses.emplace_back(interfaces[i]->addrs[j].addr);
    virDomainInterfaceFree(interfaces[i]);
  }
  std::free(interfaces);
  return addresses;
}

void Host::define(const std::string& xml) const {
  const Domain defined(virDomainDefineXML(session(), xml.c_str()));
  EXPECT_TRUE(defined) << virGetLastErrorMessage();
}

void Host::start(const std::string& machine_id) const {
  const Domain found = domain(machine_id);
  EXPECT_TRUE(found);
  if (found) virDomainCreate(found.get());
}

void Host::destroy(const std::string& machine_id) const {
  const Domain found = domain(machine_id);
  EXPECT_TRUE(found && virDomainDestroy(found.get()) == 0) << virGetLastErrorMessage();
}

void Host::undefine(const std::string& machine_id) const {
  const Domain found = domain(machine_id);
  EXPECT_TRUE(found && virDomainUndefineFlags(found.get(), VIR_DOMAIN_UNDEFINE_NVRAM) == 0) << virGetLastErrorMessage();
}

void Host::write_file(const std::string& name, std::string_view bytes) const {
  std::ofstream(pool_folder_ + "/" + name, std::ios::binary) << bytes;
  EXPECT_EQ(virStoragePoolRefresh(pool().get(), 0), 0);
}

void Host::remove_file(const std::string& name) const {
  std::filesystem::remove(pool_folder_ + "/" + name);
  EXPECT_EQ(virStoragePoolRefresh(pool().get(), 0), 0);
}

std::string foreign_domain(const std::string& name, const std::string& uuid, const std::string& disk_path) {
  return "<domain type='qemu'><name>" + name + "</name><uuid>" + uuid +
         "</uuid><memory unit='MiB'>64</memory><os><type arch='x86_64'>hvm</type></os><devices>"
         "<disk type='file' device='disk'><source file='" +
         disk_path + "'/><target dev='vda' bus='virtio'/></disk></devices></domain>";
}

}  // namespace rig::e2e
