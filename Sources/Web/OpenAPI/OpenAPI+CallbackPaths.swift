extension OpenAPI {
    /// `CallbackRoutes`.
    static let callbackPaths = #"""
        "/v1/callbacks": {
          "get": {
            "operationId": "listCallbacks",
            "tags": ["Calls"],
            "summary": "Who waits to be called back",
            "description": "Callers who abandoned and were not reached since, in either direction: the one who waits longest \#
        first. As many as `callbacks_due` counts.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "queue", "in": "query", "description": "Whose newest try was in this queue.",
                "schema": { "type": "string" }
              }
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
