// provider/fake/meddle.cc — what tests and the simulator do behind the interface.
#include "provider/fake/internal/impl.h"

namespace rig::provider::fake {

std::optional<Time> FakeProvider::advance() {
  const Lock lock(impl_->mutex);
  return impl_->advance();
}

std::vector<Machine> FakeProvider::machines() const {
  const Lock lock(impl_->mutex);
  std::vector<Machine> all;
  for (const auto& [id, record] : impl_->host.machines) all.push_back(impl_->host.show(record, impl_->clock.wall()));
  return all;
}

std::vector<std::string> FakeProvider::volumes() const {
  const Lock lock(impl_->mutex);
  return impl_->host.volume_names();
}

std::vector<std::string> FakeProvider::images_on_host() const {
  const Lock lock(impl_->mutex);
  std::vector<std::string> locations;
  for (const auto& [location, image] : impl_->host.images) locations.push_back(location);
  return locations;
}

Seed FakeProvider::seed(const std::string& id) const {
  const Lock lock(impl_->mutex);
  const Record* record = impl_->host.by_id(id);
  return record == nullptr ? Seed{} : record->configured.seed;
}

std::int64_t FakeProvider::mutations() const {
  const Lock lock(impl_->mutex);
  return impl_->host.mutations;
}

void FakeProvider::add_foreign(Machine machine) {
  const Lock lock(impl_->mutex);
  Record& record = impl_->host.machines[machine.ref.id];
  record.ref = machine.ref;
  record.power = machine.power;
  if (machine.power != Power::kOff) record.booted_at = machine.booted_at.value_or(impl_->clock.wall());
  record.addresses_told = true;
  record.configured = record.running = std::move(machine.configured);
}

void FakeProvider::set_power(const std::string& id, Power power) {
  const Lock lock(impl_->mutex);
  impl_->advance();
  Record* record = impl_->host.by_id(id);
  if (record == nullptr) return;
  if (power == Power::kOff) return impl_->host.power_off(*record);
  if (power == Power::kOn) return impl_->host.power_on(*record, impl_->clock.wall());
  record->power = power;
  impl_->host.touch(*record);
}

void FakeProvider::edit(const std::string& id, const std::function<void(MachineSpec&)>& change) {
  const Lock lock(impl_->mutex);
  impl_->advance();
  Record* record = impl_->host.by_id(id);
  if (record == nullptr) return;
  change(record->configured);
  ++record->version;
  impl_->host.touch(*record);
}

void FakeProvider::erase(const std::string& id) {
  const Lock lock(impl_->mutex);
  impl_->advance();
  impl_->host.erase(id);
}

void FakeProvider::set_available(bool available) {
  const Lock lock(impl_->mutex);
  impl_->advance();
  impl_->is_available = available;
}

void FakeProvider::forget_tasks() {
  const Lock lock(impl_->mutex);
  impl_->advance();
  impl_->restart();
}

void FakeProvider::on_task(std::function<Status(std::string_view verb, const MachineRef&)> decide) {
  const Lock lock(impl_->mutex);
  impl_->on_task = std::move(decide);
}

void FakeProvider::on_effect(std::function<After(std::string_view verb, std::string_view step)> decide) {
  const Lock lock(impl_->mutex);
  impl_->on_effect = std::move(decide);
}

}  // namespace rig::provider::fake
