extension OpenAPI {
    /// `StatsEncoder.operatorFields`, and the bodies of `OperatorRoutes`.
    static let operatorSchemas = #"""
        "OperatorState": {
          "type": "string",
          "enum": ["logged_out", "available", "ringing", "dialing", "talking", "holding", "wrap_up", "busy", "paused"]
        },
        "OperatorFigures": {
          "type": "object",
          "description": "What an operator does now, and did in the period.",
          "required": [
            "name", "device", "state", "since", "reason", "queues", "calls", "answered", "unanswered", "talk_ms", "hold_ms",
            "wrap_up_ms",
            "paused_ms", "logged_in_ms", "average_handle_ms", "transfers_out", "occupancy", "dispositions",
            "complaint_rate", "documented_rate", "busy_ms", "outbound", "marks"
          ],
          "properties": {
            "name": { "type": ["string", "null"] },
            "device": { "type": ["string", "null"], "description": "What the PBX dials.", "examples": ["PJSIP/101"] },
            "state": { "$ref": "#/components/schemas/OperatorState" },
            "since": { "type": ["string", "null"], "format": "date-time", "description": "Since when in this state." },
            "reason": { "type": ["string", "null"], "description": "Of the pause, or of being busy." },
            "queues": { "type": ["array", "null"], "items": { "type": "string" }, "description": "Null: not said, so every queue." },
            "calls": {
              "type": "array", "items": { "type": "string" },
              "description": "Ids of the calls that ring at or are held by the operator."
            },
            "answered": { "type": "integer" },
            "unanswered": { "type": "integer", "description": "Rings that were not answered." },
            "talk_ms": { "type": "integer", "format": "int64", "description": "Without hold." },
            "hold_ms": { "type": "integer", "format": "int64" },
            "wrap_up_ms": { "type": "integer", "format": "int64" },
            "paused_ms": { "type": "integer", "format": "int64" },
            "logged_in_ms": { "type": "integer", "format": "int64" },
            "average_handle_ms": { "type": ["integer", "null"], "format": "int64" },
            "transfers_out": { "type": "integer" },
            "occupancy": {
              "type": ["number", "null"],
              "description": "(talk + hold + wrap-up + dialing) / (logged in − paused)."
            },
            "dispositions": { "$ref": "#/components/schemas/DispositionCounts" },
            "complaint_rate": { "$ref": "#/components/schemas/ComplaintRate" },
            "documented_rate": { "$ref": "#/components/schemas/DocumentedRate" },
            "busy_ms": { "type": "integer", "format": "int64", "description": "On calls that are no customer's." },
            "outbound": { "$ref": "#/components/schemas/Outbound" },
            "marks": { "$ref": "#/components/schemas/FigureMarks" }
          }
        },
        "DispositionCounts": {
          "type": "object", "additionalProperties": { "type": "integer" },
          "description": "Answered calls by their newest disposition, whose code the centre chose; \#
        counted where they were answered."
        },
        "ComplaintRate": {
          "type": ["number", "null"],
          "description": "Calls whose disposition the configuration marks as a complaint, \#
        of the answered calls with a disposition."
        },
        "DocumentedRate": {
          "type": ["number", "null"],
          "description": "Answered calls with a note or a disposition, of all answered calls."
        },
        "Outbound": {
          "type": "object",
          "description": "Calls that operators dialed. They make no visits, and are in no figure of a queue.",
          "required": ["dialed", "reached", "talk_ms", "dialing_ms"],
          "properties": {
            "dialed": { "type": "integer" },
            "reached": { "type": "integer", "description": "The far end answered." },
            "talk_ms": { "type": "integer", "format": "int64", "description": "Of talks that ended, without hold." },
            "dialing_ms": { "type": "integer", "format": "int64", "description": "Until the far end answered." }
          }
        },
        "OperatorList": {
          "type": "object",
          "required": ["operators"],
          "properties": { "operators": { "type": "array", "items": { "$ref": "#/components/schemas/OperatorEntry" } } }
        },
        "OperatorEntry": {
          "allOf": [
            {
              "type": "object", "required": ["operator"],
              "properties": { "operator": { "type": "string", "description": "The operator's id." } }
            },
            { "$ref": "#/components/schemas/OperatorFigures" }
          ]
        },
        "OperatorStateWish": {
          "type": "object",
          "required": ["state"],
          "properties": {
            "state": {
              "enum": [
                "ready", "paused", "pause", "resumed", "resume", "available", "logged_in", "login", "logged_out", "logout"
              ],
              "description": "`ready` ends the wrap-up. `pause` is another word for `paused`; `resume` and `available` are for \#
        `resumed`, `login` for `logged_in`, `logout` for `logged_out`."
            },
            "reason": { "$ref": "#/components/schemas/EventText", "description": "Of the pause: at most 1,024 bytes." },
            "device": {
              "$ref": "#/components/schemas/EventText", "description": "Of a login: what the PBX dials. A supervisor may say it."
            },
            "queues": {
              "type": "array", "items": { "type": "string" },
              "description": "Of a login: which queues; those of the last login when it is left out. A supervisor may say it."
            }
          },
          "example": { "state": "paused", "reason": "lunch" }
        },
        "OperatorStateNow": {
          "type": "object",
          "required": ["operator", "state", "since", "reason", "pbx"],
          "properties": {
            "operator": { "type": "string" },
            "pbx": {
              "enum": ["confirmed", "not_asked", "not_concerned"],
              "description": "`confirmed`: the PBX did it, and the state is the one it tells. `not_asked`: no bridge takes orders, \#
        the state is our word alone. `not_concerned`: after-call work, of which a PBX knows nothing."
            },
            "state": {
              "description": "Null when the operator is not known any more.",
              "anyOf": [{ "$ref": "#/components/schemas/OperatorState" }, { "type": "null" }]
            },
            "since": { "type": ["string", "null"], "format": "date-time" },
            "reason": { "type": ["string", "null"] }
          }
        },
        "DialWish": {
          "type": "object",
          "required": ["to"],
          "properties": {
            "to": {
              "type": "string",
              "description": "A number as the operator's phone would dial it. Spaces, hyphens and brackets are left out; other \#
        characters than digits and a leading + are refused."
            }
          },
          "example": { "to": "03-0000-0000" }
        },
        "Dialled": {
          "type": "object",
          "required": ["operator", "device", "to"],
          "properties": {
            "operator": { "type": "string" },
            "device": { "type": "string", "description": "The phone that was picked up.", "examples": ["PJSIP/101"] },
            "to": { "type": "string", "description": "What the PBX dials." }
          }
        }
        """#
}
