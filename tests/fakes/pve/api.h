// fakes/pve/api.h — from a message to an outcome, in the order in which PVE looks at things. No socket.
#pragma once

#include "fakes/pve/access.h"
#include "fakes/pve/faults.h"

namespace rig::fakes::pve {

class Api {
 public:
  // CHECKs that every call has its place in the schema.
  Api(Cluster& cluster, Schema schema);

  Access access;
  Outcome answer(const Message& message);  // after the cluster has settled

 private:
  Result<Answer> act(const Route& route, Asked& asked);

  Cluster& cluster_;
  Schema schema_;
  std::map<std::string, Act, std::less<>> acts_;
};

}  // namespace rig::fakes::pve
