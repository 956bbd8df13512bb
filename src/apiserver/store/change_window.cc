// apiserver/store/change_window.cc — the latest changes in memory.
#include "apiserver/store/change_window.h"

#include <algorithm>

namespace rig::apiserver {
namespace {

std::size_t bytes_of(const Change& change) {
  return change.now.key.size() + change.now.value.size() + change.before.size();
}

}  // namespace

void ChangeWindow::push(std::vector<std::shared_ptr<const Change>> changes) {
  const Lock lock(mutex_);
  for (auto& change : changes) {
    revision_ = change->now.revision;
    bytes_ += bytes_of(*change);
    for (Waiter& waiter : waiters_) waiter.see(*change);
    changes_.push_back(std::move(change));
  }
  while (changes_.size() > changes_max_ || (bytes_ > bytes_max_ && !changes_.empty())) pop();
}

void ChangeWindow::Waiter::see(const Change& change) {
  if (is_found || change.now.revision <= after) return;
  is_found = change.now.key.starts_with(prefix);
  if (is_found)
    found.notify_one();
  else
    after = change.now.revision;
}

void ChangeWindow::pop() {
  bytes_ -= bytes_of(*changes_.front());
  before_first_ = changes_.front()->now.revision;
  changes_.pop_front();
}

void ChangeWindow::forget(Revision upto) {
  const Lock lock(mutex_);
  while (!changes_.empty() && changes_.front()->now.revision <= upto) pop();
}

std::optional<std::vector<Change>> ChangeWindow::changes(std::string_view prefix, Revision after,
                                                         std::size_t limit) const {
  std::vector<std::shared_ptr<const Change>> found;
  {
    const Lock lock(mutex_);
    if (after < before_first_) return std::nullopt;
    for (auto it = first_after(after); it != changes_.end() && found.size() < limit; ++it) {
      if ((*it)->now.key.starts_with(prefix)) found.push_back(*it);
    }
  }
  std::vector<Change> out;
  out.reserve(found.size());
  for (const auto& change : found) out.push_back(*change);
  return out;
}

Revision ChangeWindow::revision() const {
  const Lock lock(mutex_);
  return revision_;
}

ChangeWindow::Changes::const_iterator ChangeWindow::first_after(Revision revision) const {
  return std::upper_bound(changes_.begin(), changes_.end(), revision,
                          [](Revision r, const auto& change) { return r < change->now.revision; });
}

Revision ChangeWindow::wait(std::string_view prefix, Revision after, Time deadline, std::stop_token stop) const {
  Lock lock(mutex_);
  if (after < before_first_) return after;
  const auto waiter = waiters_.emplace(waiters_.end(), prefix, after);
  for (auto it = first_after(after); it != changes_.end() && !waiter->is_found; ++it) waiter->see(**it);
  (void)waiter->found.wait_until(lock, std::move(stop), deadline, [&] { return waiter->is_found; });
  const Revision clean = waiter->after;
  waiters_.erase(waiter);
  return clean;
}

}  // namespace rig::apiserver
