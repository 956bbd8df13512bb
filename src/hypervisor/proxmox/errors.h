// proxmox/errors.h — what Proxmox VE says went wrong, as our errors: one table for replies and for tasks. Pure.
//
// The text is in the reason phrase of the status line, mostly also in the body; several answers (401, 595) have no
// body. A machine that is not there is a 500 with a certain text, never a 404. 595 to 599 come from the daemon in
// front, when the one behind it (or another node) did not answer it within 30 s: the request may still be carried out,
// as with 502 to 504 of any proxy.
//
// Source: recorded exchanges (tests/golden/proxmox/replies.json, tasks.json); rows marked [src] were read in Proxmox's
// sources, rows marked [k] are known and not recorded.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "http/client.h"

namespace rig::proxmox {

struct ErrorRow {
  int status;             // of the reply; 0: any, and what a task ended with
  std::string_view part;  // of the text; "": any
  Code code;
  std::string_view hint;
  bool machine_missing = false;  // the asked node has no such machine; another may have it
};
std::span<const ErrorRow> error_rows();

// Of a reply whose status is not 2xx, or whose body is no answer of this API. `doing` says to what: "GET /version".
// Names of parameters that were refused are told; what the secret ones were is not. What no row fits becomes kUnknown
// and says the status.
Error reply_error(const http::Reply& reply, std::string_view doing);

// Of a task's exit text that is neither "OK" nor "WARNINGS: n".
Error task_error(std::string_view exit_text, std::string_view doing);

// Whether the error is the node's own word that it has no such machine. Only together with a list of the cluster that
// lacks it, too, does that prove that it is gone.
bool says_machine_is_missing(const Error& error);

}  // namespace rig::proxmox
