extension OpenAPI {
    /// `BlockListRoutes`.
    static let blockListPaths = #"""
        "/v1/blocked-numbers": {
          "get": {
            "operationId": "listBlockedNumbers",
            "tags": ["Blocked numbers"],
            "summary": "Every blocked number",
            "security": [{ "token": ["supervisor"] }, { "token": ["admin"] }],
            "responses": {
              "200": {
                "description": "The numbers.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/BlockList" } } }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "500": { "$ref": "#/components/responses/Failed" }
            }
          }
        },
        "/v1/blocked-numbers/{number}": {
          "parameters": [
            {
              "name": "number", "in": "path", "required": true,
              "description": "A telephone number as people write it; without country code it is read as one of the centre's region.",
              "schema": { "type": "string" }, "example": "+81300000101"
            }
          ],
          "put": {
            "operationId": "blockNumber",
            "tags": ["Blocked numbers"],
            "summary": "Block a number",
            "description": "Its next calls are answered with the route `reject`.",
            "security": [{ "token": ["admin"] }],
            "requestBody": {
              "required": false,
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/BlockReason" } } }
            },
            "responses": {
              "200": {
                "description": "The number as it is kept.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/BlockedNumber" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "500": { "$ref": "#/components/responses/Failed" }
            }
          },
          "delete": {
            "operationId": "unblockNumber",
            "tags": ["Blocked numbers"],
            "summary": "Let a number through again",
            "security": [{ "token": ["admin"] }],
            "responses": {
              "204": { "description": "It is blocked no more." },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": {
                "description": "404: the number is not blocked.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "500": { "$ref": "#/components/responses/Failed" }
            }
          }
        }
        """#
}
