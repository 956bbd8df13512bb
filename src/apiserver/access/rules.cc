// apiserver/access/rules.cc — one rule against a request, and rules against rules.
#include <map>
#include <span>

#include "apiserver/access/policy.h"
#include "apiserver/limits.h"
#include "base/text.h"
#include "schema/walk.h"
#include "schema/wording.h"

namespace rig::apiserver {
namespace {

using api::core::PolicyRule;
using Texts = std::vector<std::string>;

constexpr std::string_view kAll = "*";

bool has(const Texts& list, std::string_view text) { return std::find(list.begin(), list.end(), text) != list.end(); }
bool has_or_all(const Texts& list, std::string_view text) { return has(list, kAll) || has(list, text); }

// "virtualmachines/status" is named as it is, by "*", or by "*/status".
bool names_resource(const Texts& resources, std::string_view resource, std::string_view subresource) {
  if (has(resources, kAll)) return true;
  if (subresource.empty()) return has(resources, resource);
  return has(resources, std::string(resource) + "/" + std::string(subresource)) ||
         has(resources, "*/" + std::string(subresource));
}

bool matches_path(std::string_view pattern, std::string_view path) {
  return pattern.ends_with('*') ? path.starts_with(pattern.substr(0, pattern.size() - 1)) : path == pattern;
}
bool names_path(const Texts& patterns, std::string_view path) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches_path(pattern, path); });
}

bool covers_each(const Texts& held, const Texts& wanted) {
  return has(held, kAll) ||
         std::all_of(wanted.begin(), wanted.end(), [&](const std::string& text) { return has(held, text); });
}

bool covers(const PolicyRule& held, const PolicyRule& wanted) {
  const bool covers_resources = std::all_of(wanted.resources.begin(), wanted.resources.end(), [&](const auto& text) {
    const std::size_t slash = text.find('/');
    return names_resource(held.resources, text.substr(0, slash),
                          slash == std::string::npos ? std::string_view() : std::string_view(text).substr(slash + 1));
  });
  const bool covers_paths =
      std::all_of(wanted.non_resource_urls.begin(), wanted.non_resource_urls.end(),
                  [&](const std::string& path) { return names_path(held.non_resource_urls, path); });
  // No names are all names.
  const bool covers_names = held.resource_names.empty() ||
                            (!wanted.resource_names.empty() && covers_each(held.resource_names, wanted.resource_names));
  return covers_each(held.verbs, wanted.verbs) && covers_each(held.api_groups, wanted.api_groups) && covers_resources &&
         covers_paths && covers_names;
}

bool is_covered(const Rules& held, const PolicyRule& wanted) {
  return std::any_of(held.begin(), held.end(), [&](const PolicyRule& rule) { return covers(rule, wanted); });
}

std::size_t parts_of(const PolicyRule& rule) {
  const std::size_t names = std::max<std::size_t>(rule.resource_names.size(), 1);
  return rule.verbs.size() * (rule.api_groups.size() * rule.resources.size() * names + rule.non_resource_urls.size());
}

// One verb, one group, one resource, one name or path each.
Rules taken_apart(const PolicyRule& rule) {
  static const Texts kAnyName = {""};
  Rules out;
  for (const std::string& verb : rule.verbs) {
    for (const std::string& group : rule.api_groups) {
      for (const std::string& resource : rule.resources) {
        for (const std::string& name : rule.resource_names.empty() ? kAnyName : rule.resource_names) {
          PolicyRule& part = out.emplace_back();
          part = {.verbs = {verb},
                  .api_groups = {group},
                  .resources = {resource},
                  .resource_names = {},
                  .non_resource_urls = {}};
          if (!rule.resource_names.empty()) part.resource_names = {name};
        }
      }
    }
    for (const std::string& path : rule.non_resource_urls) {
      out.push_back(
          {.verbs = {verb}, .api_groups = {}, .resources = {}, .resource_names = {}, .non_resource_urls = {path}});
    }
  }
  return out;
}

std::string quoted_list(const Texts& list) {
  Texts quoted;
  for (const std::string& text : list) quoted.push_back(schema::quoted(text));
  return "[" + join(quoted, " ") + "]";
}

bool meets(const std::map<std::string, std::string>& labels, const api::LabelSelectorRequirement& wanted) {
  const auto label = labels.find(wanted.key);
  const bool is_there = label != labels.end();
  if (wanted.operator_ == "Exists") return is_there;
  if (wanted.operator_ == "DoesNotExist") return !is_there;
  if (wanted.operator_ == "In") return is_there && has(wanted.values, label->second);
  return wanted.operator_ == "NotIn" && !(is_there && has(wanted.values, label->second));
}

bool selects(const api::LabelSelector& selector, const std::map<std::string, std::string>& labels) {
  return std::all_of(selector.match_labels.begin(), selector.match_labels.end(),
                     [&](const auto& wanted) {
                       const auto label = labels.find(wanted.first);
                       return label != labels.end() && label->second == wanted.second;
                     }) &&
         std::all_of(selector.match_expressions.begin(), selector.match_expressions.end(),
                     [&](const auto& wanted) { return meets(labels, wanted); });
}

}  // namespace

bool allows(const PolicyRule& rule, const Attributes& wish) {
  if (!has_or_all(rule.verbs, wish.verb)) return false;
  if (!wish.is_resource) return names_path(rule.non_resource_urls, wish.path);
  return has_or_all(rule.api_groups, wish.group) && names_resource(rule.resources, wish.resource, wish.subresource) &&
         (rule.resource_names.empty() || has(rule.resource_names, wish.name));
}

Result<Rules> uncovered(const Rules& held, const Rules& wanted) {
  std::size_t parts = 0;
  std::map<std::string, PolicyRule> missing;  // by all but the verbs
  for (const PolicyRule& rule : wanted) {
    if (is_covered(held, rule)) continue;
    parts += parts_of(rule);
    if (parts > limits::kComparedRightsMax) {
      return Error(Code::kResourceExhausted, "the rules name more than " + std::to_string(limits::kComparedRightsMax) +
                                                 " single rights (verbs times resources)");
    }
    for (PolicyRule& part : taken_apart(rule)) {
      if (is_covered(held, part)) continue;
      Texts verbs = std::exchange(part.verbs, {});
      Texts& all = missing.try_emplace(to_text(part), std::move(part)).first->second.verbs;
      if (!has(all, verbs.front())) all.push_back(std::move(verbs.front()));
    }
  }
  Rules out;
  for (auto& [unused, rule] : missing) out.push_back(std::move(rule));
  return out;
}

std::string to_text(const PolicyRule& rule) {
  const std::pair<std::string_view, const Texts&> members[] = {{"APIGroups", rule.api_groups},
                                                               {"Resources", rule.resources},
                                                               {"NonResourceURLs", rule.non_resource_urls},
                                                               {"ResourceNames", rule.resource_names},
                                                               {"Verbs", rule.verbs}};
  Texts parts;
  for (const auto& [name, list] : members) {
    if (!list.empty()) parts.push_back(std::string(name) + ":" + quoted_list(list));
  }
  return "{" + join(parts, ", ") + "}";
}

Rules aggregated(const api::core::ClusterRole& role, const std::vector<api::core::ClusterRole>& all) {
  Rules out;
  if (!role.aggregation_rule) return out;
  for (const api::core::ClusterRole& other : all) {
    const auto& selectors = role.aggregation_rule->cluster_role_selectors;
    const bool is_selected = std::any_of(selectors.begin(), selectors.end(), [&](const api::LabelSelector& selector) {
      return selects(selector, other.meta.labels);
    });
    if (!is_selected || other.meta.name == role.meta.name) continue;
    for (const PolicyRule& rule : other.rules) {
      if (std::find(out.begin(), out.end(), rule) == out.end()) out.push_back(rule);
    }
  }
  return out;
}

}  // namespace rig::apiserver
