extension OpenAPI {
    /// Routes, as `ReplyEncoder` and `CallEncoder` write them.
    static let routeSchemas = #"""
        "RouteAction": {
          "type": "object",
          "description": "What a PBX is to do with a call; the optional keys are there where they mean something.",
          "required": ["action"],
          "properties": {
            "action": {
              "enum": ["operator", "group", "queue", "reject"],
              "description": "`operator`: ring this one. `group`: ring any of these. `queue`: the usual way."
            },
            "operator": { "type": "string" },
            "device": { "type": "string", "description": "What the PBX dials.", "examples": ["PJSIP/101"] },
            "wait": { "type": "integer", "description": "Of `operator`: how long to ring. Seconds." },
            "fallback": { "description": "Of `operator`: what to do then.", "$ref": "#/components/schemas/RouteAction" },
            "group": { "type": "string" },
            "operators": { "type": "array", "items": { "type": "string" }, "description": "Of `group`, the longest idle first." },
            "devices": { "type": "array", "items": { "type": "string" } },
            "queue": { "type": "string", "description": "When the centre wants another queue than the PBX's own choice." }
          }
        },
        "Route": {
          "allOf": [
            { "$ref": "#/components/schemas/RouteAction" },
            {
              "type": "object",
              "required": ["priority", "reason"],
              "properties": {
                "priority": { "type": "integer", "minimum": 0, "description": "More is sooner." },
                "reason": { "$ref": "#/components/schemas/RouteReason" }
              }
            }
          ]
        },
        "Routing": {
          "type": "object",
          "description": "The decision when the call was offered or its caller identified, with the way that led to it.",
          "required": ["at", "route", "action", "operator", "reason", "priority", "steps", "matched_by", "text"],
          "properties": {
            "at": { "type": "string", "format": "date-time" },
            "route": { "$ref": "#/components/schemas/Route" },
            "action": { "enum": ["operator", "group", "queue", "reject"] },
            "operator": { "type": ["string", "null"], "description": "Of the action `operator`." },
            "reason": { "$ref": "#/components/schemas/RouteReason" },
            "priority": { "type": "integer", "minimum": 0 },
            "steps": {
              "type": "array", "description": "In the order in which the rules were asked.",
              "items": { "$ref": "#/components/schemas/RoutingStep" }
            },
            "matched_by": {
              "enum": ["number", "other_number", "customer", "external_id", "account", "email", null],
              "description": "By what the customer was looked up; null for a decision that an older version kept."
            },
            "text": { "type": "string", "description": "All of it in words." }
          }
        },
        "RoutingStep": {
          "type": "object",
          "required": ["rule", "text"],
          "properties": {
            "rule": {
              "enum": ["number", "caller", "blocked", "open_case", "assigned_operator", "last_operator", "veterans", "priority", "queue"]
            },
            "text": { "type": "string", "description": "What the rule found." }
          }
        }
        """#
}
