extension OpenAPI {
    /// `TokenRoutes`.
    static let tokenPaths = #"""
        "/v1/tokens": {
          "get": {
            "operationId": "listTokens",
            "tags": ["Tokens"],
            "summary": "Every token, but for the secret",
            "security": [{ "token": ["admin"] }],
            "responses": {
              "200": {
                "description": "The tokens, oldest first.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/TokenList" } } }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" }
            }
          },
          "post": {
            "operationId": "createToken",
            "tags": ["Tokens"],
            "summary": "A new token",
            "description": "`token` of the answer is what is sent as `Authorization: Bearer`. It is told this once, and kept as \#
        a hash.",
            "security": [{ "token": ["admin"] }],
            "requestBody": {
              "required": true,
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/TokenWish" } } }
            },
            "responses": {
              "201": {
                "description": "The token.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/NewToken" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "500": { "$ref": "#/components/responses/Failed" }
            }
          }
        },
        "/v1/tokens/{id}": {
          "delete": {
            "operationId": "revokeToken",
            "tags": ["Tokens"],
            "summary": "Revoke a token",
            "description": "The next request with it is answered 401.",
            "security": [{ "token": ["admin"] }],
            "parameters": [
              {
                "name": "id", "in": "path", "required": true, "description": "The token's id, which is no secret.",
                "schema": { "type": "string" }, "example": "00f3a9c2b1d4"
              }
            ],
            "responses": {
              "204": { "description": "It is revoked." },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "500": { "$ref": "#/components/responses/Failed" }
            }
          }
        }
        """#
}
