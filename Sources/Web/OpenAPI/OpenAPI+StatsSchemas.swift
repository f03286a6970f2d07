extension OpenAPI {
    /// `StatsEncoder`, but for operators.
    static let statsSchemas = #"""
        "Stats": {
          "type": "object",
          "required": ["at", "from", "to", "centre", "queues", "operators", "tiers"],
          "properties": {
            "at": { "type": "string", "format": "date-time", "description": "When the figures were taken." },
            "from": { "type": "string", "format": "date-time" },
            "to": { "type": "string", "format": "date-time" },
            "centre": { "$ref": "#/components/schemas/Figures" },
            "queues": {
              "type": "object", "description": "By the queue's name.",
              "additionalProperties": { "$ref": "#/components/schemas/Figures" }
            },
            "operators": {
              "type": "object", "description": "By the operator's id.",
              "additionalProperties": { "$ref": "#/components/schemas/OperatorFigures" }
            },
            "tiers": {
              "type": "object", "description": "By the customer's tier; `unknown` when nobody matched.",
              "additionalProperties": { "$ref": "#/components/schemas/Figures" }
            }
          }
        },
        "Figures": {
          "type": "object",
          "description": "Figures of visits: a visit is one stay of a call in one queue. A ratio whose denominator is 0 is null.",
          "required": [
            "offered", "answered", "abandoned", "short_abandoned", "overflowed", "callback", "blocked", "unknown", "waiting",
            "waiting_ringing", "waiting_vip", "longest_wait_ms", "asa_ms", "average_wait_ms", "max_wait_ms", "wait_p50_ms",
            "wait_p90_ms",
            "wait_p95_ms", "wait_p99_ms", "abandon_rate", "service_level", "aht_ms", "talk_ms", "hold_ms", "wrap_up_ms", "transfers",
            "holds", "repeat_rate", "dispositions", "complaint_rate", "documented_rate", "callbacks_due", "callbacks_oldest_ms", "incomplete", "marks"
          ],
          "properties": {
            "offered": { "type": "integer", "description": "Visits that began in the period." },
            "answered": { "type": "integer" },
            "abandoned": { "type": "integer", "description": "Ended while waiting, after more than the short-abandon threshold." },
            "short_abandoned": { "type": "integer", "description": "Ended while waiting, within the threshold." },
            "overflowed": { "type": "integer", "description": "Left the queue unanswered, but alive." },
            "callback": { "type": "integer", "description": "Left the queue to be called back." },
            "blocked": { "type": "integer", "description": "Rejected by our own decision." },
            "unknown": { "type": "integer", "description": "Ended unseen: missing from a snapshot." },
            "waiting": { "type": "integer", "minimum": 0, "description": "Visits without an outcome now." },
            "waiting_ringing": { "type": "integer", "minimum": 0, "description": "Of those waiting, at somebody's phone." },
            "waiting_vip": { "type": "integer", "minimum": 0, "description": "Of those waiting, VIPs." },
            "longest_wait_ms": { "type": "integer", "format": "int64", "description": "Age of the oldest waiting visit; 0 when none." },
            "asa_ms": { "type": ["integer", "null"], "format": "int64", "description": "Average speed of answer." },
            "average_wait_ms": {
              "type": ["integer", "null"], "format": "int64", "description": "Of all visits that ended, whatever the outcome."
            },
            "max_wait_ms": { "type": ["integer", "null"], "format": "int64" },
            "wait_p50_ms": { "type": ["integer", "null"], "format": "int64", "description": "Of the answered, at most 1 % off." },
            "wait_p90_ms": { "type": ["integer", "null"], "format": "int64" },
            "wait_p95_ms": { "type": ["integer", "null"], "format": "int64" },
            "wait_p99_ms": { "type": ["integer", "null"], "format": "int64" },
            "abandon_rate": { "type": ["number", "null"], "description": "abandoned / (offered − short_abandoned − those of the offered that still wait)." },
            "service_level": { "$ref": "#/components/schemas/ServiceLevel" },
            "aht_ms": { "type": ["integer", "null"], "format": "int64", "description": "Average handle time: talk, hold and wrap-up." },
            "talk_ms": { "type": "integer", "format": "int64" },
            "hold_ms": { "type": "integer", "format": "int64" },
            "wrap_up_ms": { "type": "integer", "format": "int64" },
            "transfers": { "type": "integer" },
            "holds": { "type": "integer" },
            "repeat_rate": {
              "type": ["number", "null"],
              "description": "Calls whose caller also called within the 24 h before, of those with a known number."
            },
            "dispositions": { "$ref": "#/components/schemas/DispositionCounts" },
            "complaint_rate": { "$ref": "#/components/schemas/ComplaintRate" },
            "documented_rate": { "$ref": "#/components/schemas/DocumentedRate" },
            "callbacks_due": {
              "type": "integer", "description": "Callers who gave up or asked to be called back, and were not reached since."
            },
            "callbacks_oldest_ms": { "type": ["integer", "null"], "format": "int64", "description": "Age of the oldest of them." },
            "outbound": { "$ref": "#/components/schemas/Outbound" },
            "incomplete": { "type": "boolean", "description": "The link to a PBX was down within the period." },
            "marks": { "$ref": "#/components/schemas/FigureMarks" }
          }
        },
        "FigureMarks": {
          "type": "array",
          "description": "Why the figures of the period may be wrong.",
          "items": {
            "type": "object",
            "required": ["kind", "source", "from", "to", "text"],
            "properties": {
              "kind": {
                "enum": ["link_gap", "clock_skew", "unknown_outcomes"],
                "description": "`link_gap`: the link to a PBX was down. `clock_skew`: a PBX's clock differed from ours by 2 s or more, steadily \#
        over many events. `unknown_outcomes`: visits of which nobody saw how they ended."
              },
              "source": { "type": ["string", "null"], "description": "Which PBX; null where it is not known." },
              "from": { "type": "string", "format": "date-time" },
              "to": { "type": ["string", "null"], "format": "date-time", "description": "Null while it lasts." },
              "text": { "type": "string", "description": "The reason in a sentence." }
            }
          }
        },
        "Receipt": {
          "type": "object",
          "description": "A figure with all that it is made of.",
          "required": [
            "figure", "scope", "definition", "unit", "variant", "threshold_ms", "at", "from", "to", "value", "numerator", "denominator", "parts",
            "calls", "incomplete", "marks"
          ],
          "properties": {
            "figure": { "type": "string" },
            "scope": {
              "type": "object", "description": "Of what; empty for the centre.",
              "properties": {
                "queue": { "type": "string" }, "tier": { "type": "string" }, "line": { "type": "string" }, "operator": { "type": "string" }
              }
            },
            "definition": { "type": "string", "description": "In words." },
            "unit": { "enum": ["count", "ms", "ratio"] },
            "variant": { "enum": ["negative", "ignore", "positive", "answered", "short", null], "description": "Of a service level." },
            "threshold_ms": {
              "type": ["integer", "null"], "format": "int64",
              "description": "T of a service level; the short-abandon threshold of abandoned calls; null for a figure without one."
            },
            "at": { "type": "string", "format": "date-time", "description": "When the receipt was made." },
            "from": { "type": "string", "format": "date-time" },
            "to": { "type": "string", "format": "date-time" },
            "value": { "type": ["number", "null"], "description": "What `GET /v1/stats` says. Null for a ratio whose denominator is 0." },
            "numerator": { "type": ["integer", "null"], "format": "int64", "description": "Of a ratio or an average; milliseconds where times are added up." },
            "denominator": { "type": ["integer", "null"], "format": "int64" },
            "parts": {
              "type": "array",
              "description": "Each thing that is counted for it. Numerator and denominator are the sums of their parts.",
              "items": {
                "type": "object",
                "required": ["of", "figure", "sign", "count", "calls"],
                "properties": {
                  "of": { "enum": ["value", "numerator", "denominator"] },
                  "figure": { "type": "string", "description": "`figure` of `GET /v1/calls`." },
                  "sign": { "enum": [1, -1], "description": "-1 for what is taken off." },
                  "count": { "type": "integer", "minimum": 0 },
                  "ms": { "type": "integer", "format": "int64", "description": "What is added up, where it is not the count." },
                  "calls": {
                    "type": "array", "items": { "type": "string" },
                    "description": "The PBX's ids of the calls, newest first, one for each count: as many as `count`."
                  }
                }
              }
            },
            "calls": {
              "type": "array", "items": { "type": "string" },
              "description": "Of a count, one id for each that is counted. Otherwise every call of any part, once."
            },
            "incomplete": { "type": "boolean" },
            "marks": { "$ref": "#/components/schemas/FigureMarks" }
          }
        },
        "ServiceLevel": {
          "type": "object",
          "description": "The share of visits with wait <= threshold, in the five ways the field computes it. A answered, B \#
        abandoned, S the short abandoned, T the threshold.",
          "required": ["threshold_ms", "variant", "negative", "ignore", "positive", "answered", "short"],
          "properties": {
            "threshold_ms": { "type": "integer", "format": "int64" },
            "variant": {
              "enum": ["negative", "ignore", "positive", "answered", "short"], "description": "The one that the centre goes by."
            },
            "negative": { "type": ["number", "null"], "description": "A≤T / (A+B)", "examples": [0.811] },
            "ignore": { "type": ["number", "null"], "description": "A≤T / (A+B − B≤T)" },
            "positive": { "type": ["number", "null"], "description": "(A≤T + B≤T) / (A+B)" },
            "answered": { "type": ["number", "null"], "description": "A≤T / A" },
            "short": { "type": ["number", "null"], "description": "(A≤T + S) / (A+B)" }
          }
        }
        """#
}
