// cmd/vrtg/get.cc — `vrtg get`: the server's table, or the objects themselves.
#include <cstdio>

#include "base/yaml/yaml.h"
#include "cmd/vrtg/commands.h"
#include "cmd/vrtg/table.h"

namespace rig::vrtg {
namespace {

constexpr std::string_view kTableForm = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

std::string cell_text(const json::Value& cell) {
  if (cell.is_null()) return "";
  if (const auto* text = cell.as<std::string>()) return *text;
  return json::to_text(cell);
}

void print_table(const json::Value& reply, bool wide, bool with_namespace) {
  Row head;
  std::vector<std::size_t> shown;
  if (with_namespace) head.push_back("NAMESPACE");
  const json::Value* columns = reply.find("columnDefinitions");
  if (columns != nullptr && columns->is_array()) {
    const auto& list = *columns->as<json::Array>();
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (list[i].integer({"priority"}) > 0 && !wide) continue;
      head.push_back(upper(list[i].text({"name"})));
      shown.push_back(i);
    }
  }
  std::vector<Row> rows;
  if (const json::Value* items = reply.find("rows"); items != nullptr && items->is_array())
    for (const json::Value& item : *items->as<json::Array>()) {
      Row row;
      if (with_namespace) row.emplace_back(item.text({"object", "metadata", "namespace"}));
      const json::Value* cells = item.find("cells");
      for (const std::size_t i : shown)
        row.push_back(cells != nullptr && cells->is_array() && i < cells->as<json::Array>()->size()
                          ? cell_text((*cells->as<json::Array>())[i])
                          : "");
      rows.push_back(std::move(row));
    }
  if (rows.empty())
    std::puts("There are none.");
  else
    std::fputs(table(head, rows).c_str(), stdout);
}

}  // namespace

Status get(Cluster& cluster, const GetOptions& options) {
  const api::KindInfo* kind = TRY(kind_typed(options.kind));
  const std::string name_space = kind->resource.namespaced && !options.all_namespaces ? cluster.name_space : "";
  kube::Request request = options.name.empty() ? kube::list_request(kind->resource, name_space,
                                                                    {.label_selector = options.selector,
                                                                     .field_selector = {},
                                                                     .resource_version = {},
                                                                     .resource_version_match = {},
                                                                     .continue_token = {},
                                                                     .limit = 0})
                                               : kube::get_request(kind->resource, {name_space, options.name});
  const bool as_table = options.output.empty() || options.output == "wide";
  if (as_table) request.accept = kTableForm;
  const json::Value reply = TRY(cluster.transport->send(request, cluster.call()));
  if (as_table) {
    print_table(reply, options.output == "wide", options.all_namespaces && kind->resource.namespaced);
  } else if (options.output == "json") {
    std::fputs(json::to_pretty(reply, 4).c_str(), stdout);
  } else if (options.output == "yaml") {
    std::fputs(yaml::to_text(reply).c_str(), stdout);
  } else if (options.output == "name") {
    const auto print = [&](const json::Value& object) {
      std::printf("%s/%s\n", std::string(kind->singular).c_str(),
                  std::string(object.text({"metadata", "name"})).c_str());
    };
    if (const json::Value* items = reply.find("items"); items != nullptr && items->is_array())
      for (const json::Value& item : *items->as<json::Array>()) print(item);
    else
      print(reply);
  } else {
    return Error(Code::kInvalidArgument, "-o " + options.output + " is not known")
        .with_hint("Use wide, json, yaml or name.");
  }
  return {};
}

}  // namespace rig::vrtg
