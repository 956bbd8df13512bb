// apiserver/routes/resources.h — requests about objects: which of the Registry's verbs, and the answer's form.
#pragma once

#include "apiserver/routes/ask.h"
#include "apiserver/routes/request_body.h"
#include "apiserver/routes/table.h"
#include "apiserver/routes/watch_stream.h"

namespace rig::apiserver {

class Resources {
 public:
  Resources(Registry& registry, Access& access, const Tokens& tokens, const Clock& clock,
            const ApiServer::Options& options)
      : registry_(registry), access_(access), tokens_(tokens), clock_(clock), options_(options) {}

  ApiAnswer handle(const Ask& ask);

 private:
  // What is known about a request once its kind is: where the object is and in which form it is wanted.
  struct Job {
    const Ask& ask;
    const api::KindInfo& kind;
    ObjectKey key;  // name "": the collection; namespace_ "" there: all
    Part part = Part::kWhole;
    Media media;
    Include include = Include::kMetadata;
    std::vector<std::string> warnings;
  };
  using Answer = Result<ApiAnswer>;
  using Permission = decltype(WriteContext::permit);

  Result<Part> part_of(const api::KindInfo& kind, const Attributes& attributes) const;
  Permission permission(const Ask& ask) const;
  static TableForm table_form(const Job& job) { return {.version = job.media.version, .include = job.include}; }
  Answer act(Job& job);
  void await_version(const Job& job) const;
  void complete(WriteContext& context, Body& body, Job& job) const;
  Answer get(Job& job);
  Answer list(Job& job);
  Answer watch(Job& job);
  Answer create(Job& job);
  Answer replace(Job& job);
  Answer patch(Job& job);
  Answer remove(Job& job);
  Answer remove_collection(Job& job);
  Answer request_token(Job& job);
  Answer console(const Ask& ask, const api::KindInfo& kind);

  Answer dress(const Job& job, json::Value object, int status = 200) const;
  Answer dress_list(const Job& job, ListResult result) const;

  Registry& registry_;
  Access& access_;
  const Tokens& tokens_;
  const Clock& clock_;
  const ApiServer::Options& options_;
};

}  // namespace rig::apiserver
