// provider/wire/internal/convert.h — our values to messages and back; decode(encode(x)) is x.
//
// Decoding fails (kUnknown) only where a newer peer used a word that this program does not know.
#pragma once

#include <variant>

#include "provider/provider.h"

namespace rig::provider::v1 {
class Owner;
class MachineRef;
class MachineSpec;
class Machine;
class Plan;
class Failure;
class TaskState;
class ImageRequest;
class PreparedImage;
class Health;
class WatchEvent;
}  // namespace rig::provider::v1
namespace provider::v1 {
class GetCapabilitiesResponse;
}  // namespace provider::v1

namespace rig::provider::wire {

void encode(const Owner& from, v1::Owner& to);
void encode(const MachineRef& from, v1::MachineRef& to);
void encode(const MachineSpec& from, v1::MachineSpec& to);
void encode(const Machine& from, v1::Machine& to);
void encode(const Plan& from, v1::Plan& to);
void encode(const Error& from, v1::Failure& to);
void encode(const TaskState& from, v1::TaskState& to);
void encode(const ImageRequest& from, v1::ImageRequest& to);
void encode(const PreparedImage& from, v1::PreparedImage& to);
void encode(const Health& from, v1::Health& to);
void encode(const Event& from, v1::WatchEvent& to);
void encode(const Capabilities& from, ::provider::v1::GetCapabilitiesResponse& to);

Owner decode(const v1::Owner& from);
MachineRef decode(const v1::MachineRef& from);
Result<MachineSpec> decode(const v1::MachineSpec& from);
Result<Machine> decode(const v1::Machine& from);
Result<Plan> decode(const v1::Plan& from);
Error decode(const v1::Failure& from);
Result<TaskState> decode(const v1::TaskState& from);
ImageRequest decode(const v1::ImageRequest& from);
PreparedImage decode(const v1::PreparedImage& from);
Health decode(const v1::Health& from);
Result<Event> decode(const v1::WatchEvent& from);
Capabilities decode(const ::provider::v1::GetCapabilitiesResponse& from);

std::int64_t unix_ns(WallTime time);
WallTime wall_time(std::int64_t unix_ns);

}  // namespace rig::provider::wire
