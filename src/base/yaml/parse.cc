// base/yaml/parse.cc — yaml-cpp's events as JSON values.
#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "base/limits.h"
#include "base/text.h"
#include "base/yaml/scalar.h"
#include "base/yaml/yaml.h"

namespace rig::yaml {
namespace {

// Thrown through yaml-cpp, which knows no other way to stop; caught in read().
struct Refused {
  YAML::Mark mark;
  std::string what;
};

std::size_t count_values(const json::Value& value) {
  std::size_t count = 1;
  if (const auto* items = value.as<json::Array>()) {
    for (const json::Value& item : *items) count += count_values(item);
  }
  if (const auto* object = value.as<json::Object>()) {
    for (const auto& member : *object) count += count_values(member.second);
  }
  return count;
}

// A list or map that is being read.
struct Frame {
  bool is_map = false;
  YAML::anchor_t anchor = 0;
  json::Array items;
  std::vector<json::Member> members;
  std::set<std::string, std::less<>> keys;
  std::optional<std::string> key;  // read, and its value not yet
  bool is_merge = false;           // that key is a bare "<<"
  std::vector<json::Object> merged;
};

class Handler final : public YAML::EventHandler {
 public:
  // `duplicates` may be null: then keys that are there twice are refused.
  Handler(std::vector<json::Value>& documents, std::vector<std::string>* duplicates)
      : documents_(documents), duplicates_(duplicates) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_.size() >= kYamlDocumentsMax) {
      refuse(mark, "more than " + std::to_string(kYamlDocumentsMax) + " documents");
    }
    // yaml-cpp shows what no document begins with as an empty one, again and again.
    if (mark.pos == document_at_) refuse(mark, "no value begins here");
    document_at_ = mark.pos;
    anchors_.clear();
    has_root_ = false;
  }
  void OnDocumentEnd() override {
    if (has_root_ && !root_.is_null()) documents_.push_back(std::move(root_));
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { put(mark, anchor, {}, Form::kPlain, "null"); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    if (!is_utf8(text)) refuse(mark, "not UTF-8");
    // yaml-cpp's tag is "?" for a plain scalar and "!" for a quoted one.
    const bool is_plain = tag == "?" || tag.empty();
    const bool is_string = tag == "!" || tag == "tag:yaml.org,2002:str";
    if (!is_plain && !is_string) refuse(mark, "tag " + tag + " is not taken");
    put(mark, anchor, is_string ? json::Value(text) : resolve_plain(text), is_plain ? Form::kPlain : Form::kOther,
        text);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(mark, "an alias inside of what it names");
    count(mark, count_values(found->second) - 1);  // put counts one
    put(mark, 0, json::Value(found->second), Form::kOther, "*");
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    start(mark, anchor, false);
  }
  void OnSequenceEnd() override {
    Frame frame = end();
    put(last_mark_, frame.anchor, std::move(frame.items), Form::kOther, "[");
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    start(mark, anchor, true);
  }
  void OnMapEnd() override {
    Frame frame = end();
    std::vector<json::Member> members;  // of duplicates the last wins: the map's own, then the earlier merge's
    for (auto map = frame.merged.rbegin(); map != frame.merged.rend(); ++map) {
      members.insert(members.end(), map->begin(), map->end());
    }
    std::move(frame.members.begin(), frame.members.end(), std::back_inserter(members));
    put(last_mark_, frame.anchor, json::Object(std::move(members)), Form::kOther, "{");
  }

 private:
  enum class Form { kPlain, kOther };

  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string what) { throw Refused{mark, std::move(what)}; }

  void count(const YAML::Mark& mark, std::size_t more) {
    values_ += more;
    if (values_ > kYamlValuesMax) {
      refuse(mark, "more than " + std::to_string(kYamlValuesMax) + " values, aliases counted");
    }
  }

  void start(const YAML::Mark& mark, YAML::anchor_t anchor, bool is_map) {
    if (is_at_key()) refuse(mark, "a key must be a string");
    if (open_.size() >= kYamlDepthMax) refuse(mark, "nested deeper than " + std::to_string(kYamlDepthMax));
    last_mark_ = mark;
    Frame& frame = open_.emplace_back();
    frame.is_map = is_map;
    frame.anchor = anchor;
  }

  Frame end() {
    Frame frame = std::move(open_.back());
    open_.pop_back();
    return frame;
  }

  bool is_at_key() const { return !open_.empty() && open_.back().is_map && !open_.back().key.has_value(); }

  void put(const YAML::Mark& mark, YAML::anchor_t anchor, json::Value value, Form form, const std::string& text) {
    last_mark_ = mark;
    count(mark, 1);
    if (anchor != 0) anchors_[anchor] = value;
    if (is_at_key()) return put_key(mark, value, form, text);
    if (open_.empty()) {
      root_ = std::move(value);
      has_root_ = true;
      return;
    }
    Frame& frame = open_.back();
    if (!frame.is_map) {
      frame.items.push_back(std::move(value));
    } else if (frame.is_merge) {
      merge(mark, frame, std::move(value));
      frame.key.reset();
    } else {
      frame.members.emplace_back(std::move(*frame.key), std::move(value));
      frame.key.reset();
    }
  }

  void put_key(const YAML::Mark& mark, const json::Value& value, Form form, const std::string& text) {
    Frame& frame = open_.back();
    const auto* key = value.as<std::string>();
    if (key == nullptr) refuse(mark, "key " + text + " is not a string; write it in quotes");
    if (!frame.keys.insert(*key).second) refuse_duplicate(mark, "key \"" + *key + "\" already set in map");
    frame.is_merge = form == Form::kPlain && *key == "<<";
    frame.key = *key;
  }

  void refuse_duplicate(const YAML::Mark& mark, const std::string& what) {
    if (duplicates_ == nullptr) refuse(mark, what);
    duplicates_->push_back("line " + std::to_string(mark.line + 1) + ": " + what);
  }

  static void merge(const YAML::Mark& mark, Frame& frame, json::Value value) {
    json::Array maps;
    if (auto* list = value.as<json::Array>()) {
      maps = std::move(*list);
    } else {
      maps.push_back(std::move(value));
    }
    for (json::Value& map : maps) {
      if (!map.is_object()) refuse(mark, "<< wants a map or a list of maps");
      frame.merged.push_back(std::move(*map.as<json::Object>()));
    }
  }

  std::vector<json::Value>& documents_;
  std::vector<std::string>* const duplicates_;
  std::vector<Frame> open_;
  std::map<YAML::anchor_t, json::Value> anchors_;
  json::Value root_;
  bool has_root_ = false;
  int document_at_ = -1;  // where the last one began
  std::size_t values_ = 0;
  YAML::Mark last_mark_;  // for values whose end event has no place
};

Error bad(const YAML::Mark& mark, const std::string& what) {
  return Error(Code::kInvalidArgument,
               std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1) + ": " + what);
}

// Reads documents until there is none or `documents_max` are there.
Result<std::vector<json::Value>> read(std::string_view text, std::size_t documents_max,
                                      std::vector<std::string>* duplicates) {
  std::vector<json::Value> documents;
  try {
    // The end mark makes yaml-cpp refuse a quoted scalar that is not closed; at the end of the text it would not.
    std::istringstream in(std::string(text) + (text.empty() || text.ends_with('\n') ? "...\n" : "\n...\n"));
    YAML::Parser parser(in);
    Handler handler(documents, duplicates);
    while (documents.size() < documents_max && parser.HandleNextDocument(handler)) {}
  } catch (const Refused& e) {
    return bad(e.mark, e.what);
  } catch (const YAML::Exception& e) {
    return bad(e.mark, e.msg);
  }
  return documents;
}

}  // namespace

Result<std::vector<json::Value>> parse_all(std::string_view text) { return read(text, kYamlDocumentsMax + 1, nullptr); }

Result<json::Value> parse(std::string_view text, std::vector<std::string>* duplicates) {
  std::vector<json::Value> documents = TRY(read(text, 1, duplicates));
  return documents.empty() ? json::Value() : std::move(documents.front());
}

}  // namespace rig::yaml
