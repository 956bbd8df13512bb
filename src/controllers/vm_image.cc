// controllers/vm_image.cc — preparing an image where machines want it.
#include "controllers/vm_image.h"

#include <algorithm>
#include <set>

#include "api/quantity.h"
#include "api/reasons.h"
#include "controllers/dependencies.h"
#include "controllers/machine_spec.h"

namespace rig::controllers {
namespace {

namespace condition = api::condition;
namespace reason = api::reason;
using api::ConditionStatus;
using provider::TaskState;

void set(v1::VmImage& image, const Clock& clock, std::string_view type, ConditionStatus status, std::string_view why,
         std::string_view message) {
  api::set_condition(image.status.conditions,
                     {.type = std::string(type),
                      .status = status,
                      .observed_generation = image.meta.generation,
                      .last_transition_time = {},
                      .reason = std::string(why),
                      .message = std::string(message)},
                     clock.wall());
}

std::optional<v1::ImageFormat> format_named(std::string_view name) {
  for (const schema::EnumRow& row : schema::type_of<v1::ImageFormat>().values)
    if (row.json == name) return static_cast<v1::ImageFormat>(row.value);
  return std::nullopt;
}

// Only what is new: a status that changes at every look would never be quiet.
void show_progress(v1::VmImage& image, const TaskState& task, WallTime now) {
  v1::ImageImportProgress progress = image.status.import_progress.value_or(v1::ImageImportProgress{});
  if (!progress.start_time) progress.start_time = now;
  if (task.percent) progress.percentage = *task.percent;
  if (task.bytes_total > 0) {
    progress.total_bytes = task.bytes_total;
    progress.transferred_bytes = task.bytes_done;
    progress.percentage = static_cast<std::int32_t>(task.bytes_done * 100 / task.bytes_total);
  }
  image.status.import_progress = progress;
}

// No event tells of the end: what is done soon is noticed soon, and what takes long is not asked for often.
Duration poll_interval(const v1::VmImage& image, WallTime now) {
  const auto& progress = image.status.import_progress;
  const Duration taken = progress && progress->start_time ? now - *progress->start_time : Duration{};
  return std::clamp(taken / 2, kImagePollMin, kTaskPoll);
}

}  // namespace

Result<runtime::Action> VmImageReconciler::reconcile(const ObjectKey& key) {
  const auto cached = find_cached(context_.stores.images, writes_, key);
  if (!cached) forget(key);
  if (!cached || cached->meta.is_deleting()) return runtime::Action::wait_for_change();
  TRY(check_cached(context_.api, writes_, *cached, context_.api_call()));
  v1::VmImage image = *cached;
  image.status.observed_generation = image.meta.generation;

  std::set<ObjectKey> providers;
  for (const auto& vm : context_.stores.machines.by_index(kByImage, key.to_string()))
    if (!vm->meta.is_deleting()) providers.insert(api::resolve(vm->spec.provider_ref, vm->meta));
  bool running = false;
  std::optional<Error> error;
  for (const ObjectKey& provider_key : providers) {
    Progress progress = prepare(image, provider_key);
    running = running || progress.running;
    if (progress.error) error = std::move(progress.error);
  }

  image.status.available_on.clear();
  for (const auto& [name, status] : image.status.provider_status)
    if (status.available) image.status.available_on.push_back(name);
  const bool ready = !error && !running;
  image.status.ready = ready && !image.status.available_on.empty();
  image.status.phase = error                ? v1::ImagePhase::kFailed
                       : running            ? v1::ImagePhase::kImporting
                       : image.status.ready ? v1::ImagePhase::kReady
                                            : v1::ImagePhase::kPending;
  image.status.message = error ? error->to_string() : "";
  if (!running) image.status.import_progress.reset();
  set(image, context_.clock, condition::kImporting, running ? ConditionStatus::kTrue : ConditionStatus::kFalse,
      running ? reason::kImporting : reason::kPrepared,
      running ? "The image is being brought to a provider." : "Nothing is being imported.");
  set(image, context_.clock, condition::kReady, image.status.ready ? ConditionStatus::kTrue : ConditionStatus::kFalse,
      error                ? reason::kImageFailed
      : running            ? reason::kImporting
      : image.status.ready ? reason::kPrepared
                           : reason::kWaitingForImage,
      error                ? error->to_string()
      : running            ? "The image is being brought to a provider."
      : image.status.ready ? "Ready on every provider that wants it."
                           : "No VirtualMachine uses it yet; it is fetched when one does.");
  TRY(publish_status(context_.api, writes_, *cached, image, context_.api_call()));
  if (error) return std::move(*error);
  if (!running) return runtime::Action::wait_for_change();
  return runtime::Action::look_again_in(poll_interval(image, context_.clock.wall()));
}

VmImageReconciler::Progress VmImageReconciler::prepare(v1::VmImage& image, const ObjectKey& provider_key) {
  v1::ImageProviderStatus& status = image.status.provider_status[provider_status_key(provider_key, image.meta)];
  const v1::ImageProviderStatus before = status;
  Progress out;
  auto prepared = ask(image, provider_key, status, image);
  if (!prepared.ok()) {
    // A provider that cannot be asked says nothing about an image that was there.
    if (remedy(prepared.error().code()) != Remedy::kRetry) status.available = false;
    status.message = prepared.error().to_string();
    out.error = prepared.take_error();
  } else {
    out.running = !prepared->task.text.empty();
    status.available = !out.running;
    status.path = prepared->location;
    if (!out.running) status.message.clear();
    if (prepared->size_bytes > 0) image.status.size = status.size = api::binary_quantity(prepared->size_bytes);
    if (const auto format = format_named(prepared->format)) image.status.format = format;
  }
  if (!schema::same(before, status)) status.last_updated = context_.clock.wall();
  return out;
}

Result<provider::PreparedImage> VmImageReconciler::ask(const v1::VmImage& image, const ObjectKey& provider_key,
                                                       v1::ImageProviderStatus& status, v1::VmImage& shown) {
  const auto provider_object = context_.stores.providers.get(provider_key);
  if (!provider_object) return Error(Code::kNotFound, "there is no Provider " + provider_key.to_string());
  const auto request = TRY(image_request(image, provider_object->spec.type));
  const auto session = TRY(context_.providers.find(provider_key));
  // Followed to its end before prepare() is asked again: that would begin anew, and only the task says why it failed.
  const auto running = begun(image.meta.key(), provider_key, request.key);
  auto prepared = running ? *running : TRY(session->images().prepare(request, context_.effect_call()));
  if (prepared.task.text.empty()) return prepared;

  TaskState task = TRY(session->poll(prepared.task, context_.provider_call()));
  if (task.phase == TaskState::Phase::kRunning) {
    remember(image.meta.key(), provider_key, Begun{request.key, prepared});
    status.message = task.step.empty() ? "importing" : task.step;
    show_progress(shown, task, context_.clock.wall());
    return prepared;
  }
  remember(image.meta.key(), provider_key, std::nullopt);
  if (task.phase == TaskState::Phase::kFailed)
    return task.error.value_or(Error(Code::kUnknown, "the import failed without saying why"));
  // Done or forgotten: prepare() says which.
  return running ? ask(image, provider_key, status, shown) : prepared;
}

std::optional<provider::PreparedImage> VmImageReconciler::begun(const ObjectKey& image, const ObjectKey& provider,
                                                                const std::string& request_key) const {
  const Lock lock(mutex_);
  const auto of_image = begun_.find(image);
  if (of_image == begun_.end()) return std::nullopt;
  const auto found = of_image->second.find(provider);
  if (found == of_image->second.end() || found->second.request_key != request_key) return std::nullopt;
  return found->second.image;
}

void VmImageReconciler::remember(const ObjectKey& image, const ObjectKey& provider, std::optional<Begun> begun) {
  const Lock lock(mutex_);
  if (begun)
    begun_[image].insert_or_assign(provider, *std::move(begun));
  else if (const auto of_image = begun_.find(image); of_image != begun_.end())
    of_image->second.erase(provider);
}

void VmImageReconciler::forget(const ObjectKey& image) {
  const Lock lock(mutex_);
  begun_.erase(image);
}

}  // namespace rig::controllers
