extension OpenAPI {
    /// `CallEncoder`, but for the routing.
    static let callSchemas = #"""
        "CallList": {
          "type": "object",
          "required": ["calls", "next"],
          "properties": {
            "calls": { "type": "array", "items": { "$ref": "#/components/schemas/CallLine" } },
            "next": {
              "type": ["integer", "string", "null"], "format": "int64",
              "description": "`after` of the next page; null on the last. A text where a page ends between two lines of one call."
            }
          }
        },
        "CallLine": {
          "allOf": [
            { "$ref": "#/components/schemas/Call" },
            {
              "type": "object",
              "description": "In a list behind a figure also what of the call is counted.",
              "properties": {
                "counted_at": { "type": "string", "format": "date-time", "description": "The moment that is counted." },
                "counted_ms": { "type": "integer", "format": "int64", "description": "What a sum over the figure takes of it." },
                "visit": {
                  "description": "The visit that is counted; null where the call itself is.",
                  "anyOf": [{ "$ref": "#/components/schemas/Visit" }, { "type": "null" }]
                }
              }
            }
          ]
        },
        "VisitOutcome": {
          "type": "string",
          "enum": ["answered", "abandoned", "short_abandoned", "overflowed", "callback", "blocked", "unknown"],
          "description": "How a visit ended."
        },
        "CallOutcome": {
          "type": "string",
          "enum": [
            "answered", "abandoned", "short_abandoned", "overflowed", "callback", "blocked", "unknown", "not_queued", "reached",
            "not_reached"
          ],
          "description": "`answered` if any visit was, otherwise that of the last visit; `not_queued` for a call without any. Of a \#
        dialed call `reached` or `not_reached`."
        },
        "Call": {
          "type": "object",
          "required": [
            "call", "source", "number", "from", "to", "direction", "customer", "queue", "state", "outcome", "partial", "offered_at", "answered_at",
            "ended_at", "ended_by", "cause", "waiting_since", "wait_ms", "talk_ms", "operator", "disposition", "note"
          ],
          "properties": {
            "call": {
              "type": "string", "description": "The PBX's id of the call, unique within its source.",
              "examples": ["1795165200.15"]
            },
            "source": { "type": "string", "description": "Which PBX or bridge." },
            "number": {
              "type": "integer", "format": "int64", "description": "The call's own number here: later calls have larger ones."
            },
            "from": {
              "$ref": "#/components/schemas/CallerNumber",
              "description": "The other party's number: of a dialed call the one dialed."
            },
            "to": { "type": ["string", "null"], "description": "The line called; of a dialed call what was dialed." },
            "direction": { "enum": ["inbound", "outbound"], "description": "`outbound`: an operator dialed it." },
            "customer": {
              "description": "The likeliest customer; null when nobody matches.",
              "anyOf": [{ "$ref": "#/components/schemas/CallCustomer" }, { "type": "null" }]
            },
            "queue": { "type": ["string", "null"], "description": "Of the last visit." },
            "state": {
              "enum": ["unseen", "offered", "dialing", "waiting", "talking", "parked", "between", "ended"],
              "description": "`waiting`: in a queue or ringing. `between`: taken out of a queue or handed on, and not yet \#
        anywhere else."
            },
            "outcome": {
              "description": "Null while it is open.",
              "anyOf": [{ "$ref": "#/components/schemas/CallOutcome" }, { "type": "null" }]
            },
            "partial": { "type": "boolean", "description": "Its start was not seen: it is kept out of waits and service levels." },
            "offered_at": { "type": ["string", "null"], "format": "date-time" },
            "answered_at": { "type": ["string", "null"], "format": "date-time" },
            "ended_at": { "type": ["string", "null"], "format": "date-time" },
            "ended_by": { "enum": ["caller", "operator", "system", null] },
            "cause": { "type": ["string", "null"], "description": "Why it ended, in the PBX's words." },
            "waiting_since": {
              "type": ["string", "null"], "format": "date-time", "description": "Of a call that waits or rings now: since when."
            },
            "wait_ms": { "type": "integer", "format": "int64", "minimum": 0, "description": "Of its visits that ended." },
            "talk_ms": { "type": "integer", "format": "int64", "minimum": 0, "description": "Of its talks that ended, without hold." },
            "operator": { "type": ["string", "null"], "description": "Who talked with it last, or at whom it rings." },
            "disposition": { "type": ["string", "null"], "description": "How it came out, in a word of the centre's." },
            "note": {
              "enum": ["draft", "unfinished", "finished", null],
              "description": "Whether something is written of it: one that is being typed before one that became a note by itself, and that before \#
        finished ones."
            }
          }
        },
        "CallCustomer": {
          "type": "object",
          "required": ["id", "name", "tier"],
          "properties": {
            "id": { "type": "integer", "format": "int64" },
            "name": { "type": "string" },
            "tier": { "type": "string" }
          }
        },
        "WholeCall": {
          "allOf": [
            { "$ref": "#/components/schemas/Call" },
            {
              "type": "object",
              "required": ["visits", "legs", "timeline", "notes", "drafts", "note_draft", "routing", "routing_before", "alerts"],
              "properties": {
                "visits": { "type": "array", "items": { "$ref": "#/components/schemas/Visit" } },
                "legs": { "type": "array", "items": { "$ref": "#/components/schemas/Leg" } },
                "timeline": { "type": "array", "items": { "$ref": "#/components/schemas/TimelineStep" } },
                "notes": { "type": "array", "items": { "$ref": "#/components/schemas/CallNote" } },
                "drafts": {
                  "type": "array", "items": { "$ref": "#/components/schemas/CallNote" },
                  "description": "What is being typed: one of each author."
                },
                "note_draft": { "type": ["string", "null"], "description": "The texts of the drafts." },
                "routing": {
                  "description": "Null for a call that was not offered.",
                  "anyOf": [{ "$ref": "#/components/schemas/Routing" }, { "type": "null" }]
                },
                "routing_before": {
                  "type": "array", "items": { "$ref": "#/components/schemas/Routing" },
                  "description": "What the PBX was told before the caller was identified, oldest first."
                },
                "alerts": { "type": "array", "items": { "$ref": "#/components/schemas/AlertKind" } }
              }
            }
          ]
        },
        "Visit": {
          "type": "object",
          "description": "One stay of the call in one queue.",
          "required": ["place", "queue", "start", "outcome", "outcome_at", "wait_ms", "partial", "transfers", "holds"],
          "properties": {
            "place": { "type": "integer", "minimum": 0, "description": "Which of the call's visits it is, from 0." },
            "queue": {
              "type": "string", "description": "`direct` when the call was offered straight to an operator and named no queue."
            },
            "start": { "type": "string", "format": "date-time" },
            "outcome": {
              "description": "Null while it waits.",
              "anyOf": [{ "$ref": "#/components/schemas/VisitOutcome" }, { "type": "null" }]
            },
            "outcome_at": { "type": ["string", "null"], "format": "date-time" },
            "wait_ms": { "type": ["integer", "null"], "format": "int64" },
            "partial": { "type": "boolean" },
            "transfers": { "type": "integer", "minimum": 0 },
            "holds": { "type": "integer", "minimum": 0 }
          }
        },
        "Leg": {
          "type": "object",
          "description": "One operator's part in the call: the ring, the talk, the after-call work.",
          "required": ["operator", "visit", "dialed_at", "ringing_at", "answered_at", "ended_at", "end", "talk_ms", "hold_ms", "wrap_up_ms"],
          "properties": {
            "operator": { "type": "string" },
            "visit": { "type": ["integer", "null"], "description": "Its place in `visits`, from 0; null in a dialed call." },
            "dialed_at": { "type": ["string", "null"], "format": "date-time" },
            "ringing_at": { "type": ["string", "null"], "format": "date-time" },
            "answered_at": { "type": ["string", "null"], "format": "date-time" },
            "ended_at": { "type": ["string", "null"], "format": "date-time" },
            "end": {
              "enum": ["unanswered", "elsewhere", "caller_left", "transferred", "parked", "ended", "vanished", null],
              "description": "`elsewhere`: somebody else took it, or it left the queue. `vanished`: a snapshot no longer listed \#
        the call."
            },
            "talk_ms": { "type": ["integer", "null"], "format": "int64", "description": "Without hold; null until it ended." },
            "hold_ms": { "type": "integer", "format": "int64", "description": "Holds that ended." },
            "wrap_up_ms": { "type": ["integer", "null"], "format": "int64", "description": "Null until it ended." }
          }
        },
        "TimelineStep": {
          "type": "object",
          "description": "One thing that happened to the call; the optional keys are there where they mean something.",
          "required": ["at", "what"],
          "properties": {
            "at": { "type": "string", "format": "date-time" },
            "seq": { "type": "integer", "format": "int64", "description": "The event's place in the log; none of a pop's moments." },
            "what": {
              "enum": [
                "offered", "dialed", "reached", "parked", "retrieved", "rejected", "queued", "ringing", "unanswered", "answered", "held", "resumed", "transferred",
                "dequeued", "ended", "missing", "found", "noted", "disposition", "pop_sent", "pop_seen", "pop_acted"
              ],
              "description": "`missing`: a snapshot no longer listed it. `found`: a snapshot listed it first. `pop_sent`, \#
        `pop_seen`, `pop_acted`: the operator's screen got the pop, told that it was looked at, and the operator wrote of the call."
            },
            "queue": { "type": "string" },
            "operator": { "type": "string" },
            "to": { "type": "string", "description": "The number that the call was transferred to." },
            "reason": { "type": "string", "description": "Of `unanswered` and `dequeued`." },
            "kind": { "enum": ["blind", "attended"], "description": "Of `transferred`." },
            "by": { "enum": ["caller", "operator", "system"], "description": "Who ended it." },
            "device": { "type": "string", "description": "Of `ringing` and `unanswered`." },
            "slot": { "type": "string", "description": "The parking place." },
            "cause": { "type": "string", "description": "Why it ended, in the PBX's words." },
            "text": { "type": "string", "description": "Of `noted`." },
            "state": { "enum": ["unfinished", "finished"], "description": "Of `noted`." },
            "code": { "type": "string", "description": "Of `disposition`." },
            "spent_ms": { "type": "integer", "format": "int64", "minimum": 0, "description": "How long it was written on, where the desk measured it; else absent." }
          }
        }
        """#
}
