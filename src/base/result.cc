// base/result.cc — names and remedies of the codes; how an Error reads.
#include "base/result.h"

namespace rig {

std::string_view to_string(Code code) {
  switch (code) {
    case Code::kCancelled: return "CANCELLED";
    case Code::kUnknown: return "UNKNOWN";
    case Code::kInvalidArgument: return "INVALID_ARGUMENT";
    case Code::kDeadlineExceeded: return "DEADLINE_EXCEEDED";
    case Code::kNotFound: return "NOT_FOUND";
    case Code::kAlreadyExists: return "ALREADY_EXISTS";
    case Code::kPermissionDenied: return "PERMISSION_DENIED";
    case Code::kResourceExhausted: return "RESOURCE_EXHAUSTED";
    case Code::kFailedPrecondition: return "FAILED_PRECONDITION";
    case Code::kAborted: return "ABORTED";
    case Code::kOutOfRange: return "OUT_OF_RANGE";
    case Code::kUnimplemented: return "UNIMPLEMENTED";
    case Code::kInternal: return "INTERNAL";
    case Code::kUnavailable: return "UNAVAILABLE";
    case Code::kDataLoss: return "DATA_LOSS";
    case Code::kUnauthenticated: return "UNAUTHENTICATED";
  }
  return "UNKNOWN";
}

Remedy remedy(Code code) {
  switch (code) {
    case Code::kUnavailable:
    case Code::kDeadlineExceeded:
    case Code::kResourceExhausted:
    case Code::kCancelled: return Remedy::kRetry;
    case Code::kAborted: return Remedy::kReread;
    case Code::kInvalidArgument:
    case Code::kNotFound:
    case Code::kAlreadyExists:
    case Code::kPermissionDenied:
    case Code::kFailedPrecondition:
    case Code::kOutOfRange:
    case Code::kUnimplemented:
    case Code::kUnauthenticated: return Remedy::kUserFix;
    case Code::kInternal:
    case Code::kUnknown:
    case Code::kDataLoss: return Remedy::kBug;
  }
  return Remedy::kBug;
}

Error Error::with_context(std::string_view doing) && {
  std::string outer(doing);
  if (!rep_->context.empty()) outer += ": " + rep_->context;
  rep_->context = std::move(outer);
  return std::move(*this);
}

std::string Error::to_string() const {
  std::string s;
  if (!rep_->context.empty()) s += rep_->context + ": ";
  s += rep_->message;
  s += " (";
  s += rig::to_string(rep_->code);
  s += ")";
  if (!rep_->hint.empty()) s += ". " + rep_->hint;
  return s;
}

}  // namespace rig
