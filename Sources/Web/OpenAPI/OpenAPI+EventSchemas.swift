extension OpenAPI {
    /// The event protocol, version 1, as `EventDecoder` reads it.
    static let eventSchemas = #"""
        "Event": {
          "type": "object",
          "description": "What happened on the PBX. An optional attribute that is null, or a text that is empty, is absent; \#
        unknown attributes are kept and not looked at. Ids (`id`, `source`, `call`, `operator`, `queue`) have at most 128 bytes \#
        and other texts 1,024, without control characters.",
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
            { "$ref": "#/components/schemas/CallIdentified" },
            { "$ref": "#/components/schemas/CallQueued" },
            { "$ref": "#/components/schemas/CallAtOperator" },
            { "$ref": "#/components/schemas/CallUnanswered" },
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
        "CallIdentified": {
          "description": "The IVR or the operator learned who is calling.",
          "required": ["type", "call"],
          "properties": {
            "type": { "const": "call.identified" },
            "call": { "$ref": "#/components/schemas/EventID" },
            "customer": { "$ref": "#/components/schemas/EventCustomer" },
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
          "description": "`call.ringing`: this operator's phone rings. `call.answered`: they talk.",
          "required": ["type", "call", "operator"],
          "properties": {
            "type": { "enum": ["call.ringing", "call.answered"] },
            "call": { "$ref": "#/components/schemas/EventID" },
            "operator": { "$ref": "#/components/schemas/EventID" }
          }
        },
        "CallUnanswered": {
          "description": "That ring ended without an answer; the wait goes on.",
          "required": ["type", "call", "operator"],
          "properties": {
            "type": { "const": "call.unanswered" },
            "call": { "$ref": "#/components/schemas/EventID" },
            "operator": { "$ref": "#/components/schemas/EventID" },
            "reason": { "enum": ["timeout", "busy", "rejected", "unreachable", null] }
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
          "description": "Away from the phone.",
          "required": ["type", "operator"],
          "properties": {
            "type": { "const": "operator.paused" },
            "operator": { "$ref": "#/components/schemas/EventID" },
            "reason": { "$ref": "#/components/schemas/EventText" }
          }
        },
        "OperatorEvent": {
          "description": "`operator.resumed`: back from a pause. `operator.ready`: the wrap-up is done.",
          "required": ["type", "operator"],
          "properties": {
            "type": { "enum": ["operator.logout", "operator.resumed", "operator.ready"] },
            "operator": { "$ref": "#/components/schemas/EventID" }
          }
        }
        """#
}
