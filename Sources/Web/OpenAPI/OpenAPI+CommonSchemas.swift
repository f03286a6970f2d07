extension OpenAPI {
    /// Errors, and what calls, pops and customers share.
    static let commonSchemas = #"""
        "Problem": {
          "type": "object",
          "description": "RFC 9457.",
          "required": ["type", "title", "status", "detail"],
          "properties": {
            "type": { "type": "string", "const": "about:blank" },
            "title": { "type": "string", "description": "The status in words." },
            "status": { "type": "integer", "minimum": 400, "maximum": 599 },
            "detail": { "type": "string", "description": "What to do, in a sentence." }
          },
          "example": { "type": "about:blank", "title": "Bad Request", "status": 400, "detail": "limit is from 1 to \#
        1000." }
        },
        "CallerNumber": {
          "type": "object",
          "description": "A caller's number. What was withheld is nowhere in it.",
          "required": ["e164", "display", "region", "place", "kind"],
          "properties": {
            "e164": {
              "type": ["string", "null"], "description": "Null for what is no telephone number.", "examples": \#
        ["+81300000101"]
            },
            "display": {
              "type": "string", "description": "As people of the region write it; empty when there is no number.",
              "examples": ["03-0000-0101"]
            },
            "region": { "type": ["string", "null"], "description": "ISO 3166.", "examples": ["JP"] },
            "place": { "type": ["string", "null"], "description": "Where its area code is, in the centre's language." },
            "kind": {
              "enum": ["number", "withheld", "unavailable", "not_a_number"],
              "description": "`unavailable`: the network had none. `not_a_number`: no valid number, an extension or \#
        a word: it is shown, \#
        and looked up only as exactly what it is."
            }
          }
        },
        "AlertKind": {
          "type": "string",
          "enum": [
            "vip", "caution", "blocked", "repeat_caller", "abandoned_before", "dormant_back", "tier_changed", \#
        "promise_broken",
            "unknown_caller", "anonymous", "vip_waiting", "vip_unseen"
          ],
          "description": "What somebody is warned of. `vip_waiting` and `vip_unseen` go to supervisors."
        },
        "RouteReason": {
          "type": "string",
          "enum": [
            "blocked", "open_case", "assigned_operator", "last_operator", "veteran", "vip_queue", \#
        "operator_unavailable", "anonymous",
            "no_match", "no_operator"
          ],
          "description": "Why a call is routed so: a stable word that a dialplan can branch on."
        },
        "Touchpoint": {
          "type": "object",
          "description": "One contact with a customer, on any channel.",
          "required": ["at", "channel", "direction", "operator", "line", "summary", "duration_ms", "outcome", "tier"],
          "properties": {
            "at": { "type": "string", "format": "date-time" },
            "channel": {
              "type": "string", "description": "`phone`, `email`, `line`, `sms`, `web`, `visit`, `fax`, or the \#
        centre's own; `note` for what was only written."
            },
            "direction": { "enum": ["inbound", "outbound", null] },
            "operator": { "type": ["string", "null"] },
            "line": { "type": ["string", "null"], "description": "The line called." },
            "summary": { "type": "string" },
            "duration_ms": { "type": ["integer", "null"], "format": "int64" },
            "outcome": { "type": ["string", "null"], "description": "A call's outcome." },
            "tier": { "type": ["string", "null"], "description": "The customer's tier at that time." }
          }
        }
        """#
}
