// vsphere/import.cc — see import.h.
#include "hypervisor/vsphere/import.h"

#include <algorithm>
#include <map>

#include "base/log.h"
#include "base/text.h"
#include "hypervisor/vsphere/errors.h"
#include "hypervisor/vsphere/follow.h"
#include "hypervisor/vsphere/lease.h"
#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/look.h"
#include "hypervisor/vsphere/package.h"
#include "transfer/http_source.h"

namespace rig::vsphere {
namespace {

using provider::ImageRequest;

void nothing(const provider::TaskProgress&) {}

// None: it is not there.
Result<std::optional<ImportedProps>> read_imported(Session& session, const MoRef& self, const Call& call) {
  FilterSpec spec;
  spec.props = {{"VirtualMachine", property_paths<ImportedProps>()}};
  spec.objects = {{self, std::nullopt, {}}};
  const auto objects = retrieve(session, spec, call);
  if (!objects.ok() && says_gone(objects.error(), self)) return std::optional<ImportedProps>();
  if (!objects.ok()) return objects.error();
  ImportedProps props;
  for (const ObjectContent& object : *objects) TRY(take_properties(object.props, props).context(self.id));
  return std::optional(std::move(props));
}

std::string list_of(const std::vector<LocalizedFault>& faults) {
  std::vector<std::string> all;
  for (const LocalizedFault& fault : faults) all.push_back(fault_error(fault, "CreateImportSpec").message());
  return join(all, "; ");
}

class Import {
 public:
  Import(const Host& host, const ImageRequest& request, const OnProgress& progress, const Call& call)
      : host_(host), session_(host.session), request_(request), progress_(progress), call_(call) {}

  Status run() {
    tell("check");
    const Catalogue catalogue = TRY(read_catalogue(session_, /*with_machines=*/true, call_));
    if (TRY(is_there(catalogue))) return {};
    place_ = TRY(find_new_place(catalogue, wish()));
    package_ = TRY(Package::open(request_, call_).context(transfer::shown_url(request_.url)));
    ImportSpecResult spec = TRY(make_spec());
    spec.spec = TRY(with_option(spec.spec, OptionValue{std::string(kImageKey), {request_.key}}));
    auto lease = TRY(Lease::begin(session_, {place_.pool, spec.spec, place_.folder, place_.host}, call_));
    const MoRef machine = lease->info().entity;
    Status done = bring(spec.files, *lease);
    if (done.ok()) done = lease->complete(call_).context("complete the lease");
    lease.reset();
    if (!done.ok()) {
      leave_nothing(machine);
      return done;
    }
    tell("mark as template");
    TRY(ask(session_, MarkAsTemplate{machine}, call_));
    return {};
  }

 private:
  void tell(const std::string& step) const {
    provider::TaskProgress now{step, std::nullopt, 0, 0};
    if (package_) {
      now.bytes_done = package_->bytes_done();
      now.bytes_total = package_->bytes_total();
      now.percent = percent();
    }
    progress_(now);
  }
  int percent() const {
    const std::int64_t total = package_->bytes_total();
    return total == 0 ? 0 : static_cast<int>(package_->bytes_done() * 100 / total);
  }

  provider::Placement wish() const {
    provider::Placement wish = host_.defaults;
    if (!request_.storage.empty()) {
      wish.storage = request_.storage;
      wish.storage_cluster.clear();
    }
    return wish;
  }

  // What an import that was cut off has left is removed.
  Result<bool> is_there(const Catalogue& catalogue) {
    const std::string name = image_name(request_);
    for (const Entity* machine : catalogue.all(kTemplate)) {
      if (machine->props.name != name) continue;
      const auto props = TRY(read_imported(session_, machine->self, call_));
      if (!props) continue;
      if (props->is_template.value_or(false)) return true;
      const bool is_ours = props->image && props->image->value.text == request_.key;
      if (!is_ours) {
        return Error(Code::kAlreadyExists, "machine " + catalogue.path(*machine) + " (" + machine->self.id +
                                               ") has the image's name, is no template, and no import of it made it")
            .with_hint("It is left as it is. Rename it, or make it a template if it is the image.");
      }
      tell("remove what was cut off");
      TRY(remove(machine->self, call_));
    }
    return false;
  }

  Status remove(const MoRef& machine, const Call& call) const {
    const auto removed = [&]() -> Status {
      const MoRef task = TRY(ask(session_, Destroy{machine}, call));
      return follow_task(session_, task, nothing, call);
    }();
    if (removed.ok() || says_gone(removed.error(), machine)) return {};
    if (!is_fault(removed.error(), "InvalidState")) return removed;
    return Error(Code::kUnavailable, removed.error().message())
        .with_hint(
            "Another import of it is under way, or was cut off a moment ago and is given up within five minutes.");
  }

  // After a failure, whose error counts and not this one's: what is left now, the next import removes.
  void leave_nothing(const MoRef& machine) const {
    const Call call{.deadline = std::chrono::steady_clock::now() + kTearDownMax, .stop = {}, .request_id = {}};
    const auto props = read_imported(session_, machine, call);
    const bool is_left = props.ok() && *props && !(*props)->is_template.value_or(false) && (*props)->image &&
                         (*props)->image->value.text == request_.key;
    if (is_left) (void)remove(machine, call);
  }

  Result<ImportSpecResult> make_spec() {
    tell("prepare");
    CreateImportSpec create;
    create.self = TRY(session_.service(call_)).ovf_manager;
    create.descriptor = package_->descriptor();
    create.pool = place_.pool;
    create.datastore = place_.datastore;
    create.params.entity_name = image_name(request_);
    create.params.host = place_.host;
    create.params.disk_provisioning = "thin";
    ImportSpecResult made = TRY(ask(session_, create, call_));
    if (!made.warnings.empty())
      log::warn("vSphere warns about an image", {{"image", request_.name}, {"warnings", list_of(made.warnings)}});
    if (!made.errors.empty() || made.spec.xml.empty()) {
      return Error(Code::kInvalidArgument, made.errors.empty()
                                               ? "CreateImportSpec: vSphere makes nothing of it, and says not why"
                                               : list_of(made.errors));
    }
    return made;
  }

  Status bring(const std::vector<ImportFile>& files, Lease& lease) {
    std::map<std::string, const ImportFile*> wanted;
    for (const ImportFile& file : files) wanted[file.path] = &file;
    while (const auto member = TRY(package_->next())) {
      const auto file = wanted.find(member->name);
      if (file == wanted.end()) continue;  // a certificate, or what vSphere has no use for
      TRY(bring_one(*file->second, *member, lease).context("file '" + member->name + "'"));
      wanted.erase(file);
    }
    if (!wanted.empty()) {
      std::vector<std::string> names;
      for (const auto& [name, file] : wanted) names.push_back("'" + name + "'");
      return Error(Code::kInvalidArgument, "the descriptor names files that are not there: " + join(names, ", "));
    }
    return package_->check();
  }

  Status bring_one(const ImportFile& file, const Member& member, Lease& lease) {
    if (!file.compression.empty() || file.chunk_bytes.value_or(0) != 0)
      return Error(Code::kInvalidArgument, "it is packed, or in pieces; wanted whole and as it is");
    const std::int64_t said = file.bytes.value_or(0);
    if (said != 0 && member.bytes >= 0 && said != member.bytes) {
      return Error(Code::kInvalidArgument, "it has " + std::to_string(member.bytes) +
                                               " bytes, and the descriptor says " + std::to_string(said));
    }
    const auto& urls = lease.info().urls;
    const auto to = std::ranges::find(urls, file.device_id, &LeaseUrl::import_key);
    if (to == urls.end()) return Error(Code::kDataLoss, "vSphere's lease has no place for device " + file.device_id);
    std::int64_t sent = 0;
    const http::ReadBody read = [&](std::span<char> buffer) -> Result<std::size_t> {
      const std::size_t n = TRY(package_->read(buffer));
      sent += static_cast<std::int64_t>(n);
      lease.set_percent(percent());
      tell("import");
      return n;
    };
    TRY(session_.upload({to->url, to->thumbprint, member.bytes, file.create}, read, call_));
    if (member.bytes >= 0 && sent != member.bytes) {
      return Error(Code::kUnavailable,
                   "the host took " + std::to_string(sent) + " bytes of " + std::to_string(member.bytes));
    }
    return {};
  }

  const Host& host_;
  Session& session_;
  const ImageRequest& request_;
  const OnProgress& progress_;
  const Call& call_;
  Place place_;
  std::unique_ptr<Package> package_;
};

}  // namespace

std::string image_name(const ImageRequest& request) { return "virtrigaud-" + request.key; }

Status import_image(const Host& host, const ImageRequest& request, const OnProgress& progress, const Call& call) {
  if (request.url.empty())
    return Error(Code::kInvalidArgument, "image '" + request.name + "': it has no URL to import from")
        .with_hint("Set source.vsphere.ovaURL or source.http.url.");
  return Import(host, request, progress, call).run();
}

}  // namespace rig::vsphere
