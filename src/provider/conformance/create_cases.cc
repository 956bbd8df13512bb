// provider/conformance/create_cases.cc — making machines: once, whatever happens, and never over another's.
#include <algorithm>

#include "base/text.h"
#include "base/uuid.h"
#include "provider/conformance/internal/bench.h"

namespace rig::provider::conformance {
namespace {

bool has_named(const std::vector<DiskSpec>& disks, const std::string& name, std::int64_t size_bytes) {
  return std::any_of(disks.begin(), disks.end(),
                     [&](const DiskSpec& d) { return d.name == name && d.size_bytes == size_bytes; });
}
bool has_named(const std::vector<NicSpec>& nics, const std::string& name) {
  return std::any_of(nics.begin(), nics.end(), [&](const NicSpec& n) { return n.name == name; });
}

// What stands on the host besides the image.
struct Stock {
  std::vector<std::string> machines, volumes;
};
Result<Stock> stock(Bench& bench) {
  Stock all;
  all.machines = TRY(bench.host().machine_names());
  all.volumes = TRY(bench.host().volumes());
  return all;
}

// How many more there are than before, of each.
Status want_more(Bench& bench, const Stock& before, std::size_t machines, std::size_t volumes,
                 const std::string& when) {
  const Stock now = TRY(stock(bench));
  TRY(want_same(std::to_string(now.machines.size() - before.machines.size()), std::to_string(machines),
                when + ": machines more"));
  return want_same(std::to_string(now.volumes.size() - before.volumes.size()), std::to_string(volumes),
                   when + ": volumes more");
}

// What one whole creation adds to the host.
Result<Stock> cost_of_one(Bench& bench, MachineSpec spec, const Stock& before) {
  spec = TRY(bench.named(spec));
  MachineRef ref = TRY(bench.reserve(spec));
  TRY(bench.make(ref, spec));
  Stock more = TRY(stock(bench));
  more.machines.resize(more.machines.size() - before.machines.size());
  more.volumes.resize(more.volumes.size() - before.volumes.size());
  TRY(bench.remove(ref));
  return more;
}

Status create_from_image_boots_spec(Bench& bench) {
  MachineSpec spec = TRY(bench.small_spec());
  spec.cpus = 2;
  spec.memory_mib += 64;
  spec.root_disk_bytes = std::max<std::int64_t>(spec.root_disk_bytes, 64LL << 20);
  spec.disks = {{"data", 32LL << 20, "", ""}, {"logs", 16LL << 20, "", ""}};
  NicSpec second = spec.nics.at(0);
  second.name = "second";
  second.mac.clear();
  spec.nics.push_back(second);
  MachineRef ref = TRY(bench.reserve(spec));
  TRY(bench.make(ref, spec));

  const Machine machine = TRY(bench.describe(ref));
  TRY(want(machine.existence == Existence::kOurs, "describe: the machine is not ours: " + machine.detail));
  TRY(want(machine.ref == ref, "describe: another ref came back"));
  TRY(want(machine.power == Power::kOff, "create() leaves a machine off"));
  const MachineSpec& is = machine.configured;
  TRY(want_same(is.display_name, spec.display_name, "display_name"));
  TRY(want_same(is.cpus, spec.cpus, "cpus"));
  TRY(want_same(is.memory_mib, spec.memory_mib, "memory_mib"));
  TRY(want(is.firmware == spec.firmware, "firmware differs"));
  TRY(want(is.root_disk_bytes >= spec.root_disk_bytes, "the root disk is smaller than asked for"));
  TRY(want_same(is.disks.size(), std::size_t{2}, "numbers of disks"));
  TRY(want(has_named(is.disks, "data", 32LL << 20) && has_named(is.disks, "logs", 16LL << 20),
           "disks by name and size"));
  TRY(want_same(is.nics.size(), std::size_t{2}, "numbers of NICs"));
  TRY(want(has_named(is.nics, spec.nics[0].name) && has_named(is.nics, "second"), "NICs by name"));
  TRY(want(is.seed.empty(), "a seed is never read back"));

  TRY(bench.power_on(ref));
  TRY(bench.want_power(ref, Power::kOn, "after power on"));
  if (bench.subject.boot_time > Duration::zero()) (void)TRY(bench.wait_until_booted(ref));
  return {};
}

Status create_twice(Bench& bench) {
  const Made made = TRY(make_small(bench));
  const Stock before = TRY(stock(bench));
  MachineRef again = TRY(bench.reserve(made.spec));
  TRY(want(again == made.ref, "reserve() chose another id for the same machine"));
  TRY(bench.make(again, made.spec));
  return want_more(bench, before, 0, 0, "after the second create");
}

Status create_concurrently(Bench& bench) {
  const MachineSpec spec = TRY(bench.small_spec());
  const Stock before = TRY(stock(bench));
  const Stock one = TRY(cost_of_one(bench, spec, before));
  MachineRef ref = TRY(bench.reserve(spec));
  std::vector<Status> outcomes(4);
  {
    std::vector<std::jthread> threads;
    for (Status& outcome : outcomes)
      threads.emplace_back([&outcome, &bench, &spec, ref]() mutable { outcome = bench.make(ref, spec); });
  }
  for (Status& outcome : outcomes) TRY(std::move(outcome));
  TRY(bench.want_existence(ref, Existence::kOurs, "afterwards"));
  return want_more(bench, before, 1, one.volumes.size(), "after four creates at once");
}

// The nth-failure loop: creation with a fault after the first effect, the second, and so on until none is left.
Status create_under(Bench& bench, Fault fault) {
  const MachineSpec spec = TRY(bench.small_spec());
  const Stock before = TRY(stock(bench));
  const Stock one = TRY(cost_of_one(bench, spec, before));
  for (int effect = 0; effect < 50; ++effect) {
    const std::string when = "fault after effect " + std::to_string(effect);
    (void)TRY(bench.host().plan_fault(fault, effect));
    const MachineSpec wish = TRY(bench.named(spec));
    MachineRef ref = TRY(bench.reserve(wish));
    Status made = bench.make(ref, wish);
    const bool happened = TRY(bench.host().plan_fault(std::nullopt, 0));
    if (fault == Fault::kKilled && happened) {
      TRY(bench.restart_provider());
      const Machine left = TRY(bench.describe(ref).context(when));
      TRY(want(left.existence != Existence::kForeign, when + ": our own machine is called foreign"));
    }
    if (!made.ok()) TRY(want(remedy(made.error().code()) == Remedy::kRetry, when + ": " + made.error().to_string()));
    if (!made.ok()) TRY(bench.make(ref, wish).context(when + ", asked again"));
    TRY(bench.want_existence(ref, Existence::kOurs, when));
    TRY(want_more(bench, before, 1, one.volumes.size(), when));
    TRY(bench.remove(ref));
    TRY(want_more(bench, before, 0, 0, when + ", after removal"));
    if (!happened) return want(effect > 0, "no fault ever happened");
  }
  return want(false, "creation has more than 50 effects");
}

Status create_lost_reply_each_call(Bench& bench) { return create_under(bench, Fault::kReplyLost); }
Status create_killed_mid_copy(Bench& bench) { return create_under(bench, Fault::kKilled); }

Status create_interrupted_by_restart(Bench& bench) {
  const MachineSpec spec = TRY(bench.small_spec());
  const Stock before = TRY(stock(bench));
  const Stock one = TRY(cost_of_one(bench, spec, before));
  MachineRef ref = TRY(bench.reserve(spec));
  (void)TRY(bench.provider().create(ref, spec, bench.call()));
  TRY(bench.restart_provider());
  TRY(bench.make(ref, spec).context("asked again after the restart"));
  TRY(bench.want_existence(ref, Existence::kOurs, "afterwards"));
  return want_more(bench, before, 1, one.volumes.size(), "afterwards");
}

// Create against what somebody else owns: refused, and not a byte of theirs is changed.
Status want_refused(Bench& bench, MachineRef ref, const MachineSpec& spec, const std::string& foreign) {
  const std::string before = TRY(bench.host().fingerprint(foreign));
  const Stock stock_before = TRY(stock(bench));
  TRY(want_code(Code::kAlreadyExists, bench.make(ref, spec), "create"));
  TRY(want_same(bench.host().fingerprint(foreign), before, "the foreign machine's configuration"));
  return want_more(bench, stock_before, 0, 0, "after the refusal");
}

// What is not told apart by its name or UUID is made beside it, and not a byte of theirs is changed either.
Status want_apart(Bench& bench, MachineRef ref, const MachineSpec& spec, const std::string& foreign) {
  const std::string before = TRY(bench.host().fingerprint(foreign));
  TRY(bench.make(ref, spec));
  TRY(bench.want_existence(ref, Existence::kOurs, "beside the foreign machine"));
  TRY(bench.remove(ref));
  return want_same(bench.host().fingerprint(foreign), before, "the foreign machine's configuration");
}

Status create_name_foreign(Bench& bench) {
  const MachineSpec spec = TRY(bench.small_spec());
  TRY(bench.host().add_foreign_machine(spec.display_name, random_uuid()));
  const auto ref = bench.reserve(spec);
  if (!ref.ok()) return want_code(Code::kAlreadyExists, ref, "reserve");
  if (!bench.subject.names_collide) return want_apart(bench, *ref, spec, spec.display_name);
  return want_refused(bench, *ref, spec, spec.display_name);
}

Status create_id_foreign(Bench& bench) {
  const MachineSpec spec = TRY(bench.small_spec());
  MachineRef ref = TRY(bench.reserve(spec));
  if (ref.id.empty()) return Error(Code::kUnimplemented, "the hypervisor chooses the id");
  TRY(bench.host().add_foreign_machine(ref.id, random_uuid()));  // between reserve() and create()
  TRY(want_refused(bench, ref, spec, ref.id));
  return bench.want_existence(ref, Existence::kForeign, "afterwards");
}

Status create_uuid_foreign(Bench& bench) {
  const MachineSpec spec = TRY(bench.small_spec());
  MachineRef ref = TRY(bench.reserve(spec));
  const std::string other = TRY(bench.named(spec)).display_name;
  TRY(bench.host().add_foreign_machine(other, ref.machine_id));
  if (!bench.subject.names_collide) return want_apart(bench, TRY(bench.reserve(spec)), spec, other);
  TRY(want_refused(bench, ref, spec, other));
  return bench.want_existence(ref, Existence::kForeign, "afterwards");
}

Status create_source_missing(Bench& bench) {
  MachineSpec spec = TRY(bench.small_spec());
  spec.image.location += "-that-is-nowhere";
  const Stock before = TRY(stock(bench));
  MachineRef ref = TRY(bench.reserve(spec));
  const Status made = bench.make(ref, spec);
  TRY(want_code(Code::kNotFound, made, "create"));
  TRY(want(made.error().to_string().find(spec.image.location) != std::string::npos,
           "the error does not name the image"));
  return want_more(bench, before, 0, 0, "after the refusal");
}

// ---- templates ----

Result<ImageSpec> prepare_template(Bench& bench, const std::string& name, bool is_linked) {
  ImageRequest request;
  request.key = random_uuid();
  request.is_linked = is_linked;
  request.name = request.template_name = name;
  auto image = bench.provider().images().prepare(request, bench.call());
  const Status seen = bench.until("", [&]() -> Result<bool> {  // hypervisors may take a while to see what somebody does
    if (!image.ok()) image = bench.provider().images().prepare(request, bench.call());
    return image.ok();
  });
  if (!seen.ok()) return image.error();
  TRY(bench.finish(image->task));
  return ImageSpec{image->location, image->format};
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Of a machine that was made of a template, which another machine with that secret once was.
Status want_nothing_inherited(Bench& bench, const MachineSpec& wish, const MachineRef& source,
                              const std::string& secret) {
  MachineRef ref = TRY(bench.reserve(wish));
  TRY(bench.make(ref, wish));
  TRY(bench.want_existence(ref, Existence::kOurs, "made of our own machine"));
  const std::string config = TRY(bench.host().fingerprint(ref.id));
  TRY(want(!has(config, source.machine_id), "the source's stamp was inherited"));
  TRY(want(!has(config, secret) && !has(config, base64(secret)), "a secret was inherited"));
  const auto document = bench.host().seed_bytes(ref.id, "user-data");
  TRY(want(!document.ok() || *document == wish.seed.user_data, "user-data is another's"));
  return bench.remove(ref);
}

Status create_from_our_own_machine(Bench& bench) {
  const std::string secret = "s3cr3t-" + random_suffix(8);  // both lengths: so that its base64 stands within the text's
  MachineSpec spec = TRY(bench.small_spec());
  spec.seed.user_data = "#cloud-config\n\n" + secret + "\n";
  MachineRef source = TRY(bench.reserve(spec));
  TRY(bench.make(source, spec));
  const std::string name = TRY(bench.named(spec)).display_name;
  const std::string id = TRY(bench.host().make_template(source.id, name, secret));
  const bool can_link = TRY(bench.provider().capabilities(bench.call())).linked_clones;
  std::string before;
  for (const bool is_linked : {false, true}) {
    if (is_linked && !can_link) continue;
    const ImageSpec image = TRY(prepare_template(bench, id, is_linked));
    if (before.empty()) before = TRY(bench.host().fingerprint(id));
    for (const Seed& seed : {Seed{"#cloud-config\n# its own\n", "instance-id: i-1\n", ""}, Seed{}}) {
      MachineSpec wish = TRY(bench.named(spec));
      wish.image = image;
      wish.seed = seed;
      TRY(want_nothing_inherited(bench, wish, source, secret)
              .context(std::string(is_linked ? "linked, " : "") + (seed.empty() ? "without a seed" : "with a seed")));
    }
  }
  return want_same(bench.host().fingerprint(id), before, "the template's configuration");
}

Status create_source_ambiguous(Bench& bench) {
  ImageRequest request;
  request.key = random_uuid();
  request.name = request.template_name = TRY(bench.named({})).display_name;
  std::vector<std::string> ids;
  for (int i = 0; i < 2; ++i) {
    const Made made = TRY(make_small(bench));
    ids.push_back(TRY(bench.host().make_template(made.ref.id, request.template_name, "")));
  }
  Status refused;
  const auto are_listed = [&]() -> Result<bool> {
    const auto found = bench.provider().images().prepare(request, bench.call());
    refused = found.ok() ? Status() : Status(found.error());
    return !refused.ok() && has(refused.error().to_string(), ids[0]) && has(refused.error().to_string(), ids[1]);
  };
  TRY(bench.until("an error that lists both " + ids[0] + " and " + ids[1], are_listed));
  return want(remedy(refused.error().code()) == Remedy::kUserFix,
              "only a person can say which: " + refused.error().to_string());
}

Status create_storage_full(Bench& bench) {
  if (!bench.subject.too_large) return Error(Code::kUnimplemented, "no machine is too large for this host");
  MachineSpec spec = TRY(bench.small_spec());
  const std::string image = spec.image.location, format = spec.image.format;
  spec = TRY(bench.named(*bench.subject.too_large));
  spec.image = {image, format};
  const Stock before = TRY(stock(bench));
  MachineRef ref = TRY(bench.reserve(spec));
  TRY(want_code(Code::kResourceExhausted, bench.make(ref, spec), "create"));
  TRY(bench.want_existence(ref, Existence::kGone, "afterwards"));
  return want_more(bench, before, 0, 0, "afterwards");
}

Status reserve_without_create(Bench& bench) {
  const MachineSpec spec = TRY(bench.small_spec());
  const Stock before = TRY(stock(bench));
  MachineRef ref = TRY(bench.reserve(spec));
  TRY(want_same(ref.machine_id, bench.owner(spec.hostname).uid, "machine_id"));
  const MachineRef again = TRY(bench.reserve(spec));
  TRY(want(again == ref, "the second reserve() chose otherwise"));
  TRY(bench.want_existence(ref, Existence::kGone, "afterwards"));
  return want_more(bench, before, 0, 0, "afterwards");
}

Status seed_userdata_network_meta_bytes(Bench& bench) {
  MachineSpec spec = TRY(bench.small_spec());
  spec.seed = {"#cloud-config\n# <&>\"' \xc3\xa4\nhostname: x\n", "instance-id: i-1\nlocal-hostname: x\n",
               "version: 2\nethernets: {}\n"};
  MachineRef ref = TRY(bench.reserve(spec));
  TRY(bench.make(ref, spec));
  const std::pair<std::string_view, std::string> kDocuments[] = {{"user-data", spec.seed.user_data},
                                                                 {"meta-data", spec.seed.meta_data},
                                                                 {"network-config", spec.seed.network_config}};
  for (const auto& [document, bytes] : kDocuments)
    TRY(want_same(bench.host().seed_bytes(ref.id, document), bytes, std::string(document)));
  return {};
}

// ---- images ----

Status check_fetches(Bench& bench) {
  if (!bench.subject.image.template_name.empty())
    return Error(Code::kUnimplemented, "the image is there already, and is not fetched");
  return {};
}

Status image_prepare_progress_checksum(Bench& bench) {
  TRY(check_fetches(bench));
  ImageRequest request = bench.subject.image;
  request.key = random_uuid();
  const std::vector<std::string> before = TRY(bench.host().volumes());
  const PreparedImage image = TRY(bench.provider().images().prepare(request, bench.call()));
  TRY(want(!image.location.empty(), "prepare() names the image before it is there"));
  std::int64_t bytes_done = 0;
  const auto is_there = [&]() -> Result<bool> {
    if (image.task.text.empty()) return true;
    const TaskState state = TRY(bench.provider().poll(image.task, bench.call()));
    if (state.phase == TaskState::Phase::kFailed) return *state.error;
    if (state.phase != TaskState::Phase::kRunning) return true;
    TRY(want(state.bytes_done >= bytes_done, "bytes_done went back"));
    bytes_done = state.bytes_done;
    return false;
  };
  TRY(bench.until("the image", is_there));
  const PreparedImage again = TRY(bench.provider().images().prepare(request, bench.call()));
  TRY(want(again.location == image.location && again.task.text.empty(), "a finished image is found again"));
  TRY(want(again.size_bytes > 0, "a finished image has a size"));
  return want_same(TRY(bench.host().volumes()).size(), before.size() + 1, "numbers of volumes");
}

Status image_bad_checksum_leaves_nothing(Bench& bench) {
  TRY(check_fetches(bench));
  ImageRequest request = bench.subject.image;
  request.key = random_uuid();
  request.checksum = std::string(request.checksum.size(), '0');
  const std::vector<std::string> before = TRY(bench.host().volumes());
  const auto image = bench.provider().images().prepare(request, bench.call());
  const Status outcome = image.ok() ? bench.finish(image->task) : Status(image.error());
  TRY(want_code(Code::kInvalidArgument, outcome, "prepare"));
  return want_same(TRY(bench.host().volumes()), before, "volumes");
}

Status image_prepared_concurrently_once(Bench& bench) {
  TRY(check_fetches(bench));
  ImageRequest request = bench.subject.image;
  request.key = random_uuid();
  const std::vector<std::string> before = TRY(bench.host().volumes());
  const auto downloads = bench.host().downloads();
  std::vector<Status> outcomes(4);
  {
    std::vector<std::jthread> threads;
    for (Status& outcome : outcomes)
      threads.emplace_back([&] {
        const auto image = bench.provider().images().prepare(request, bench.call());
        outcome = image.ok() ? bench.finish(image->task) : Status(image.error());
      });
  }
  for (Status& outcome : outcomes) TRY(std::move(outcome));
  if (downloads.ok()) {
    const std::int64_t more = TRY(bench.host().downloads()) - *downloads;
    TRY(want_same(std::to_string(more), "1", "downloads for four requests"));
  }
  return want_same(TRY(bench.host().volumes()).size(), before.size() + 1, "numbers of volumes");
}

constexpr Case kCases[] = {
    {"create_from_image_boots_spec", "every asked field is read back", run<create_from_image_boots_spec>},
    {"create_twice", "one machine, same id", run<create_twice>},
    {"create_concurrently", "one machine, same id", run<create_concurrently>},
    {"create_lost_reply_each_call", "no duplicate, no orphan volume", run<create_lost_reply_each_call>},
    {"create_killed_mid_copy", "finished later, never a second", run<create_killed_mid_copy>},
    {"create_interrupted_by_restart", "finished later, never a second", run<create_interrupted_by_restart>},
    {"create_name_foreign", "refused, foreign bytes unchanged", run<create_name_foreign>},
    {"create_id_foreign", "refused, foreign bytes unchanged", run<create_id_foreign>},
    {"create_uuid_foreign", "refused, foreign bytes unchanged", run<create_uuid_foreign>},
    {"create_source_missing", "refused by name, nothing left", run<create_source_missing>},
    {"create_source_ambiguous", "candidates are listed", run<create_source_ambiguous>},
    {"create_from_our_own_machine", "the source's stamp and secrets stay its own", run<create_from_our_own_machine>},
    {"create_storage_full", "ResourceExhausted, nothing left", run<create_storage_full>},
    {"reserve_without_create", "no trace on the host", run<reserve_without_create>},
    {"seed_userdata_network_meta_bytes", "bytes read back from the medium", run<seed_userdata_network_meta_bytes>},
    {"image_prepare_progress_checksum", "monotonic bytes; found again", run<image_prepare_progress_checksum>},
    {"image_bad_checksum_leaves_nothing", "a bad sum leaves nothing", run<image_bad_checksum_leaves_nothing>},
    {"image_prepared_concurrently_once", "parallel = one download", run<image_prepared_concurrently_once>},
};

}  // namespace

std::span<const Case> create_cases() { return kCases; }

}  // namespace rig::provider::conformance
