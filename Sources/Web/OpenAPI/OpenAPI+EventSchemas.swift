extension OpenAPI {
    /// The event protocol, version 1, as `EventDecoder` reads it.
    static let eventSchemas = #"""
        "Event": {
          "type": "object",
          "description": "What happened on the PBX. An optional attribute that is null, or a text that is empty, is absent; \#
        unknown attributes are kept, not looked at, and named in the reply. Ids (`id`, `source`, `call`, `operator`, `queue`) \#
        have at most 128 bytes and other texts 1,024, without control characters. In what a caller or an outsider types \#
        (`name`, `from`, `to`, `summary`, `reason`) control characters become spaces, and what is too long is cut.",
          "required": ["type"],
          "properties": {
            "type": { "type": "string" },
            "id": {
              "type": ["string", "null"], "minLength": 1, "maxLength": 128,
              "description": "Unique within `source`. With it, sending again is safe."
            },
            "source": { "type": ["string", "null"], "minLength": 1, "maxLength": 128, "description": "Which PBX or bridge." },
            "time": {
              "type": ["string", "null"], "format": "date-time",
              "description": "When it happened on the PBX, from the year 2000 to 366 days ahead. Default: now."
            }
          },
          "oneOf": [
            { "$ref": "#/components/schemas/CallOffered" },
            { "$ref": "#/components/schemas/CallDialed" },
            { "$ref": "#/components/schemas/CallIdentified" },
            { "$ref": "#/components/schemas/CallQueued" },
            { "$ref": "#/components/schemas/CallAtOperator" },
            { "$ref": "#/components/schemas/CallAnswered" },
            { "$ref": "#/components/schemas/CallUnanswered" },
            { "$ref": "#/components/schemas/CallParked" },
            { "$ref": "#/components/schemas/CallHeldOrResumed" },
            { "$ref": "#/components/schemas/CallTransferred" },
            { "$ref": "#/components/schemas/CallDequeued" },
            { "$ref": "#/components/schemas/CallEnded" },
            { "$ref": "#/components/schemas/OperatorLogin" },
            { "$ref": "#/components/schemas/OperatorPaused" },
            { "$ref": "#/components/schemas/OperatorEvent" },
            { "$ref": "#/components/schemas/PBXSnapshot" },
            { "$ref": "#/components/schemas/PBXLink" },
            { "$ref": "#/components/schemas/TouchpointRecorded" },
            { "$ref": "#/components/schemas/Ping" }
          ]
        },
        "CallOffered": {
          "description": "A call has arrived; the reply carries the caller and the route.",
          "required": ["type", "call", "to"],
          "anyOf": [
            { "required": ["from"] },
            { "required": ["presentation"], "properties": { "presentation": { "enum": ["restricted", "unavailable"] } } }
          ],
          "properties": {
            "type": { "const": "call.offered" },
            "call": { "$ref": "#/components/schemas/EventID" },
            "from": {
              "$ref": "#/components/schemas/EventText",
              "description": "The caller's number; null when there is none. May be absent when it is withheld."
            },
            "to": { "$ref": "#/components/schemas/EventText", "description": "The line called; null when it is not known." },
            "queue": { "$ref": "#/components/schemas/EventName" },
            "name": { "$ref": "#/components/schemas/EventText", "description": "The caller's name as the network gave it." },
            "presentation": { "enum": ["allowed", "restricted", "unavailable", null] }
          }
        },
        "CallDialed": {
          "description": "This operator calls out. The reply carries the customer and no route; there is no visit.",
          "required": ["type", "call", "operator", "to"],
          "properties": {
            "type": { "const": "call.dialed" },
            "call": { "$ref": "#/components/schemas/EventID" },
            "operator": { "$ref": "#/components/schemas/EventID" },
            "to": { "type": "string", "minLength": 1, "description": "The number as it was dialed." },
            "from": { "$ref": "#/components/schemas/EventText", "description": "The centre's line that the far end sees." }
          }
        },
        "CallIdentified": {
          "description": "The IVR or the operator learned who is calling; of several the first of these counts. While nobody \#
        has answered, the call is routed anew, and the reply carries the route.",
          "required": ["type", "call"],
          "anyOf": [
            { "required": ["customer"], "properties": { "customer": { "type": ["integer", "string"], "minLength": 1 } } },
            { "required": ["external_id"], "properties": { "external_id": { "type": "string", "minLength": 1 } } },
            { "required": ["account"], "properties": { "account": { "type": "string", "minLength": 1 } } },
            { "required": ["email"], "properties": { "email": { "type": "string", "minLength": 1 } } },
            { "required": ["from"], "properties": { "from": { "type": "string", "minLength": 1 } } }
          ],
          "properties": {
            "type": { "const": "call.identified" },
            "call": { "$ref": "#/components/schemas/EventID" },
            "customer": { "$ref": "#/components/schemas/EventCustomer" },
            "external_id": { "$ref": "#/components/schemas/EventText", "description": "The customer's id in your CRM." },
            "account": { "$ref": "#/components/schemas/EventText" },
            "email": { "$ref": "#/components/schemas/EventText" },
            "from": { "$ref": "#/components/schemas/EventText", "description": "Another number to look the caller up by." }
          }
        },
        "CallQueued": {
          "description": "It entered a queue: the wait starts.",
          "required": ["type", "call", "queue"],
          "properties": {
            "type": { "const": "call.queued" },
            "call": { "$ref": "#/components/schemas/EventID" },
            "queue": { "$ref": "#/components/schemas/EventID" },
            "position": { "type": ["integer", "null"], "minimum": 0, "maximum": 1000000 },
            "priority": { "type": ["integer", "null"], "minimum": -1000000, "maximum": 1000000 }
          }
        },
        "CallAtOperator": {
          "description": "This operator's phone rings. An operator with several devices rings until the last of them stops.",
          "required": ["type", "call", "operator"],
          "properties": {
            "type": { "const": "call.ringing" },
            "call": { "$ref": "#/components/schemas/EventID" },
            "operator": { "$ref": "#/components/schemas/EventID" },
            "device": { "$ref": "#/components/schemas/EventText", "description": "What rings." }
          }
        },
        "CallAnswered": {
          "description": "They talk. Without an operator: the far end of a dialed call answered.",
          "required": ["type", "call"],
          "properties": {
            "type": { "const": "call.answered" },
            "call": { "$ref": "#/components/schemas/EventID" },
            "operator": { "type": ["string", "null"], "minLength": 1, "maxLength": 128 }
          }
        },
        "CallParked": {
          "description": "`call.parked`: this operator put it on a parking place. `call.retrieved`: this operator took it off.",
          "required": ["type", "call", "operator"],
          "properties": {
            "type": { "enum": ["call.parked", "call.retrieved"] },
            "call": { "$ref": "#/components/schemas/EventID" },
            "operator": { "$ref": "#/components/schemas/EventID" },
            "slot": { "$ref": "#/components/schemas/EventText", "description": "The parking place." }
          }
        },
        "CallUnanswered": {
          "description": "That ring ended without an answer; the wait goes on.",
          "required": ["type", "call", "operator"],
          "properties": {
            "type": { "const": "call.unanswered" },
            "call": { "$ref": "#/components/schemas/EventID" },
            "operator": { "$ref": "#/components/schemas/EventID" },
            "device": {
              "$ref": "#/components/schemas/EventText", "description": "What stopped ringing; absent: all of the operator's."
            },
            "reason": {
              "enum": ["timeout", "busy", "rejected", "unreachable", "elsewhere", null],
              "description": "`elsewhere`: a colleague took it, so it is no missed ring."
            }
          }
        },
        "CallHeldOrResumed": {
          "required": ["type", "call"],
          "properties": { "type": { "enum": ["call.held", "call.resumed"] }, "call": { "$ref": "#/components/schemas/EventID" } }
        },
        "CallTransferred": {
          "description": "It leaves this operator for another one, a queue or a number; of several the first of these counts.",
          "required": ["type", "call"],
          "anyOf": [
            { "required": ["operator"], "properties": { "operator": { "type": "string", "minLength": 1 } } },
            { "required": ["queue"], "properties": { "queue": { "type": "string", "minLength": 1 } } },
            { "required": ["to"], "properties": { "to": { "type": "string", "minLength": 1 } } }
          ],
          "properties": {
            "type": { "const": "call.transferred" },
            "call": { "$ref": "#/components/schemas/EventID" },
            "operator": { "$ref": "#/components/schemas/EventName" },
            "queue": { "$ref": "#/components/schemas/EventName" },
            "to": { "$ref": "#/components/schemas/EventText" },
            "kind": { "enum": ["blind", "attended", null], "description": "Default: `blind`." }
          }
        },
        "CallDequeued": {
          "description": "It left that queue unanswered, but alive.",
          "required": ["type", "call", "queue"],
          "properties": {
            "type": { "const": "call.dequeued" },
            "call": { "$ref": "#/components/schemas/EventID" },
            "queue": { "$ref": "#/components/schemas/EventID" },
            "reason": { "enum": ["overflow", "timeout", "voicemail", "callback", "key", null], "description": "Default: `overflow`." }
          }
        },
        "CallEnded": {
          "description": "It is over. Ended while waiting: abandoned.",
          "required": ["type", "call"],
          "properties": {
            "type": { "const": "call.ended" },
            "call": { "$ref": "#/components/schemas/EventID" },
            "by": { "enum": ["caller", "operator", "system", null] },
            "cause": { "$ref": "#/components/schemas/EventText" }
          }
        },
        "OperatorLogin": {
          "required": ["type", "operator"],
          "properties": {
            "type": { "const": "operator.login" },
            "operator": { "$ref": "#/components/schemas/EventID" },
            "name": { "$ref": "#/components/schemas/EventText" },
            "device": { "$ref": "#/components/schemas/EventText", "description": "What the PBX dials." },
            "queues": { "$ref": "#/components/schemas/EventQueues" }
          }
        },
        "OperatorPaused": {
          "description": "`operator.paused`: away from the phone. `operator.busy`: the phone is in use by something that is no \#
        customer's call.",
          "required": ["type", "operator"],
          "properties": {
            "type": { "enum": ["operator.paused", "operator.busy"] },
            "operator": { "$ref": "#/components/schemas/EventID" },
            "reason": { "$ref": "#/components/schemas/EventText" }
          }
        },
        "OperatorEvent": {
          "description": "`operator.resumed`: back from a pause. `operator.ready`: the wrap-up is done. `operator.free`: \#
        the phone is free again.",
          "required": ["type", "operator"],
          "properties": {
            "type": { "enum": ["operator.logout", "operator.resumed", "operator.ready", "operator.free"] },
            "operator": { "$ref": "#/components/schemas/EventID" }
          }
        }
        """#
}
