"""tools/lab/rights_test.py — what is said of rights and requests that do not match."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "kube"))
import rights  # noqa: E402

ROLE = {"rules": [{"apiGroups": ["g"], "resources": ["things"], "verbs": ["get", "list"]},
                  {"apiGroups": [""], "resources": ["events"], "verbs": ["create"]}]}


def request(verb, resource, group="g", code=200, **more):
    return {"verb": verb, "requestURI": "/x", "objectRef": {"resource": resource, "apiGroup": group, **more},
            "responseStatus": {"code": code}}


LIST, EVENT = request("list", "things"), request("create", "events", group="", code=201)


class Rights(unittest.TestCase):
    def found(self, *requests):
        return rights.findings([ROLE], list(requests))

    def test_nothing_is_said_when_they_match(self):
        self.assertEqual(self.found(LIST, EVENT), [])

    def test_a_right_that_nobody_used(self):
        self.assertEqual(self.found(LIST), ["granted and never used: create  events"])

    def test_a_request_that_was_refused(self):
        self.assertEqual(self.found(LIST, EVENT, request("update", "things", code=403, subresource="status")),
                         ["403: update g things/status"])

    def test_an_answer_that_only_a_mistake_of_ours_gets(self):
        self.assertEqual(self.found(LIST, EVENT, request("create", "events", group="", code=422)), ["422: create  events"])

    def test_conflicts_and_absence_are_weather(self):
        self.assertEqual(self.found(LIST, EVENT, request("list", "things", code=409), request("get", "things", code=404)), [])

    def test_a_request_of_no_object(self):
        refused = {"verb": "get", "requestURI": "/metrics", "responseStatus": {"code": 403}}
        self.assertEqual(self.found(LIST, EVENT, refused), ["403: get  /metrics"])


if __name__ == "__main__":
    unittest.main()
