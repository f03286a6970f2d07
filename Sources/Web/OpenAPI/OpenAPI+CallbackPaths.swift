extension OpenAPI {
    /// `CallbackRoutes`.
    static let callbackPaths = #"""
        "/v1/callbacks": {
          "get": {
            "operationId": "listCallbacks",
            "tags": ["Calls"],
            "summary": "Who waits to be called back",
            "description": "Callers who gave up or asked to be called back and were not reached since, in either direction: \#
        the one who waits longest first. As many as `callbacks_due` counts. With `state=done` those who were reached in the last \#
        24 hours.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "queue", "in": "query", "description": "Whose newest call was in this queue.",
                "schema": { "type": "string" }
              },
              {
                "name": "kind", "in": "query", "description": "Who gave up, or who asked.",
                "schema": { "enum": ["abandoned", "requested"] }
              },
              { "name": "state", "in": "query", "schema": { "enum": ["due", "done"], "default": "due" } }
            ],
            "responses": {
              "200": {
                "description": "All of them.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/CallbackList" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        },
        "/v1/callbacks/{id}/claim": {
          "post": {
            "operationId": "claimCallback",
            "tags": ["Calls"],
            "summary": "An operator is to call back",
            "description": "A colleague sees who has it. What somebody else has is 409, and says who and since when.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "id", "in": "path", "required": true, "schema": { "type": "string" },
                "description": "The number in E.164, with or without its plus, or as the list shows it."
              }
            ],
            "requestBody": {
              "required": false,
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/CallbackClaim" } } }
            },
            "responses": {
              "200": {
                "description": "The callback as it is now.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Callback" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "409": { "$ref": "#/components/responses/Conflict" },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        },
        "/v1/callbacks/{id}/release": {
          "post": {
            "operationId": "releaseCallback",
            "tags": ["Calls"],
            "summary": "Give a callback back",
            "description": "One's own; a supervisor may give back anybody's.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "id", "in": "path", "required": true, "schema": { "type": "string" },
                "description": "The number in E.164, with or without its plus, or as the list shows it."
              }
            ],
            "responses": {
              "200": {
                "description": "The callback as it is now.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Callback" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "409": { "$ref": "#/components/responses/Conflict" },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        },
        "/v1/callbacks/done": {
          "post": {
            "operationId": "finishCallback",
            "tags": ["Calls"],
            "summary": "A caller was called back",
            "description": "Or need not be. With a note it is part of the customer's history.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "requestBody": {
              "required": true,
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/CallbackDone" } } }
            },
            "responses": {
              "204": { "description": "Nobody waits there any more." },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        }
        """#
}
