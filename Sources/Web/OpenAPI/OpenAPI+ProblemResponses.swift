extension OpenAPI {
    /// The errors that many routes share; what only one route answers is written there.
    static let problemResponses = #"""
        "BadRequest": {
          "description": "400: a parameter or the body is not as it should be; `detail` says which.",
          "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
        },
        "Unauthorized": {
          "description": "401: there is no token, or it is unknown, revoked or expired. TCP only.",
          "headers": { "WWW-Authenticate": { "schema": { "type": "string", "examples": ["Bearer realm=\"screenpop\""] } } },
          "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
        },
        "Forbidden": {
          "description": "403: the token's role may not do that; `detail` names one that may.",
          "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
        },
        "NotFound": {
          "description": "404: there is no such thing.",
          "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
        },
        "Conflict": {
          "description": "It cannot be so now; the answer says why.",
          "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
        },
        "TooLarge": {
          "description": "413: the body is too long.",
          "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
        },
        "Failed": {
          "description": "500: the daemon could not answer; its log says why.",
          "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
        },
        "Unavailable": {
          "description": "503: the daemon is stopping, or cannot write. Ask again in a moment.",
          "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
        }
        """#
}
