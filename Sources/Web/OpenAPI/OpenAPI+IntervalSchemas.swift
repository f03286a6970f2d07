extension OpenAPI {
    /// `IntervalRoutes`, but for the figures, which are those of `StatsEncoder`.
    static let intervalSchemas = #"""
        "Intervals": {
          "type": "object",
          "required": ["from", "to", "timezone", "step", "by", "intervals"],
          "properties": {
            "from": { "type": "string", "format": "date-time" },
            "to": { "type": "string", "format": "date-time" },
            "timezone": { "type": "string", "description": "By whose clock the steps are cut.", "examples": ["Asia/Tokyo"] },
            "step": { "type": "string" },
            "by": { "enum": ["centre", "queue", "tier", "line", "operator"] },
            "wait_bounds_ms": {
              "type": "array", "items": { "type": "integer", "format": "int64" },
              "description": "What `waits_up_to` counts up to; not of operators."
            },
            "intervals": {
              "type": "array",
              "items": {
                "type": "object",
                "description": "Followed by the figures of `Figures`, without those that are only so now, or of `OperatorFigures`.",
                "required": ["from", "to"],
                "properties": {
                  "from": { "type": "string", "format": "date-time" },
                  "to": { "type": "string", "format": "date-time" },
                  "queue": { "type": "string" },
                  "tier": { "type": "string" },
                  "line": { "type": "string", "description": "The number that was dialled; empty when nobody knows it." },
                  "operator": { "type": "string" },
                  "outbound": {
                    "$ref": "#/components/schemas/Outbound",
                    "description": "Of operators, and of the whole centre; a queue, tier or line has none."
                  },
                  "waits_up_to": {
                    "type": "array", "items": { "type": "integer" },
                    "description": "How many of the answered waited no longer than each of `wait_bounds_ms`; within 1 %."
                  }
                },
                "additionalProperties": true
              }
            }
          }
        }
        """#
}
