// libvirt/volumes.cc — pools, volumes and their streams.
#include "hypervisor/libvirt/volumes.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "hypervisor/libvirt/limits.h"

namespace rig::libvirt {
namespace {

Result<std::vector<Pool>> pools(virConnectPtr host, unsigned flags) {
  return owned_list<Pool>([&](virStoragePoolPtr** out) { return ask(virConnectListAllStoragePools, host, out, flags); },
                          "list the pools");
}

bool is_folder_pool(virStoragePoolPtr pool) {
  return std::string_view(virStoragePoolGetName(pool)).starts_with(kFolderPoolPrefix);
}

Error no_pool(virConnectPtr host, const std::string& name) {
  std::vector<std::string> names;
  if (const auto all = pools(host, 0); all.ok()) {
    for (const Pool& pool : *all) {
      if (!is_folder_pool(pool.get())) names.emplace_back(virStoragePoolGetName(pool.get()));
    }
  }
  std::ranges::sort(names);
  return Error(Code::kNotFound, "storage pool '" + name +
                                    "' is not on the host; there are: " + (names.empty() ? "none" : join(names, ", ")))
      .with_hint("Name one of them, or define the pool on the host.");
}

// A file that another program put there is unknown to libvirt until its pool is refreshed.
Status refresh_pools_above(virConnectPtr host, const std::string& path) {
  for (const Pool& pool : TRY(pools(host, VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE))) {
    if (is_folder_pool(pool.get())) continue;  // read when it was opened, a moment ago
    const PoolFacts facts = TRY(facts_of_pool(pool.get()));
    if (!facts.path.empty() && path.starts_with(facts.path + "/")) {
      TRY(done(ask(virStoragePoolRefresh, pool.get(), 0U), "refresh pool '" + facts.name + "'"));
    }
  }
  return {};
}

bool is_gone(const Error& error) { return error.is(Code::kNotFound); }

}  // namespace

Result<PoolFacts> facts_of_pool(virStoragePoolPtr pool) {
  return parse_pool(TRY(text(ask(virStoragePoolGetXMLDesc, pool, 0U), "describe the pool")));
}

Result<Pool> find_pool(virConnectPtr host, const std::string& name) {
  auto pool = owned<Pool>(ask(virStoragePoolLookupByName, host, name.c_str()), "find pool '" + name + "'");
  if (!pool.ok()) return is_gone(pool.error()) ? no_pool(host, name) : pool.take_error();
  if (const int active = ask(virStoragePoolIsActive, pool->get()); active < 1) {
    TRY(done(active, "read pool '" + name + "'"));
    return Error(Code::kFailedPrecondition, "storage pool '" + name + "' is not active")
        .with_hint("Start it on the host: virsh pool-start " + name);
  }
  const PoolFacts facts = TRY(facts_of_pool(pool->get()));
  if (facts.path.empty() || (facts.type != "dir" && facts.type != "fs" && facts.type != "netfs")) {
    return Error(Code::kUnimplemented, "storage pool '" + name + "' is of type '" + facts.type + "'")
        .with_hint("Name a pool of type dir, fs or netfs: disks are qcow2 files.");
  }
  return pool;
}

Result<Volume> volume_at(virConnectPtr host, const std::string& path) {
  const auto look_up = [&] {
    return owned<Volume>(ask(virStorageVolLookupByPath, host, path.c_str()), "find volume '" + path + "'");
  };
  auto volume = look_up();
  if (volume.ok() || !is_gone(volume.error())) return volume;
  TRY(refresh_pools_above(host, path));
  return look_up();
}

Result<VolumeFacts> facts_of(virStorageVolPtr volume) {
  return parse_volume(TRY(text(ask(virStorageVolGetXMLDesc, volume, 0U), "describe the volume")));
}

Status remove_volume(virStoragePoolPtr pool, const std::string& name) {
  const auto volume = owned<Volume>(ask(virStorageVolLookupByName, pool, name.c_str()), "find volume '" + name + "'");
  if (!volume.ok()) return is_gone(volume.error()) ? Status{} : Status(volume.error());
  auto removed = done(ask(virStorageVolDelete, volume->get(), 0U), "delete volume '" + name + "'");
  return !removed.ok() && is_gone(removed.error()) ? Status{} : std::move(removed);
}

Result<std::string> make_volume(virStoragePoolPtr pool, const VolumeSpec& spec) {
  TRY(remove_volume(pool, spec.name));
  // Without this flag libvirt takes no notice of a qcow2 volume's allocation.
  const unsigned flags = spec.allocated ? unsigned{VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA} : 0U;
  const auto volume = TRY(owned<Volume>(ask(virStorageVolCreateXML, pool, volume_xml(spec).c_str(), flags),
                                        "make volume '" + spec.name + "'"));
  return text(ask(virStorageVolGetPath, volume.get()), "read the path of volume '" + spec.name + "'");
}

Result<std::string> make_volume(virConnectPtr host, virStoragePoolPtr pool, const std::string& name,
                                std::string_view bytes) {
  std::string path = TRY(make_volume(pool, VolumeSpec{.name = name,
                                                      .format = "raw",
                                                      .capacity_bytes = static_cast<std::int64_t>(bytes.size()),
                                                      .allocated = false,
                                                      .backing_path = "",
                                                      .backing_format = ""}));
  const auto volume =
      TRY(owned<Volume>(ask(virStorageVolLookupByName, pool, name.c_str()), "find volume '" + name + "'"));
  VolumeWriter writer = TRY(VolumeWriter::open(host, volume.get()));
  TRY(writer.write(bytes));
  TRY(writer.finish());
  return path;
}

namespace {

// Calls `visit(pool, name)` for each volume of this machine in the active pools, until it answers false.
Status each_volume_of(virConnectPtr host, const std::string& machine_id, const auto& visit) {
  for (const Pool& pool : TRY(pools(host, VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE))) {
    if (is_folder_pool(pool.get())) continue;
    const auto volumes = TRY(owned_list<Volume>(
        [&](virStorageVolPtr** out) { return ask(virStoragePoolListAllVolumes, pool.get(), out, 0U); },
        "list the volumes"));
    for (const Volume& volume : volumes) {
      const std::string name = virStorageVolGetName(volume.get());
      if (is_volume_of(name, machine_id) && !TRY(visit(pool.get(), name))) return {};
    }
  }
  return {};
}

}  // namespace

Status sweep_volumes(virConnectPtr host, const std::string& machine_id) {
  return each_volume_of(host, machine_id, [](virStoragePoolPtr pool, const std::string& name) -> Result<bool> {
    TRY(remove_volume(pool, name));
    return true;
  });
}

Result<bool> has_volumes(virConnectPtr host, const std::string& machine_id) {
  bool found = false;
  TRY(each_volume_of(host, machine_id, [&](virStoragePoolPtr, const std::string&) -> Result<bool> {
    found = true;
    return false;
  }));
  return found;
}

Result<VolumeWriter> VolumeWriter::open(virConnectPtr host, virStorageVolPtr volume) {
  Stream stream = TRY(owned<Stream>(virStreamNew(host, 0), "open a stream"));
  TRY(done(ask(virStorageVolUpload, volume, stream.get(), 0ULL, 0ULL, 0U), "begin to write the volume"));
  return VolumeWriter(std::move(stream));
}

VolumeWriter::~VolumeWriter() {
  if (stream_ != nullptr) virStreamAbort(stream_.get());
}

Status VolumeWriter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, kStreamChunk);
    const int sent = ask(virStreamSend, stream_.get(), part.data(), part.size());
    TRY(done(sent, "write the volume"));
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Status VolumeWriter::finish() {
  const Stream stream = std::move(stream_);
  return done(ask(virStreamFinish, stream.get()), "finish writing the volume");
}

Status read_volume(virConnectPtr host, virStorageVolPtr volume, std::size_t bytes_max,
                   const std::function<Status(std::string_view)>& on_bytes) {
  const auto stream = TRY(owned<Stream>(virStreamNew(host, 0), "open a stream"));
  TRY(done(ask(virStorageVolDownload, volume, stream.get(), 0ULL, static_cast<unsigned long long>(bytes_max), 0U),
           "begin to read the volume"));
  std::vector<char> buffer(kStreamChunk);
  while (true) {
    const int got = ask(virStreamRecv, stream.get(), buffer.data(), buffer.size());
    Status status = done(got, "read the volume");
    if (status.ok() && got == 0) return done(ask(virStreamFinish, stream.get()), "finish reading the volume");
    if (status.ok()) status = on_bytes({buffer.data(), static_cast<std::size_t>(got)});
    if (!status.ok()) {
      virStreamAbort(stream.get());
      return status;
    }
  }
}

Result<std::string> read_beginning(virConnectPtr host, virStorageVolPtr volume, std::size_t bytes) {
  std::string beginning;
  TRY(read_volume(host, volume, bytes, [&](std::string_view part) -> Status {
    beginning += part;
    return {};
  }));
  return beginning;
}

}  // namespace rig::libvirt
