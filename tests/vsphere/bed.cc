// vsphere/bed.cc — see bed.h.
#include "vsphere/bed.h"

#include <algorithm>
#include <cstdlib>

#include "base/check.h"
#include "base/eventually_test.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/uuid.h"
#include "hypervisor/vsphere/devices.h"
#include "hypervisor/vsphere/follow.h"
#include "hypervisor/vsphere/look.h"

namespace rig::vsphere {
namespace {

using namespace std::chrono_literals;
using provider::MachineSpec;
using provider::Power;
using provider::conformance::Subject;

// Machines of as many processors do not hear when they are asked to shut down: they have no VMware Tools.
constexpr std::int32_t kCpusOfStubborn = 3;

Call soon() { return {std::chrono::steady_clock::now() + 60s, {}, "bed"}; }

// "NAME=value" in the env of tools/lab/vcsim/up.
std::string setting(std::string_view name) {
  const char* folder = std::getenv("RIG_TEST_VCSIM_DIR");
  CHECK(folder != nullptr);
  for (const std::string& line : split(read_file(std::string(folder) + "/env").take(), '\n'))
    if (line.starts_with(std::string(name) + "=")) return line.substr(name.size() + 1);
  return "";
}

// The text of the first element of that name.
std::string text_in(std::string_view xml, std::string_view element) {
  const std::size_t open = xml.find("<" + std::string(element));
  if (open == std::string_view::npos) return "";
  const std::size_t begin = xml.find('>', open) + 1;
  return std::string(xml.substr(begin, xml.find('<', begin) - begin));
}

// Of an entry of extraConfig.
std::string value_of(std::string_view extra_config, std::string_view key) {
  const std::size_t at = extra_config.find("<key>" + std::string(key) + "</key>");
  return at == std::string_view::npos ? "" : text_in(extra_config.substr(at), "value");
}

constexpr int kDoubts = 6;
// An answer to a look at a machine that says nothing of it.
http::Reply doubtful(int kind, const std::string& id) {
  const auto success = [](const std::string& content) {
    return http::Reply{.status = 200,
                       .headers = {{"Content-Type", "text/xml"}},
                       .body =
                           "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://"
                           "www.w3.org/2001/XMLSchema-instance\"><e:Body><RetrievePropertiesExResponse>" +
                           content + "</RetrievePropertiesExResponse></e:Body></e:Envelope>"};
  };
  switch (kind) {
    case 0: return {.status = 503, .headers = {{"Content-Type", "text/html"}}, .body = "<html>no service</html>"};
    case 1: return fault_reply("NoPermission");
    case 2: return fault_reply("NotAuthenticated");
    case 3: return success("");
    case 4:
      return success("<returnval><objects><obj type=\"VirtualMachine\">" + id +
                     "</obj><missingSet><path>name</path><fault><fault xsi:type=\"NoPermission\"/></fault>"
                     "</missingSet></objects></returnval>");
    default: return {};  // no answer
  }
}

}  // namespace

Center vcsim() {
  const Credentials credentials{setting("USER"), read_file(setting("PASSWORD_FILE")).take(),
                                read_file(setting("CA")).take(), ""};
  Center center;
  center.login = login_for(setting("URL"), credentials, false).take();
  center.template_name = "DC0_C0_RP0_VM0";
  provider::NicSpec nic;
  nic.name = "eth0";
  nic.network = "DC0_DVPG0";
  center.small.placement.cluster = "DC0_C0";
  center.small.root_disk_bytes = 10LL << 30;
  center.small.nics = {nic};
  center.small.seed.meta_data = "instance-id: conformance\n";
  return center;
}

Bed::Bed(Center center, Duration patience)
    : center_(std::move(center)), session_(Session::open(center_.login, clock_).take()) {
  middle_ = std::make_unique<Middle>(
      center_.login, [this](const std::string& method, const std::string& body) { return instead(method, body); });
  options_.endpoint = middle_->url();
  options_.defaults = center_.small.placement;
  options_.patience = patience;
  options_.otherwise = {center_.login.username, center_.login.password,
                        middle_->authority_pem() + center_.login.ca_bundle, ""};
  const auto machines = read_catalogue(*session_, /*with_machines=*/true, soon());
  CHECK(machines.ok());
  for (const Entity* entity : machines->all(kTemplate)) before_all_.insert(entity->self);
  CHECK(restart_provider().ok());
}

Bed::~Bed() = default;

void Bed::on_restart(std::function<void()> before, std::function<void(provider::Provider&)> after) {
  before_ = std::move(before);
  (after_ = std::move(after))(*provider_);
}

Subject Bed::subject(std::string name) {
  Subject subject;
  subject.name = std::move(name);
  subject.provider = [this]() -> provider::Provider& { return *provider_; };
  subject.host = this;
  subject.boot_time = center_.boot_time;
  subject.wait = pause_between_looks;
  subject.small = center_.small;
  subject.image = center_.image;
  subject.image.name = "small";
  if (subject.image.url.empty()) subject.image.template_name = center_.template_name;
  subject.stubborn = subject.small;
  subject.stubborn->cpus = kCpusOfStubborn;
  subject.stubborn->image.location = center_.template_name;
  subject.too_large = center_.too_large;
  subject.idle_calls_per_second = 0.5;  // one call waits for almost a minute
  return subject;
}

Status Bed::be_quicker_than(const std::string& method, const std::string& body) {
  std::optional<Race> race;
  {
    const Lock lock(race_mutex_);
    if (!race_ || method != "Destroy_Task" || text_in(body, "_this") != race_->id) return {};
    race = std::exchange(race_, std::nullopt);
  }
  TRY(erase(race->id));
  return add_foreign_machine(race->name, race->uuid);
}

std::optional<http::Reply> Bed::instead(const std::string& method, const std::string& body) {
  CHECK(be_quicker_than(method, body).ok());
  const bool looks = method == "RetrievePropertiesEx" || method == "FindAllByUuid";
  if (const int kind = doubt_; kind >= 0 && looks) return doubtful(kind, text_in(body, "obj"));
  if (method != "ShutdownGuest" && method != "RebootGuest") return std::nullopt;
  const auto sight = read_sight(*session_, {"VirtualMachine", text_in(body, "_this")}, soon());
  if (!sight.ok() || sight->props.cpus != kCpusOfStubborn) return std::nullopt;
  return fault_reply("ToolsUnavailable");
}

Result<MoRef> Bed::find(const std::string& name) {
  const Catalogue catalogue = TRY(read_catalogue(*session_, /*with_machines=*/true, soon()));
  return TRY(catalogue.named(kTemplate, name))->self;
}

template <class Method>
Status Bed::carry_out(const Method& method) {
  const MoRef task = TRY(ask(*session_, method, soon()));
  return follow_task(
      *session_, task, [](const auto&) {}, soon(), 10ms);
}

Result<std::string> Bed::send(const std::string& method, const MoRef& self, const std::string& parameters) {
  return session_->send(method,
                        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><" + method +
                            " xmlns=\"urn:vim25\"><_this type=\"" + self.type + "\">" + self.id + "</_this>" +
                            parameters + "</" + method + "></e:Body></e:Envelope>",
                        soon());
}

Status Bed::carry_out(const std::string& method, const MoRef& self, const std::string& parameters) {
  const std::string answer = TRY(send(method, self, parameters));
  return follow_task(
      *session_, {"Task", text_in(answer, "returnval")}, [](const auto&) {}, soon(), 10ms);
}

Result<std::string> Bed::property(const MoRef& self, const std::string& path) {
  FilterSpec spec;
  spec.props = {{self.type, {path}}};
  spec.objects = {{self, std::nullopt, {}}};
  for (const ObjectContent& object : TRY(retrieve(*session_, spec, soon())))
    for (const Property& property : object.props) return property.value.xml;
  return Error(Code::kNotFound, self.id + " has no " + path);
}

Result<std::vector<std::string>> Bed::machine_names() {
  const Catalogue catalogue = TRY(read_catalogue(*session_, /*with_machines=*/true, soon()));
  std::vector<std::string> names;
  for (const Entity* entity : catalogue.all(kTemplate)) names.push_back(entity->self.id + " " + entity->props.name);
  return names;
}

Result<std::vector<std::string>> Bed::volumes() {
  const Catalogue catalogue = TRY(read_catalogue(*session_, /*with_machines=*/true, soon()));
  std::vector<std::string> all;
  for (const Entity* entity : catalogue.all(kTemplate)) {
    const auto sight = read_sight(*session_, entity->self, soon());
    if (!sight.ok()) continue;  // gone meanwhile
    for (const Device& device : sight->props.devices)
      if (is_disk(device) && device.backing)
        all.push_back(entity->self.id + " " + device.backing->file_name.value_or(""));
  }
  return all;
}

Status Bed::add_foreign_machine(const std::string& name, const std::string& uuid) {
  if (name.starts_with("vm-")) return Error(Code::kUnimplemented, "vCenter gives no id a second time");
  const Catalogue catalogue = TRY(read_catalogue(*session_, /*with_machines=*/true, soon()));
  const Entity* source = TRY(catalogue.named(kTemplate, center_.template_name));
  const Place place = TRY(find_place(catalogue, center_.small.placement, *source));
  CloneMachine clone{source->self, place.folder, name, {}};
  clone.spec.location.pool = place.pool;
  clone.spec.config.emplace().instance_uuid = uuid;
  return carry_out(clone);
}

Result<std::string> Bed::fingerprint(const std::string& name) { return property(TRY(find(name)), "config"); }

Status Bed::set_power(const std::string& id, Power power) {
  const MoRef self{"VirtualMachine", id};
  if (power == Power::kPaused) return Error(Code::kUnimplemented, "vSphere pauses no machines");
  if (power == Power::kOn) return carry_out(PowerOn{self});
  if (power == Power::kOff) return carry_out(PowerOff{self});
  return carry_out("SuspendVM_Task", self, "");
}

Status Bed::erase(const std::string& id) {
  const MoRef self{"VirtualMachine", id};
  if (power_of(TRY(read_sight(*session_, self, soon())).props) != Power::kOff) TRY(carry_out(PowerOff{self}));
  return carry_out(Destroy{self});
}

Status Bed::edit(const std::string& id) {
  Reconfigure change{{"VirtualMachine", id}, {}};
  change.spec.extra_config = {{"edited", {"by hand"}}};
  return carry_out(change);
}

Status Bed::restart_provider() {
  if (before_) before_();
  provider_.reset();
  middle_->end_calls();
  provider_ = TRY(open(options_, clock_));
  if (after_) after_(*provider_);
  return {};
}

// The documents of guestinfo; the network's is within meta-data.
Result<std::string> Bed::seed_bytes(const std::string& id, std::string_view document) {
  const std::string all = TRY(property({"VirtualMachine", id}, "config.extraConfig"));
  const std::string name = document == "user-data" ? "guestinfo.userdata" : "guestinfo.metadata";
  if (value_of(all, name + ".encoding") != "base64") return Error(Code::kDataLoss, name + " has another encoding");
  const std::string text = TRY(parse_base64(value_of(all, name)));
  if (document == "user-data") return text;
  const std::size_t network = text.find("network: ");
  if (document == "meta-data") return text.substr(0, network);
  return parse_base64(text.substr(network + 9, text.find('\n', network) - network - 9));
}

Result<std::string> Bed::log() { return join(log::last_lines(), "\n"); }

Result<bool> Bed::plan_fault(std::optional<provider::conformance::Fault> fault, int effect) {
  const bool happened = middle_->forget_plan();
  if (fault) middle_->lose_answer(effect, *fault == provider::conformance::Fault::kKilled);
  return happened;
}

Status Bed::clean() {
  (void)middle_->forget_plan();
  doubt_ = -1;
  const Catalogue catalogue = TRY(read_catalogue(*session_, /*with_machines=*/true, soon()));
  for (const Entity* entity : catalogue.all(kTemplate)) {
    if (before_all_.contains(entity->self)) continue;
    const Status erased = erase(entity->self.id);
    if (!erased.ok() && !erased.error().is(Code::kNotFound)) return erased;
  }
  for (const MoRef& folder : std::exchange(folders_, {})) TRY(carry_out(Destroy{folder}));
  const Lock lock(race_mutex_);
  race_.reset();
  return {};
}

Result<bool> Bed::doubt(int kind) {
  doubt_ = kind < kDoubts ? kind : -1;
  return kind < kDoubts;
}

Result<std::string> Bed::move(const std::string& id) {
  const MoRef self{"VirtualMachine", id};
  const Sight before = TRY(read_sight(*session_, self, soon()));
  const Catalogue catalogue = TRY(read_catalogue(*session_, /*with_machines=*/false, soon()));
  const MoRef cluster = catalogue.find(before.props.host)->props.parent;
  for (const Entity* host : catalogue.all(kHost)) {
    if (host->props.parent != cluster || host->self == before.props.host) continue;
    TRY(carry_out("RelocateVM_Task", self, "<spec><host type=\"HostSystem\">" + host->self.id + "</host></spec>"));
    return host->props.name;
  }
  return Error(Code::kUnimplemented, "its cluster has one host");
}

Result<std::string> Bed::make_template(const std::string& id, const std::string& name, const std::string&) {
  const Catalogue catalogue = TRY(read_catalogue(*session_, /*with_machines=*/true, soon()));
  const Entity* source = TRY(catalogue.named(kTemplate, id));
  const Place place = TRY(find_place(catalogue, center_.small.placement, *source));
  const std::string answer =
      TRY(send("CreateFolder", place.folder, "<name>" + name + "-" + random_suffix(6) + "</name>"));
  const MoRef folder{"Folder", text_in(answer, "returnval")};
  folders_.push_back(folder);
  CloneMachine clone{source->self, folder, name, {}};
  clone.spec.is_template = true;
  TRY(carry_out(clone));
  const Catalogue after = TRY(read_catalogue(*session_, /*with_machines=*/true, soon()));
  for (const Entity* machine : after.all(kTemplate))
    if (machine->props.parent == folder) return machine->self.id;
  return Error(Code::kNotFound, "template '" + name + "' is not in its folder");
}

Result<std::string> Bed::be_quicker_than_removal(const std::string& id) {
  const Sight sight = TRY(read_sight(*session_, {"VirtualMachine", id}, soon()));
  const Lock lock(race_mutex_);
  race_ = Race{id, sight.props.name, sight.props.instance_uuid};
  return sight.props.name;
}

Status Bed::end_sessions() {
  middle_->end_sessions();
  return {};
}

}  // namespace rig::vsphere
