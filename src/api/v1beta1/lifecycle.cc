// api/v1beta1/lifecycle.cc — the rows of lifecycle.h.
#include "api/v1beta1/lifecycle.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<HttpScheme>::info() {
  using enum HttpScheme;
  static const TypeInfo t = enumeration<HttpScheme>("HttpScheme", "How a hook's HTTP request is made.", {
      {kHttp, "HTTP", "Plain HTTP."},
      {kHttps, "HTTPS", "HTTP over TLS."},
  });
  return t;
}

const TypeInfo& Describe<ExecAction>::info() {
  static const TypeInfo t = object("ExecAction", "A command in the guest, run by the guest agent.", {
      field<&ExecAction::command>("command").required().min_items(1)
          .doc("Program and arguments; no shell is involved."),
  });
  return t;
}

const TypeInfo& Describe<HttpGetAction>::info() {
  static const TypeInfo t = object("HttpGetAction", "An HTTP GET request; a status from 200 to 399 is success.", {
      field<&HttpGetAction::host>("host").doc("Host name or address; the machine's first address when empty."),
      field<&HttpGetAction::port>("port").required().range(1, 65535).doc("TCP port."),
      field<&HttpGetAction::path>("path").doc("Path of the URL; \"/\" when empty."),
      field<&HttpGetAction::scheme>("scheme").def(R"("HTTP")").doc("HTTP or HTTPS."),
  });
  return t;
}

const TypeInfo& Describe<SnapshotAction>::info() {
  static const TypeInfo t = object("SnapshotAction", "A snapshot of the machine.", {
      field<&SnapshotAction::name>("name").required().doc("Name of the snapshot."),
      field<&SnapshotAction::description>("description").doc("Text stored with the snapshot."),
      field<&SnapshotAction::include_memory>("includeMemory")
          .doc("Whether the snapshot also holds the memory of the running machine."),
  });
  return t;
}

const TypeInfo& Describe<LifecycleHandler>::info() {
  static const TypeInfo t = object(
      "LifecycleHandler", "Actions at one point of a machine's life; each that is given is done.", {
      field<&LifecycleHandler::exec>("exec").doc("Run a command in the guest."),
      field<&LifecycleHandler::http_get>("httpGet").doc("Make an HTTP request."),
      field<&LifecycleHandler::snapshot>("snapshot").doc("Take a snapshot."),
  });
  return t;
}

const TypeInfo& Describe<Lifecycle>::info() {
  static const TypeInfo t = object("Lifecycle", "What happens around the start and the stop of the machine.", {
      field<&Lifecycle::graceful_shutdown_timeout>("gracefulShutdownTimeout").def(R"("60s")")
          .doc("How long a guest may take to shut down (OffGraceful, delete) before it is switched off, such as "
               "60s or 5m."),
      field<&Lifecycle::post_start>("postStart").doc("After the machine has been started."),
      field<&Lifecycle::pre_stop>("preStop").doc("Before the machine is stopped."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
