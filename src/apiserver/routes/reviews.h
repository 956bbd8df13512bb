// apiserver/routes/reviews.h — questions about users, rights and tokens: who am I, may I, may he, whose token is this.
// Nothing is stored.
#pragma once

#include "apiserver/routes/ask.h"

namespace rig::apiserver {

struct Question {
  const Ask& ask;
  Access& access;
  const Tokens& tokens;
  WallTime now;
};

bool is_review(const Attributes& attributes);  // of a resource that is answered here
ApiAnswer answer_review(const Question& question);

}  // namespace rig::apiserver
