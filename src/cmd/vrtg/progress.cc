// cmd/vrtg/progress.cc — what is going on, for a person.
#include "cmd/vrtg/progress.h"

#include <unistd.h>

#include <cstdio>

namespace rig::vrtg {
namespace {

const json::Value* condition(const json::Value& object, std::string_view type) {
  const json::Value* conditions = object.at({"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return nullptr;
  for (const json::Value& c : *conditions->as<json::Array>())
    if (c.text({"type"}) == type) return &c;
  return nullptr;
}
bool is_true(const json::Value& object, std::string_view type) {
  const json::Value* c = condition(object, type);
  return c != nullptr && c->text({"status"}) == "True";
}
std::string message(const json::Value& object, std::string_view type) {
  const json::Value* c = condition(object, type);
  return c == nullptr ? "" : std::string(c->text({"message"}));
}

std::string bar(int percent) {
  constexpr int kWidth = 20;
  const int full = percent * kWidth / 100;
  return "[" + std::string(static_cast<std::size_t>(full), '#') +
         std::string(static_cast<std::size_t>(kWidth - full), '.') + "] " + std::to_string(percent) + " %";
}

}  // namespace

Step step_of(const Watched& w) {
  Step step;
  if (is_true(w.machine, "Stalled")) step.trouble = message(w.machine, "Stalled");
  const bool current =
      w.machine.integer({"status", "observedGeneration"}) == w.machine.integer({"metadata", "generation"});
  if (current && is_true(w.machine, "Ready")) {
    const bool on = w.machine.text({"status", "powerState"}) == "On";
    step.done = !on || is_true(w.machine, "AddressAssigned");
    step.text = step.done ? "as asked" : "it is on; waiting for its address";
    return step;
  }
  if (!is_true(w.provider, "ProviderAvailable")) {
    step.text =
        w.provider.is_null() ? "waiting for its Provider" : "provider: " + message(w.provider, "ProviderAvailable");
    return step;
  }
  if (!w.image.is_null() && !is_true(w.image, "Ready")) {
    step.text = "image: " + message(w.image, "Ready");
    step.percent = static_cast<int>(w.image.integer({"status", "importProgress", "percentage"}, -1));
    return step;
  }
  step.text = message(w.machine, "Reconciling");
  if (step.text.empty()) step.text = message(w.machine, "Ready");
  if (step.text.empty()) step.text = "waiting to be looked at";
  return step;
}

ProgressLine::ProgressLine() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(const std::string& name, const Step& step, Duration elapsed) {
  std::string text = name + ": " + step.text;
  if (step.percent >= 0) text += " " + bar(step.percent);
  if (!step.trouble.empty()) text += "\n  " + step.trouble;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(elapsed).count();
  if (terminal_) {
    if (text != last_ && text.find('\n') != std::string::npos) std::fputs("\n", stderr);
    std::fprintf(stderr, "\r\033[K%3lld s  %s", static_cast<long long>(seconds), text.c_str());
    std::fflush(stderr);
  } else if (text != last_) {
    std::fprintf(stderr, "%3lld s  %s\n", static_cast<long long>(seconds), text.c_str());
  }
  last_ = text;
}

void ProgressLine::finish(const std::string& text) {
  std::fprintf(stderr, terminal_ ? "\r\033[K%s\n" : "%s\n", text.c_str());
  last_.clear();
}

}  // namespace rig::vrtg
