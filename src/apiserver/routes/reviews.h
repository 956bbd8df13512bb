// apiserver/routes/reviews.h — what a user may ask about himself: who am I, may I, what may I. Nothing is stored.
#pragma once

#include "apiserver/routes/ask.h"

namespace rig::apiserver {

bool is_review(const Attributes& attributes);  // of a resource that is answered here
ApiAnswer answer_review(const Ask& ask, WallTime now);

}  // namespace rig::apiserver
