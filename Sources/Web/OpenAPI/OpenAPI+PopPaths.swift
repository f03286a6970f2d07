extension OpenAPI {
    /// `StreamRoutes`.
    static let popPaths = #"""
        "/v1/stream": {
          "get": {
            "operationId": "streamPops",
            "tags": ["Pops"],
            "summary": "Pops, live",
            "description": "Server-Sent Events. An operator's token gets that operator's own pops, and no one else's. A \#
        supervisor says whose with `operator`, and gets `alert` besides. The stream begins with `retry: 1000` and what is \#
        alive: `operator` and `pop` of each operator. A comment every 15 s keeps an idle stream open.\n\n\#
        Every event has an `id`. A client that comes back with `Last-Event-ID` gets what it missed; when that is gone (another \#
        start of the daemon, more than 512 events, more than 10 minutes) it gets `reset` and then what is alive. A client that \#
        falls behind gets the same, and delays nobody.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "operator", "in": "query", "style": "form", "explode": false,
                "description": "Whose pops: ids with commas between them, or `all`. Needed but for an operator's token, which \#
        may leave it out or name its own.",
                "schema": { "type": "array", "items": { "type": "string" } },
                "examples": { "two": { "value": ["101", "102"] }, "everybody": { "value": ["all"] } }
              },
              {
                "name": "Last-Event-ID", "in": "header",
                "description": "The `id` of the last event that was received. One that the daemon does not know brings `reset`.",
                "schema": { "type": "string" }
              }
            ],
            "responses": {
              "200": {
                "description": "The stream. It ends when the daemon stops.",
                "headers": {
                  "X-Accel-Buffering": { "description": "`no`: a proxy is not to hold frames back.", "schema": { "const": "no" } }
                },
                "content": {
                  "text/event-stream": {
                    "schema": { "type": "string" },
                    "x-events": {
                      "pop": {
                        "description": "A pop to show; one that is shown already is replaced.",
                        "data": { "$ref": "#/components/schemas/Pop" }
                      },
                      "pop.update": {
                        "description": "The same pop with what has changed, whole.",
                        "data": { "$ref": "#/components/schemas/Pop" }
                      },
                      "pop.withdrawn": {
                        "description": "The pop leaves the screen.", "data": { "$ref": "#/components/schemas/PopWithdrawn" }
                      },
                      "operator": { "description": "An operator's state.", "data": { "$ref": "#/components/schemas/OperatorStatus" } },
                      "alert": {
                        "description": "A warning, to supervisors alone.",
                        "data": { "$ref": "#/components/schemas/SupervisorAlert" }
                      },
                      "alarm": {
                        "description": "A queue is not as it should be, or is again; to supervisors alone.",
                        "data": { "$ref": "#/components/schemas/Alarm" }
                      },
                      "message": {
                        "description": "A word from desk to desk.", "data": { "$ref": "#/components/schemas/Message" }
                      },
                      "customer": {
                        "description": "A customer's record is another now.",
                        "data": { "$ref": "#/components/schemas/CustomerChanged" }
                      },
                      "reset": {
                        "description": "Forget what is shown; what is alive follows.",
                        "data": { "$ref": "#/components/schemas/Reset" }
                      }
                    },
                    "examples": {
                      "withdrawn": {
                        "value": "retry: 1000\n\n\#
        id: 1795165200000-42\nevent: pop.withdrawn\n\#
        data: {\"pop\":\"4096.101\",\"call\":\"1795165200.15\",\"source\":\"pbx1\",\"operator\":\"101\",\#
        \"reason\":\"answered_elsewhere\",\"by\":\"102\"}\n\n: \n\n"
                      }
                    }
                  }
                }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        },
        "/v1/pops/{id}": {
          "get": {
            "operationId": "pop",
            "tags": ["Pops"],
            "summary": "A pop that is on a screen now, in the language of `Accept-Language`",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              { "name": "id", "in": "path", "required": true, "description": "The pop's id.", "schema": { "type": "string" } }
            ],
            "responses": {
              "200": {
                "description": "The pop.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Pop" } } }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        },
        "/v1/pops/{id}/seen": {
          "post": {
            "operationId": "markPopSeen",
            "tags": ["Pops"],
            "summary": "The operator saw the pop",
            "description": "A VIP's pop that nobody marks in time is told to the supervisors (`vip_unseen`). It has no body, \#
        and marking twice changes nothing.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "id", "in": "path", "required": true, "description": "The pop's id, `pop`.",
                "schema": { "type": "string", "examples": ["4096.101"] }
              }
            ],
            "responses": {
              "204": { "description": "Kept." },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": {
                "description": "404: there is no such pop on the screen: it was withdrawn, or is another operator's.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        }
        """#
}
