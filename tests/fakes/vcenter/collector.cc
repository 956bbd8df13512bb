#include "fakes/vcenter/collector.h"

#include <algorithm>
#include <set>

#include "fakes/vcenter/center.h"

namespace rig::fakes::vcenter {
namespace {

// Which properties of an object of that type; nullopt: no PropertySpec is for it.
std::optional<std::vector<std::string>> paths_for(const Center& center, const Tree& spec, const std::string& type) {
  std::optional<std::vector<std::string>> paths;
  for (const Tree& of : all(spec, "propSet")) {
    if (!center.types.is_a(type, text_of(of, "type"))) continue;
    if (!paths) paths.emplace();
    if (is_true(of, "all"))
      for (const Element& element : *center.types.elements(type)) paths->push_back(element.name);
    for (const Tree& path : all(of, "pathSet"))
      if (std::ranges::find(*paths, path->text) == paths->end()) paths->push_back(path->text);
  }
  return paths;
}

class Selection {
 public:
  Selection(Center& center, const Tree& object_set) : center_(center), object_set_(object_set) {}

  std::vector<const Object*> run(const Object& from) {
    visit(from, is_true(object_set_, "skip"), all(object_set_, "selectSet"));
    return std::move(out_);
  }

 private:
  void visit(const Object& object, bool skip, const Trees& selects) {
    if (!skip && reported_.insert(object.self).second) out_.push_back(&object);
    for (const Tree& select : selects) follow(object, select);
  }
  void follow(const Object& object, const Tree& select) {
    if (find(select, "path") == nullptr) {  // the name of another one
      const std::string& name = text_of(select, "name");
      if (const Tree other = by_name(all(object_set_, "selectSet"), name)) follow(object, other);
      return;
    }
    if (!center_.types.is_a(object.self.type, text_of(select, "type"))) return;
    if (!visited_.insert({object.self.id, text_of(select, "name") + "/" + text_of(select, "path")}).second) return;
    const auto targets = center_.property(object, text_of(select, "path"));
    if (!targets.ok() || *targets == nullptr) return;
    const Trees refs = (*targets)->ref_type.empty() ? (*targets)->children : Trees{*targets};
    for (const Tree& ref : refs)
      if (const Object* target = center_.object(ref_of(ref)))
        visit(*target, is_true(select, "skip"), all(select, "selectSet"));
  }
  static Tree by_name(const Trees& selects, const std::string& name) {
    for (const Tree& each : selects) {
      if (find(each, "path") != nullptr && text_of(each, "name") == name) return each;
      if (const Tree within = by_name(all(each, "selectSet"), name)) return within;
    }
    return nullptr;
  }

  Center& center_;
  const Tree& object_set_;
  std::vector<const Object*> out_;
  std::set<Ref> reported_;
  std::set<std::pair<std::string, std::string>> visited_;
};

Result<std::vector<const Object*>> select(Center& center, const Tree& spec) {
  std::vector<const Object*> out;
  for (const Tree& object_set : all(spec, "objectSet")) {
    const Ref ref = ref_of(object_set, "obj");
    const Object* from = center.object(ref);
    if (from == nullptr && is_true(spec, "reportMissingObjectsInResults")) continue;
    if (from == nullptr) return gone(ref);
    for (const Object* each : Selection(center, object_set).run(*from))
      if (std::ranges::find(out, each) == out.end() || all(spec, "objectSet").size() == 1) out.push_back(each);
  }
  return out;
}

Tree localized(std::string type, const Ref& object, std::string privilege) {
  Trees members = {leaf("object", object), leaf("privilegeId", std::move(privilege))};
  return node("fault", {node("fault", std::move(members), std::move(type)), leaf("localizedMessage", std::string())});
}

Tree missing(const std::string& path, std::string type, const Ref& object) {
  return node("missingSet", {leaf("path", path), localized(std::move(type), object, "System.Read")});
}

Tree content(Center& center, const Object& object, const std::vector<std::string>& paths, bool is_anonymous) {
  Trees parts = {leaf("obj", object.self)}, lacking;
  for (const std::string& path : paths) {
    if (is_anonymous || center.hidden.contains(object.self.id)) {
      lacking.push_back(missing(path, is_anonymous ? "NotAuthenticated" : "NoPermission", object.self));
      continue;
    }
    const auto value = center.property(object, path);
    if (value.ok() && *value != nullptr) parts.push_back(node("propSet", {leaf("name", path), *value}));
  }
  std::ranges::move(lacking, std::back_inserter(parts));
  return node("objects", std::move(parts));
}

// Null: nothing that the client does not know.
Tree update(Center& center, const Object& object, const std::vector<std::string>& paths, Reported* known) {
  Trees parts, lacking;
  Trees values(paths.size());
  const bool is_new = known->seen == 0;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (center.hidden.contains(object.self.id)) {
      if (is_new) lacking.push_back(missing(paths[i], "NoPermission", object.self));
      continue;
    }
    const auto value = center.property(object, paths[i]);
    if (value.ok()) values[i] = *value;
    const Tree& before = is_new ? nullptr : known->values[i];
    if (same(before, values[i])) continue;
    parts.push_back(node("changeSet", {leaf("name", paths[i]), leaf("op", std::string("assign")), values[i]}));
  }
  known->seen = center.change();
  known->values = std::move(values);
  if (!is_new && parts.empty()) return nullptr;
  std::ranges::move(lacking, std::back_inserter(parts));
  parts.insert(parts.begin(), leaf("obj", object.self));
  parts.insert(parts.begin(), leaf("kind", std::string(is_new ? "enter" : "modify")));
  return node("objectSet", std::move(parts));
}

// What of one filter the client does not know, at most `left` objects.
Result<Trees> filter_updates(Center& center, Filter& filter, std::size_t& left, bool& is_truncated) {
  Trees out;
  std::set<Ref> there;
  std::map<std::string, std::optional<std::vector<std::string>>> paths_of;  // by type
  const auto selected = select(center, filter.spec);
  if (!selected.ok() && !center.object(ref_of(filter.spec, "objectSet.obj"))) {
    // What the filter is of has gone: so has all that it told of.
  } else if (!selected.ok()) {
    return selected.error();
  }
  for (const Object* object : selected.ok() ? *selected : std::vector<const Object*>()) {
    const std::string& type = object->self.type;
    if (!paths_of.contains(type)) paths_of[type] = paths_for(center, filter.spec, type);
    const auto& paths = paths_of[type];
    if (!paths) continue;
    there.insert(object->self);
    Reported& known = filter.known[object->self];
    if (known.seen != 0 && object->changed <= known.seen) continue;
    if (left == 0) {
      is_truncated = true;
      if (known.seen == 0) filter.known.erase(object->self);
      continue;
    }
    if (Tree each = update(center, *object, *paths, &known)) {
      out.push_back(std::move(each));
      --left;
    }
  }
  for (auto known = filter.known.begin(); known != filter.known.end();) {
    if (there.contains(known->first) || left == 0) {
      is_truncated = is_truncated || !there.contains(known->first);
      ++known;
      continue;
    }
    out.push_back(node("objectSet", {leaf("kind", std::string("leave")), leaf("obj", known->first)}));
    known = filter.known.erase(known);
    --left;
  }
  return out;
}

}  // namespace

Status check_spec(Center& center, const Tree& spec) {
  for (const Tree& of : all(spec, "propSet")) {
    const std::string& type = text_of(of, "type");
    if (!center.types.is_object(type)) return wrong_argument("specSet.propSet.type");
    const Object nothing{{type, "none"}, node(type, {}, type)};
    for (const Tree& path : all(of, "pathSet")) TRY(center.types.property(nothing.tree, path->text));
  }
  for (const Tree& object_set : all(spec, "objectSet"))
    for (const Tree& select : all(object_set, "selectSet")) {
      if (find(select, "path") == nullptr) continue;
      const std::string& type = text_of(select, "type");
      if (!center.types.is_object(type)) return wrong_argument("specSet.objectSet.selectSet.type");
      TRY(center.types.property(node(type, {}, type), text_of(select, "path")));
    }
  TRY(select(center, spec));
  return {};
}

Result<Trees> retrieve(Center& center, const Trees& specs, bool is_anonymous) {
  Trees out;
  for (const Tree& spec : specs) {
    TRY(check_spec(center, spec));
    const auto selected = TRY(select(center, spec));
    for (const Object* object : selected)
      if (const auto paths = paths_for(center, spec, object->self.type))
        out.push_back(content(center, *object, *paths, is_anonymous));
  }
  return out;
}

Result<Tree> updates(Center& center, Collector& collector, std::size_t objects_max) {
  const bool is_first = collector.version.empty();
  if (!is_first && collector.seen == center.change()) return Tree();
  Trees sets;
  bool is_truncated = false;
  std::size_t left = objects_max;
  for (Filter& filter : collector.filters) {
    Trees objects = TRY(filter_updates(center, filter, left, is_truncated));
    if (objects.empty()) continue;
    objects.insert(objects.begin(), leaf("filter", filter.self));
    sets.push_back(node("filterSet", std::move(objects)));
  }
  if (!is_truncated) collector.seen = center.change();
  if (sets.empty() && !is_first) return Tree();
  collector.version = std::to_string(++collector.last_version);
  sets.insert(sets.begin(), leaf("version", collector.version));
  if (is_truncated) sets.push_back(leaf("truncated", true));
  return node("returnval", std::move(sets));
}

}  // namespace rig::fakes::vcenter
