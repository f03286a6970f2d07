extension OpenAPI {
    /// Events that are not about one call or one operator, and what events are made of.
    static let eventPartSchemas = #"""
        "PBXSnapshot": {
          "description": "All that is alive on that source now: open calls that it does not list have ended unseen. One that \#
        does not fit a line comes in parts of one `time`; the last of them to come makes it whole.",
          "required": ["type", "calls", "operators"],
          "properties": {
            "type": { "const": "pbx.snapshot" },
            "part": { "type": ["integer", "null"], "minimum": 1, "maximum": 1000, "description": "Needs `parts`." },
            "parts": { "type": ["integer", "null"], "minimum": 1, "maximum": 1000, "description": "Needs `part`." },
            "calls": { "type": "array", "items": { "$ref": "#/components/schemas/LiveCall" } },
            "operators": { "type": "array", "items": { "$ref": "#/components/schemas/LiveOperator" } }
          }
        },
        "LiveCall": {
          "type": "object",
          "required": ["call", "state"],
          "properties": {
            "call": { "$ref": "#/components/schemas/EventID" },
            "state": { "enum": ["offered", "dialing", "queued", "ringing", "answered", "held", "parked"] },
            "direction": { "enum": ["inbound", "outbound", null], "description": "`outbound`: an operator dialed it." },
            "slot": { "$ref": "#/components/schemas/EventText", "description": "The parking place." },
            "from": { "$ref": "#/components/schemas/EventText" },
            "to": { "$ref": "#/components/schemas/EventText" },
            "queue": { "$ref": "#/components/schemas/EventName" },
            "operator": { "$ref": "#/components/schemas/EventName" },
            "name": { "$ref": "#/components/schemas/EventText" },
            "presentation": { "enum": ["allowed", "restricted", "unavailable", null] },
            "since": { "type": ["string", "null"], "format": "date-time", "description": "Since when in this state." }
          }
        },
        "LiveOperator": {
          "type": "object",
          "required": ["operator"],
          "properties": {
            "operator": { "$ref": "#/components/schemas/EventID" },
            "state": { "enum": ["available", "busy", "paused", "logged_out", null], "description": "Default: `available`." },
            "name": { "$ref": "#/components/schemas/EventText" },
            "device": { "$ref": "#/components/schemas/EventText" },
            "queues": { "$ref": "#/components/schemas/EventQueues" },
            "reason": { "$ref": "#/components/schemas/EventText", "description": "Of the pause." },
            "since": { "type": ["string", "null"], "format": "date-time", "description": "Since when in this state." }
          }
        },
        "PBXLink": {
          "description": "The bridge lost or regained its PBX: figures of the time in between are incomplete.",
          "properties": { "type": { "enum": ["pbx.disconnected", "pbx.connected"] } }
        },
        "TouchpointRecorded": {
          "description": "A contact on another channel, with the customer by id, number, mail address or account; of several \#
        the first of these counts.",
          "required": ["type", "channel", "summary"],
          "anyOf": [
            { "required": ["customer"], "properties": { "customer": { "type": ["integer", "string"], "minLength": 1 } } },
            { "required": ["from"], "properties": { "from": { "type": "string", "minLength": 1 } } },
            { "required": ["email"], "properties": { "email": { "type": "string", "minLength": 1 } } },
            { "required": ["account"], "properties": { "account": { "type": "string", "minLength": 1 } } }
          ],
          "properties": {
            "type": { "const": "touchpoint.recorded" },
            "customer": { "$ref": "#/components/schemas/EventCustomer" },
            "from": { "$ref": "#/components/schemas/EventText" },
            "email": { "$ref": "#/components/schemas/EventText" },
            "account": { "$ref": "#/components/schemas/EventText" },
            "channel": {
              "type": "string", "minLength": 1, "maxLength": 1024,
              "description": "`phone`, `email`, `line`, `sms`, `web`, `visit`, `fax`, or the centre's own."
            },
            "summary": { "type": "string", "minLength": 1, "maxLength": 1024 },
            "direction": { "enum": ["inbound", "outbound", null] },
            "operator": { "$ref": "#/components/schemas/EventName" },
            "duration": {
              "type": ["integer", "null"], "format": "int64", "minimum": 0, "maximum": 31622400000, "description": "Milliseconds."
            }
          }
        },
        "Ping": { "description": "Is answered, and kept nowhere.", "properties": { "type": { "const": "ping" } } },
        "EventID": { "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$" },
        "EventName": { "type": ["string", "null"], "maxLength": 128, "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$" },
        "EventText": { "type": ["string", "null"], "maxLength": 1024, "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$" },
        "EventCustomer": {
          "description": "The customer's id here; digits in a string will do.",
          "anyOf": [
            { "type": "integer", "format": "int64", "minimum": 1 },
            { "type": "string", "pattern": "^0*[1-9][0-9]*$|^$" },
            { "type": "null" }
          ]
        },
        "EventQueues": {
          "type": ["array", "null"], "maxItems": 256, "items": { "$ref": "#/components/schemas/EventID" },
          "description": "Which queues the operator serves; absent: every queue."
        }
        """#
}
