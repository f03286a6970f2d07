extension OpenAPI {
    /// `AlarmRoutes`.
    static let alarmPaths = #"""
        "/v1/alarms": {
          "get": {
            "operationId": "listAlarms",
            "tags": ["Figures"],
            "summary": "What is not as it should be",
            "description": "The alarms that are raised now, by the thresholds of `[alarms]` in the configuration. \#
        `GET /v1/stream` tells supervisors of each as it is raised and cleared, as `alarm`.",
            "security": [{ "token": ["supervisor"] }, { "token": ["admin"] }],
            "responses": {
              "200": {
                "description": "By queue.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/AlarmList" } } }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" }
            }
          }
        }
        """#

    /// `Alarm.write`.
    static let alarmSchemas = #"""
        "AlarmList": {
          "type": "object",
          "required": ["alarms"],
          "properties": { "alarms": { "type": "array", "items": { "$ref": "#/components/schemas/Alarm" } } }
        },
        "Alarm": {
          "type": "object",
          "required": ["queue", "kind", "raised", "since", "cleared_at", "value", "threshold", "text"],
          "properties": {
            "queue": { "type": "string" },
            "kind": { "enum": ["waiting", "longest_wait", "vip_waiting", "service_level", "abandon_rate", "no_operator"] },
            "raised": { "type": "boolean", "description": "False when it was cleared." },
            "since": { "type": "string", "format": "date-time" },
            "cleared_at": { "type": ["string", "null"], "format": "date-time" },
            "value": { "type": "integer", "format": "int64", "description": "Calls, milliseconds or percent, by the kind." },
            "threshold": { "type": "integer", "format": "int64" },
            "text": { "type": "string", "description": "In the language asked for, or the centre's." }
          }
        }
        """#
}
