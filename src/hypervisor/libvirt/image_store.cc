// libvirt/image_store.cc — the image, then its mark.
#include "hypervisor/libvirt/image_store.h"

#include "base/digest.h"
#include "base/json/json.h"
#include "hypervisor/libvirt/limits.h"

namespace rig::libvirt {
namespace {

constexpr std::string_view kPrefix = "virtrigaud-image-", kReady = ".ready";

std::string mark_volume(const std::string& volume_name) { return volume_name + std::string(kReady); }

Result<std::optional<VolumeFacts>> facts_by_name(virStoragePoolPtr pool, const std::string& name, Volume& volume) {
  auto found = owned<Volume>(ask(virStorageVolLookupByName, pool, name.c_str()), "find volume '" + name + "'");
  if (!found.ok() && found.error().is(Code::kNotFound)) return std::optional<VolumeFacts>();
  if (!found.ok()) return found.take_error();
  volume = found.take();
  return std::optional(TRY(facts_of(volume.get())));
}

// Into a volume that is made when the beginning was found good.
class VolumeSink final : public transfer::ByteSink {
 public:
  VolumeSink(virConnectPtr host, virStoragePoolPtr pool, std::string name)
      : host_(host), pool_(pool), name_(std::move(name)) {}

  Status begin(std::int64_t size) override {
    const PoolFacts pool = TRY(facts_of_pool(pool_));
    if (size > pool.available_bytes) {
      return Error(Code::kResourceExhausted, "pool '" + pool.name + "' has " + std::to_string(pool.available_bytes) +
                                                 " bytes left, the image has " + std::to_string(size))
          .with_hint("Free space on the host, or name another pool.");
    }
    TRY(make_volume(pool_, VolumeSpec{.name = name_,
                                      .format = "raw",
                                      .capacity_bytes = size,
                                      .allocated = false,
                                      .backing_path = "",
                                      .backing_format = ""}));
    volume_ = TRY(owned<Volume>(ask(virStorageVolLookupByName, pool_, name_.c_str()), "find volume '" + name_ + "'"));
    writer_.emplace(TRY(VolumeWriter::open(host_, volume_.get())));
    return {};
  }
  Status write(std::string_view bytes) override { return writer_->write(bytes); }
  Status finish() override { return writer_->finish(); }
  void give_up() {
    writer_.reset();
    (void)remove_volume(pool_, name_);  // without a mark it counts for nothing; the next attempt makes it anew
  }
  Result<VolumeFacts> facts() const { return facts_of(volume_.get()); }

 private:
  virConnectPtr host_;
  virStoragePoolPtr pool_;
  const std::string name_;
  Volume volume_;
  std::optional<VolumeWriter> writer_;
};

}  // namespace

std::string image_volume(const std::string& key) {
  return std::string(kPrefix) + sha256_hex(key).substr(0, 32) + ".img";
}

bool is_image_volume(std::string_view name) { return name.starts_with(kPrefix) && name.ends_with(".img"); }

std::string mark_text(const ReadyMark& mark) {
  const json::Value value(
      json::Object{{"format", mark.format}, {"virtualBytes", mark.virtual_bytes}, {"fileBytes", mark.file_bytes}});
  return json::to_text(value) + "\n";
}

std::optional<ReadyMark> parse_mark(std::string_view text) {
  const auto value = json::parse(text);
  if (!value.ok()) return std::nullopt;
  ReadyMark mark{std::string(value->text({"format"})), value->integer({"virtualBytes"}), value->integer({"fileBytes"})};
  if (mark.format.empty() || mark.virtual_bytes <= 0 || mark.file_bytes <= 0) return std::nullopt;
  return mark;
}

Result<std::optional<ImageFile>> stored_image(virConnectPtr host, virStoragePoolPtr pool,
                                              const std::string& volume_name) {
  Volume image, mark_file;
  const auto image_facts = TRY(facts_by_name(pool, volume_name, image));
  const auto mark_facts = TRY(facts_by_name(pool, mark_volume(volume_name), mark_file));
  if (!image_facts || !mark_facts) return std::optional<ImageFile>();
  const auto mark = parse_mark(TRY(read_beginning(host, mark_file.get(), kHeaderBytes)));
  // A host that lost its power may have kept the mark and not the end of the image.
  if (!mark || image_facts->physical_bytes < mark->file_bytes) return std::optional<ImageFile>();
  return std::optional(ImageFile{image_facts->path, mark->format, mark->virtual_bytes, image_facts->physical_bytes,
                                 image_facts->modified});
}

Result<ImageFile> store_image(virConnectPtr host, virStoragePoolPtr pool, const std::string& volume_name,
                              transfer::ByteSource& source, const transfer::Wanted& wanted,
                              const OnFetched& on_progress, const Call& call) {
  TRY(remove_volume(pool, mark_volume(volume_name)));
  VolumeSink sink(host, pool, volume_name);
  const auto store = [&]() -> Result<ImageFile> {
    const transfer::Fetched fetched = TRY(transfer::fetch(source, sink, wanted, on_progress, call));
    const VolumeFacts facts = TRY(sink.facts());
    const ReadyMark mark{fetched.header.format, fetched.header.virtual_bytes, fetched.bytes};
    if (facts.physical_bytes < mark.file_bytes) {
      return Error(Code::kUnavailable, "the host kept " + std::to_string(facts.physical_bytes) + " bytes of " +
                                           std::to_string(mark.file_bytes));
    }
    TRY(make_volume(host, pool, mark_volume(volume_name), mark_text(mark)));
    return ImageFile{facts.path, mark.format, mark.virtual_bytes, facts.physical_bytes, facts.modified};
  };
  auto stored = store();
  if (!stored.ok()) sink.give_up();
  return stored;
}

}  // namespace rig::libvirt
